"""How a crawl walks 지식iN: where it starts, what is the same thing, and from where it would be asked for."""

from datetime import date

from crawlers.sites.boards import boards_of
from crawlers.sites.kin_urls import BASE_URL, is_answers_url, list_path, question_ids, question_url
from crawlers.sites.links import fields_of, split_url, with_fields
from warehouse.records.pages import Link

UNDATED = (
    "its directory lists reach back only as far as their pages go, only a search (--query) goes by day, and dates a "
    "question by its last answer"
)
# queryTime pins the paging of one run and is fresh in the next, so it is no part of a list's name.
_NO_KEY = frozenset(("queryTime", "qb", "enc", "rank", "search_sort", "spq", "spw", "sp", "mode"))


def seeds(topic: str | None, query: str | None) -> tuple[Link, ...]:
    """These are the lists where a crawl starts; the home page leads to all. Misuse for an unknown topic."""
    if query:
        fields = {"query": query, "section": "qna", "sort": "none"}
        return (Link("list", with_fields(f"{BASE_URL}/search/list.naver", fields)),)
    if topic:
        boards = boards_of("naver_kin", topic)
        return tuple(Link("list", with_fields(f"{BASE_URL}/qna/list.naver", {"dirId": board})) for board in boards)
    return (Link("list", f"{BASE_URL}/"),)


def backfill(topic: str | None, query: str | None, day: date) -> tuple[Link, ...]:
    """This is the search within one day (parameters of crawler code of 2018-2026); only a search knows a day."""
    if not query:
        return ()
    when = f"{day:%Y.%m.%d.}"
    fields = {"query": query, "section": "qna", "sort": "date", "period": f"{when}|{when}"}
    return (Link("list", with_fields(f"{BASE_URL}/search/list.naver", fields)),)


def link_key(link: Link) -> str:
    """This is the one key of all URL forms: `q:docId`, `answers:docId:page` or `list:path?fields`."""
    if ids := question_ids(link.url):
        return f"q:{ids[0]}"
    fields = fields_of(link.url)
    if is_answers_url(link.url):
        return f"answers:{fields.get('docId', '')}:{fields.get('page', '1')}"
    kept = {name: fields[name] for name in sorted(fields) if name not in _NO_KEY}
    if kept.get("page") == "1":
        del kept["page"]
    return "list:" + with_fields(list_path(link.url) or split_url(link.url).path or "/", kept)


def referer(link: Link) -> str | None:
    """This is the question page, without which the site does not give further answers (crawler code of 2026)."""
    if not is_answers_url(link.url):
        return None
    fields = fields_of(link.url)
    return question_url(fields.get("docId", ""), fields.get("dirId") or None)
