"""What kind of page came back, told by its content and never by hope.

Words of a block, captcha or deletion notice count only where no known title and no list row is found: users quote
such words in what they write, and 지식iN keeps a hidden captcha box in every ordinary page (saved pages of 2026).
What is not a block is said on a page of few words; in a long one it is somebody's text, and the layout is unknown.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.markup import parse_html
from crawlers.visible import line_of, seen_lines, seen_text
from warehouse.records.pages import Page, PageKind


@dataclass(frozen=True, slots=True)
class SiteMarks:
    """Selectors of one site: titles by markup era (newest first), list rows, lists that may lack rows.

    `hidden` holds classes and ids of parts that a reader does not see.
    """

    titles: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]
    lists: tuple[str, ...]
    hidden: frozenset[str] = frozenset({"blind", "au_captcha"})


_CAPTCHA = ("자동입력 방지", "자동입력방지", "보안문자", "보안 문자", "captcha")
_BLOCKED = ("비정상적인 접근", "일시적으로 제한", "이상패턴이 감지", "서비스 이용이 제한")
_GONE = (
    "삭제되었거나 존재하지 않", "존재하지 않는 질문", "존재하지 않는 게시물", "존재하지 않는 글", "삭제된 질문",
    "삭제된 게시물", "삭제된 글", "이미 삭제된", "비공개 처리된", "페이지를 찾을 수 없습니다", "존재하지 않는 페이지",
)  # fmt: skip
_LOGIN = ("로그인이 필요", "로그인 후 이용", "로그인 하신 후")
_AGE = ("연령 확인이 필요", "성인 인증", "19세 미만")
_NO_ROWS = ("검색결과가 없습니다", "등록된 답변을 기다리는 질문이 없습니다", "등록된 글이 없습니다")
_ERROR = ("일시적인 오류", "시스템 오류", "서비스 점검", "점검 중")
_ALERT = re.compile(r"""alert\s*\(\s*(["'])(.*?)\1""", re.DOTALL)
_BACK = re.compile(r"history\s*\.\s*(?:back|go)\s*\(")
# Where a browser is sent to prove who it is (지식iN read in 2025-12; 판's host inferred).
LOGIN_HOSTS = ("nid.naver.com", "xo.nate.com")
# A page that shows less than this and brings scripts draws itself in the browser.
_SCRIPT_ONLY_CHARS = 60
# The longest notice page read (Naver's shared 404, 2021) shows under 300 characters.
_NOTICE_CHARS = 1_000


def tree_of(page: Page) -> LexborHTMLParser:
    """This parses a page's text, without decoding what the parser would only encode again."""
    return parse_html(page.body if page.charset == "utf-8" else page.text)


def layout_of(tree: LexborHTMLParser, marks: SiteMarks, *, is_item: bool = False) -> str | None:
    """This names the newest markup era whose title mark holds text, None where there is none.

    `is_item` says that the address is a question's, so that a title is likely.
    """
    if not is_item and not _has(tree, tuple(selector for _, selector in marks.titles)):
        return None
    for layout, selector in marks.titles:
        if line_of(tree.css_first(selector), marks.hidden):
            return layout
    return None


def classify(page: Page, marks: SiteMarks, tree: LexborHTMLParser | None = None, *, is_item: bool = False) -> PageKind:
    """This tells a page's kind; it raises on no bytes.

    `tree` spares a second parse of the same text. `is_item` says that the address is a question's: the lists around
    a notice of its deletion do not make a list of it.
    """
    tree = tree or tree_of(page)
    return (
        "question"
        if layout_of(tree, marks, is_item=is_item)
        else kind_without_title(page, marks, tree, is_item=is_item)
    )


def kind_without_title(page: Page, marks: SiteMarks, tree: LexborHTMLParser, *, is_item: bool = False) -> PageKind:
    """This is `classify` for a page that shows no title of any layout."""
    if not page.body.strip():
        return _kind_of_address(page) or _kind_of_status(page.status) or "empty"
    if address := _kind_of_address(page):
        return address
    if not is_item and page.status < 400:
        if _has(tree, marks.rows):
            return "list"
        if _has(tree, marks.lists):
            return "empty"
    return _kind_of_form(tree) or _kind_of_words(page, tree, marks)


def _has(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> bool:
    return bool(selectors) and tree.css_first(", ".join(selectors)) is not None


def _kind_of_status(status: int) -> PageKind | None:
    if status in (404, 410):
        return "gone"
    if status in (401, 403):
        return "blocked"
    return "error" if status >= 400 else None


def _kind_of_address(page: Page) -> PageKind | None:
    try:
        parts = urlsplit(page.final_url)
        place = f"{parts.hostname or ''}{parts.path}".lower()
    except ValueError:
        return None
    if "captcha" in place:
        return "captcha"
    # The age gate is a login form too, told apart by its content.
    is_login = "nidlogin" in place or place.startswith(LOGIN_HOSTS)
    return "login" if is_login and "adult_msg" not in page.text and 'name="enctp"' not in page.text else None


def _kind_of_form(tree: LexborHTMLParser) -> PageKind | None:
    if _has(tree, ("#adult_msg", "input[name=enctp][value='19']")):
        return "age"
    return "login" if _has(tree, ("#frmNIDLogin",)) else None


def _kind_of_words(page: Page, tree: LexborHTMLParser, marks: SiteMarks) -> PageKind:
    seen = seen_text(tree.body, marks.hidden) or ""
    head = tree.css_first("title")
    title = seen_lines(head.text()) if head is not None else ""
    scripts = "\n".join(node.text() for node in tree.css("script"))
    is_bare = len(seen) < _SCRIPT_ONLY_CHARS
    # An ordinary page's scripts hold alerts for every occasion; one that shows nothing else says its alert.
    alerts = " ".join(match[2] for match in _ALERT.finditer(scripts)) if is_bare else ""
    said = _said(f"{title} {seen} {alerts}", is_notice=len(seen) < _NOTICE_CHARS)
    if kind := said or _kind_of_status(page.status):
        return kind
    if is_bare and _ALERT.search(scripts) and _BACK.search(scripts):
        return "gone"
    if title.endswith("오류"):
        return "gone"
    return "script_only" if is_bare and _has(tree, ("script",)) else "unknown"


def _said(words: str, *, is_notice: bool) -> PageKind | None:
    lowered = words.lower()
    notices: tuple[tuple[PageKind, tuple[str, ...]], ...] = (
        ("captcha", _CAPTCHA), ("blocked", _BLOCKED), ("age", _AGE), ("login", _LOGIN), ("gone", _GONE),
        ("empty", _NO_ROWS), ("error", _ERROR),
    )  # fmt: skip
    for kind, marks in notices:
        # To go on against a block would be rude, so its words count in a page of any length.
        if (is_notice or kind in ("captcha", "blocked")) and any(mark in lowered for mark in marks):
            return kind
    return None
