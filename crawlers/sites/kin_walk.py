"""How a crawl walks 지식iN: where it starts, what is the same thing, and from where it would be asked for."""

from datetime import date

from crawlers.sites.boards import KIN_DIRECTORIES, Topic
from crawlers.sites.kin_fragments import COMMENTS_PATH, fragment_path
from crawlers.sites.kin_urls import (
    BASE_URL,
    SEARCH_PATH,
    list_path,
    question_ids,
    question_url,
    top_directory,
)
from crawlers.sites.links import fields_of, split_url, with_fields
from warehouse.records.pages import Link

UNDATED = (
    "its directory lists reach back only as far as their pages go, only a search (--query) goes by day, and dates a "
    "question by its last answer"
)
# queryTime pins the paging of one run and is fresh in the next, so it is no part of a list's name; d1id repeats the
# beginning of dirId.
_NO_KEY = frozenset(("queryTime", "d1id", "qb", "enc", "rank", "search_sort", "spq", "spw", "sp", "mode", "pageOffset"))


def seeds(topic: Topic | None, query: str | None) -> tuple[Link, ...]:
    """These are the lists where a crawl starts; the home page leads to all."""
    if query:
        return (_search(query),)
    if topic is None:
        return (Link("list", f"{BASE_URL}/"),)
    directories = (
        Link("list", with_fields(f"{BASE_URL}/qna/list.naver", {"dirId": board}), None, KIN_DIRECTORIES.get(board))
        for board in topic.directories
    )
    return (*directories, *map(_search, topic.queries), *map(_answers_of, topic.answerers))


def backfill(topic: Topic | None, query: str | None, day: date) -> tuple[Link, ...]:
    """These are the searches within one day (parameters of crawler code of 2018-2026); only a search knows a day."""
    when = f"{day:%Y.%m.%d.}"
    queries = (query,) if query else topic.queries if topic else ()
    fields = {"section": "qna", "sort": "date", "period": f"{when}|{when}"}
    return tuple(Link("list", with_fields(f"{BASE_URL}{SEARCH_PATH}", {"query": words, **fields})) for words in queries)


def is_for_minors(place: str) -> bool:
    """This tells a URL or dirId under directory 20 (고민Q&A), where minors write of health and abuse."""
    ids = question_ids(place)
    board = place if place.isdigit() else (ids[1] if ids else fields_of(place).get("dirId")) or ""
    return top_directory(board) == "20"


def link_key(link: Link) -> str:
    """This is the one key of all URL forms: `q:docId`, `answers:docId:page`, `comments:docId:answer:page`, `list:…`."""
    if ids := question_ids(link.url):
        return f"q:{ids[0]}"
    fields = fields_of(link.url)
    doc_id, page = fields.get("docId", ""), fields.get("page", "1")
    if path := fragment_path(link.url):
        is_comments = path == COMMENTS_PATH
        return f"comments:{doc_id}:{fields.get('answerNo', '0')}:{page}" if is_comments else f"answers:{doc_id}:{page}"
    kept = {name: fields[name] for name in sorted(fields) if name not in _NO_KEY}
    if kept.get("page") == "1":
        del kept["page"]
    return "list:" + with_fields(list_path(link.url) or split_url(link.url).path or "/", kept)


def referer(link: Link) -> str | None:
    """This is the question page, without which the site gives no further answers (crawler code of 2026)."""
    if fragment_path(link.url) is None:
        return None
    fields = fields_of(link.url)
    return question_url(fields.get("docId", ""), fields.get("dirId") or None)


def _search(query: str) -> Link:
    fields = {"query": query, "section": "qna", "sort": "none"}
    return Link("list", with_fields(f"{BASE_URL}{SEARCH_PATH}", fields), None, query)


def _answers_of(user: str) -> Link:
    fields = {"u": user, "isSearch": "true", "sd": "answer", "section": "qna", "isWorry": "false"}
    return Link("list", with_fields(f"{BASE_URL}/userinfo/answerList.naver", fields))
