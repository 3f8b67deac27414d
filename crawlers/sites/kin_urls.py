"""지식iN's addresses: every form of one question becomes one canonical URL."""

import re

from crawlers.sites.links import fields_of, quoted, split_url

BASE_URL = "https://kin.naver.com"
HOSTS = ("kin.naver.com", "m.kin.naver.com")
# The form in which the site itself links its questions.
_OWN_FORM = re.compile(
    r"https?://[\w.-]+(?::\d{1,4})?/qna/detail\.(?:naver|nhn)\?(?:d1id=\d*&)?dirId=(\d+)&docId=(\d+)(?:&[\w./%=&+-]*)?",
    re.ASCII,
)
_DOCS_PATH = re.compile(r"/qna/dirs/(\d+)/docs/(\d+)")
SEARCH_PATH = "/search/list.naver"
# The last two are JSON: lists of the mobile site (crawler code of 2018) and of the waiting page (2018-2023).
_LIST_PATHS = (
    "/qna/list", "/qna/kinupList", "/qna/questionList", "/search/list", "/userinfo/answerList", "/tag/tagDetail",
    "/mobile/user/answerList", "/ajax/mainNoanswer",
)  # fmt: skip


def question_url(doc_id: str, dir_id: str | None) -> str:
    """This is a question's canonical URL.

    >>> question_url("439818814", "814")
    'https://kin.naver.com/qna/detail.naver?d1id=8&dirId=814&docId=439818814'
    """
    directory = f"d1id={quoted(top_directory(dir_id))}&dirId={quoted(dir_id)}&" if dir_id else ""
    return f"{BASE_URL}/qna/detail.naver?{directory}docId={quoted(doc_id)}"


def top_directory(dir_id: str) -> str:
    """This is a directory's first part: children add two digits each, so an odd length begins with one digit.

    >>> top_directory("80101"), top_directory("110307")
    ('8', '11')
    """
    return dir_id[: 1 if len(dir_id) % 2 else 2]


def question_ids(url: str) -> tuple[str, str | None] | None:
    """These are (docId, dirId) of any form of a question's URL, None for every other URL."""
    if own := _OWN_FORM.fullmatch(url):
        return own[2], own[1]
    path = split_url(url).path
    if docs := _DOCS_PATH.match(path):
        return docs[2], docs[1]
    fields = fields_of(url)
    doc_id, dir_id = fields.get("docId", ""), fields.get("dirId", "")
    is_question = path.endswith(("/qna/detail.naver", "/qna/detail.nhn"))
    if not is_question or not _is_number(doc_id):
        return None
    return doc_id, dir_id if _is_number(dir_id) else None


def list_path(url: str) -> str | None:
    """This is the path under which a list goes today, None for a URL that is no list."""
    path = split_url(url).path
    stem, _, ending = path.rpartition(".")
    return f"{stem}.naver" if stem in _LIST_PATHS and ending in ("naver", "nhn") else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
