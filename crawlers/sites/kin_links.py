"""지식iN's addresses: every form of one question or list becomes one canonical URL and one key."""

import re

from crawlers.sites.boards import boards_of
from crawlers.sites.links import fields_of, own_url, split_url, with_fields
from warehouse.records.pages import Link

BASE_URL = "https://kin.naver.com"
HOSTS = ("kin.naver.com", "m.kin.naver.com")
# A question page carries this many answers, the rest comes by AJAX (crawler code of 2026).
ANSWERS_PER_PAGE = 5

_DOCS_PATH = re.compile(r"/qna/dirs/(\d+)/docs/(\d+)")
_LIST_PATHS = ("/qna/list", "/qna/kinupList", "/search/list", "/userinfo/answerList", "/tag/tagDetail")
_ANSWERS_PATH = "/ajax/detail/answerList.naver"
# queryTime pins the paging of one run and is fresh in the next, so it is no part of a list's name.
_NO_KEY = frozenset(("queryTime", "qb", "enc", "rank", "search_sort", "spq", "spw", "sp", "mode"))


def question_url(doc_id: str, dir_id: str | None) -> str:
    """This is a question's canonical URL.

    >>> question_url("439818814", "814")
    'https://kin.naver.com/qna/detail.naver?d1id=8&dirId=814&docId=439818814'
    """
    fields = {"d1id": top_directory(dir_id), "dirId": dir_id} if dir_id else {}
    return with_fields(f"{BASE_URL}/qna/detail.naver", {**fields, "docId": doc_id})


def top_directory(dir_id: str) -> str:
    """This is a directory's first part: children add two digits each, so an odd length begins with one digit.

    >>> top_directory("80101"), top_directory("110307")
    ('8', '11')
    """
    return dir_id[: 1 if len(dir_id) % 2 else 2]


def question_ids(url: str) -> tuple[str, str | None] | None:
    """These are (docId, dirId) of any form of a question's URL, None for every other URL."""
    path = split_url(url).path
    if docs := _DOCS_PATH.match(path):
        return docs[2], docs[1]
    fields = fields_of(url)
    doc_id, dir_id = fields.get("docId", ""), fields.get("dirId", "")
    is_question = path.endswith(("/qna/detail.naver", "/qna/detail.nhn"))
    if not is_question or not _is_number(doc_id):
        return None
    return doc_id, dir_id if _is_number(dir_id) else None


def question_link(href: str, page_url: str, title: str | None) -> Link | None:
    """This makes the canonical link of an anchor that leads to a question, None for any other anchor."""
    ids = question_ids(own_url(href, page_url, HOSTS) or "")
    return Link("question", question_url(*ids), ids[0], title) if ids else None


def list_link(href: str, page_url: str, title: str | None = None, *, is_next: bool = False) -> Link | None:
    """This makes the canonical link of an anchor that leads to a list, None for any other anchor."""
    url = own_url(href, page_url, HOSTS)
    path = _list_path(url or "")
    if url is None or path is None:
        return None
    return Link("next" if is_next else "list", with_fields(f"{BASE_URL}{path}", fields_of(url)), None, title)


def answers_link(doc_id: str, dir_id: str | None, page: int) -> Link:
    """This leads to page `page` of a question's answers, in the order in which the question page shows them."""
    fields = {"dirId": dir_id or "", "docId": doc_id, "answerSortType": "DEFAULT", "answerFilterType": "ALL"}
    fields |= {"answerViewType": "DETAIL", "page": str(page), "count": str(ANSWERS_PER_PAGE)}
    return Link("next", with_fields(f"{BASE_URL}{_ANSWERS_PATH}", fields), doc_id)


def is_answers_url(url: str) -> bool:
    """This tells the AJAX address of further answers."""
    return split_url(url).path == _ANSWERS_PATH


def seeds(topic: str | None, query: str | None) -> tuple[Link, ...]:
    """These are the lists where a crawl starts; the home page leads to all. Misuse for an unknown topic."""
    if query:
        fields = {"query": query, "section": "qna", "sort": "none"}
        return (Link("list", with_fields(f"{BASE_URL}/search/list.naver", fields)),)
    if topic:
        boards = boards_of("naver_kin", topic)
        return tuple(Link("list", with_fields(f"{BASE_URL}/qna/list.naver", {"dirId": board})) for board in boards)
    return (Link("list", f"{BASE_URL}/"),)


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
    return "list:" + with_fields(_list_path(link.url) or split_url(link.url).path or "/", kept)


def referer(link: Link) -> str | None:
    """This is the question page, without which the site does not give further answers (crawler code of 2026)."""
    if not is_answers_url(link.url):
        return None
    fields = fields_of(link.url)
    return question_url(fields.get("docId", ""), fields.get("dirId") or None)


def _list_path(url: str) -> str | None:
    path = split_url(url).path
    stem, _, ending = path.rpartition(".")
    return f"{stem}.naver" if stem in _LIST_PATHS and ending in ("naver", "nhn") else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
