"""What kind of page came back, told by its content and never by hope.

Words of a block, captcha or deletion notice count only where no known title and no list row is found: users quote
such words in what they write, and 지식iN keeps a hidden captcha box in every ordinary page (saved pages of 2026).
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.markup import line_of, parse_html, seen_text
from warehouse.records.pages import Page, PageKind


@dataclass(frozen=True, slots=True)
class SiteMarks:
    """Selectors of one site: a title per markup era (newest first), list rows, and lists that may lack rows."""

    titles: tuple[tuple[str, str], ...]
    rows: tuple[str, ...]
    lists: tuple[str, ...]
    hidden: frozenset[str] = frozenset({"blind"})


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
# A page that shows less than this and brings scripts draws itself in the browser.
_SCRIPT_ONLY_CHARS = 60


def layout_of(tree: LexborHTMLParser, marks: SiteMarks) -> str | None:
    """This names the newest markup era whose title mark holds text, None where there is none."""
    for layout, selector in marks.titles:
        if line_of(tree.css_first(selector), marks.hidden):
            return layout
    return None


def classify(page: Page, marks: SiteMarks, tree: LexborHTMLParser | None = None) -> PageKind:
    """This tells a page's kind; `tree` spares a second parse of the same text. It raises on no bytes."""
    if not page.body.strip():
        return _kind_of_nothing(page)
    tree = tree or parse_html(page.text)
    if layout_of(tree, marks) is not None:
        return "question"
    address = _kind_of_address(page, tree)
    if address is not None:
        return address
    if _has(tree, marks.rows):
        return "list"
    return _kind_of_words(page, tree, marks)


def _has(tree: LexborHTMLParser, selectors: tuple[str, ...]) -> bool:
    return tree.css_first(", ".join(selectors)) is not None


def _kind_of_nothing(page: Page) -> PageKind:
    return _kind_of_address(page, None) or _kind_of_status(page.status) or "empty"


def _kind_of_status(status: int) -> PageKind | None:
    if status in (404, 410):
        return "gone"
    if status in (401, 403):
        return "blocked"
    return "error" if status >= 400 else None


def _kind_of_address(page: Page, tree: LexborHTMLParser | None) -> PageKind | None:
    try:
        path = urlsplit(page.final_url).path.lower()
    except ValueError:
        path = ""
    if tree is not None and _has(tree, ("#adult_msg", "input[name=enctp][value='19']")):
        return "age"
    if "captcha" in path:
        return "captcha"
    is_login = "nidlogin" in path or (tree is not None and tree.css_first("#frmNIDLogin") is not None)
    return "login" if is_login else None


def _kind_of_words(page: Page, tree: LexborHTMLParser, marks: SiteMarks) -> PageKind:
    words = _words(tree, marks)
    said = _said(words)
    if said is not None:
        return said
    if status := _kind_of_status(page.status):
        return status
    if _has(tree, marks.lists):
        return "empty"
    scripts = "\n".join(node.text() for node in tree.css("script"))
    if _ALERT.search(scripts) and _BACK.search(scripts):
        return "gone"
    title = line_of(tree.css_first("title")) or ""
    if title.endswith("오류"):
        return "gone"
    if len(words) < _SCRIPT_ONLY_CHARS and tree.css_first("script") is not None:
        return "script_only"
    return "unknown"


def _said(words: str) -> PageKind | None:
    lowered = words.lower()
    notices: tuple[tuple[PageKind, tuple[str, ...]], ...] = (
        ("captcha", _CAPTCHA), ("blocked", _BLOCKED), ("age", _AGE), ("login", _LOGIN), ("gone", _GONE),
        ("empty", _NO_ROWS), ("error", _ERROR),
    )  # fmt: skip
    for kind, marks in notices:
        if any(mark in lowered for mark in marks):
            return kind
    return None


def _words(tree: LexborHTMLParser, marks: SiteMarks) -> str:
    """Title, what is seen, and what an alert box would say: a notice stands in one of the three."""
    title = tree.css_first("title")
    seen = seen_text(tree.body, marks.hidden | {"au_captcha"}) or ""
    alerts = " ".join(match[2] for node in tree.css("script") for match in _ALERT.finditer(node.text()))
    return " ".join(part for part in ((title.text() if title else ""), seen, alerts) if part)
