"""Where a value stands in a page whose markup changed: slow, lenient looking through BeautifulSoup.

A value is known from the last good reading of the same question, or from a neighbour (the title in a list); where it
is not, an element counts that looks like it: a moment that resolves, a number beside its label, a text of the usual
length that no two pages share. A selector is worth what it hits: the pages in which it finds one element, the right
one.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bs4 import BeautifulSoup, Tag

from crawlers.dates import resolve
from crawlers.visible import number_in
from warehouse.records.pages import Page

Form = Literal["text", "moment", "number"]
_SHOWN: Final = 3
_SHORT_CHARS: Final = 40  # a moment or a number stands in a short element
_UNSEEN: Final = ("script", "style", "template", "noscript")
_MASK: Final = re.compile(r"\[[가-힣]+\]")
_SPACE: Final = re.compile(r"[\s\u200b\u3164\ufeff]+")
# Words that pages of 2022-2026 write beside their numbers.
_LABELS: Final = {
    "views": ("조회",), "votes_up": ("추천", "도움", "좋아요"), "votes_down": ("반대", "안돼", "싫어요"),
    "answers_total": ("답변", "댓글"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sought:
    """One field to look for: its name without the record's, its form, and what is known of it.

    `known` holds a value for each page, None where nobody knows it; `choices` are all values it ever had (topics);
    `shortest` to `longest` is the usual length of a text in code points; no element that holds one of the page's texts
    in `not_around` is a text of its own.
    """

    name: str
    form: Form
    known: tuple[str | None, ...] = ()
    choices: frozenset[str] = frozenset()
    shortest: float = 1
    longest: float = 1e9
    not_around: tuple[tuple[str, ...], ...] = ()
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A selector that finds the right element, and only it, in `pages` of `of` pages; `evidence` says how we know."""

    selector: str
    pages: int
    of: int
    evidence: Literal["known values", "looks"]
    example: str


def soups_of(pages: Iterable[Page]) -> list[BeautifulSoup]:
    """This parses pages leniently, without what nobody sees."""
    soups = [BeautifulSoup(page.text, "lxml") for page in pages]
    for soup in soups:
        for node in soup.find_all(_UNSEEN):
            node.decompose()
    return soups


def propose(pages: Sequence[Page], soups: Sequence[BeautifulSoup], sought: Sought) -> list[Proposal]:
    """These are the best selectors for a field, the surest first; none where nothing like it is seen.

    `soups` are of `pages`, in their order.
    """
    is_known = any(value is not None for value in sought.known)
    found: list[list[Tag]] = []
    for number, (page, soup) in enumerate(zip(pages, soups, strict=True)):
        value = sought.known[number] if is_known else None
        fits = _fits_known(value, sought.form) if value is not None else None
        if not is_known:
            fits = _looks(sought, page, sought.not_around[number] if sought.not_around else ())
        found.append(_matching(soup, fits) if fits is not None else [])
    ranked = _ranked(soups, found, sought)
    if not is_known and sought.form == "text" and not sought.choices:
        ranked = [entry for entry in ranked if _is_varied(soups, entry[0])]
    of = sum(value is not None for value in sought.known) if is_known else len(soups)
    return [
        Proposal(selector, hits, of, "known values" if is_known else "looks", _example(soups, selector))
        for selector, hits in ranked[:_SHOWN]
    ]


def _squeezed(text: str) -> str:
    """This is a text without any white space: markup decides where that stands."""
    return _SPACE.sub("", text)


def _fits_known(value: str, form: Form) -> Callable[[Tag], bool]:
    if form == "number":
        return lambda tag: _is_short(tag) and number_in(tag.get_text()) == int(value)
    # A stored text is masked: what stood behind a mask may be anything. A list cuts long titles.
    whole = _squeezed(value)
    is_cut = whole.endswith(("...", "…"))
    pieces = _MASK.split(whole.rstrip(".…") if is_cut else whole)
    pattern = re.compile(".{1,60}?".join(map(re.escape, pieces)) + (".*" if is_cut else ""))
    return lambda tag: bool(pattern.fullmatch(_squeezed(tag.get_text())))


def _looks(sought: Sought, page: Page, not_around: tuple[str, ...]) -> Callable[[Tag], bool]:
    if sought.choices:
        choices = {_squeezed(choice) for choice in sought.choices}
        return lambda tag: _squeezed(tag.get_text()) in choices
    if sought.form == "moment":
        return lambda tag: _is_short(tag) and resolve(tag.get_text().strip(), page.fetched_at)[0] is not None
    if sought.form == "number":
        labels = _LABELS.get(sought.name, ())
        return lambda tag: _is_labelled(tag, labels)
    around = tuple(_squeezed(text) for text in not_around)
    return lambda tag: _is_own_text(tag, sought, around)


def _is_labelled(tag: Tag, labels: tuple[str, ...]) -> bool:
    if not _is_short(tag) or number_in(tag.get_text()) is None:
        return False
    return any(label in tag.get_text() for label in labels)


def _is_own_text(tag: Tag, sought: Sought, around: tuple[str, ...]) -> bool:
    if tag.name in ("html", "head", "title", "body", "a"):
        return False
    text = _squeezed(tag.get_text())
    return sought.shortest <= len(text) <= sought.longest and not any(other in text for other in around)


def _is_short(tag: Tag) -> bool:
    return len(tag.get_text(strip=True)) <= _SHORT_CHARS


def _matching(soup: BeautifulSoup, fits: Callable[[Tag], bool]) -> list[Tag]:
    return [tag for tag in soup.find_all(True) if tag.name != "title" and fits(tag)]


def _ranked(soups: Sequence[BeautifulSoup], found: Sequence[Sequence[Tag]], sought: Sought) -> list[tuple[str, int]]:
    selectors = Counter(selector for tags in found for selector in {s for tag in tags for s in _selectors(tag)})
    likely = [selector for selector, _ in selectors.most_common(40)]
    hits, characters, picks = Counter[str](), Counter[str](), Counter[str]()
    for soup, tags in zip(soups, found, strict=True):
        right = {id(tag) for tag in tags}
        for selector in likely:
            picked = soup.select(selector)
            is_hit = bool(picked) and all(id(tag) in right for tag in picked)
            hits[selector] += is_hit and (sought.repeats or len(picked) == 1)
            picks[selector] += len(picked)
            characters[selector] += sum(len(tag.get_text()) for tag in picked)
    by_looks = sought.form == "text" and not sought.choices and not any(sought.known)

    def rank(selector: str) -> tuple[float, ...]:
        # Of elements that look alike, the one with more text is more likely the text itself.
        return -hits[selector], -characters[selector] if by_looks else 0, selector.count(" "), len(selector)

    # What repeats at all can be an answer; what stands once a page can not.
    is_likely = {selector: not (sought.repeats and by_looks) or picks[selector] > len(soups) for selector in likely}
    return [
        (selector, hits[selector]) for selector in sorted(likely, key=rank) if hits[selector] and is_likely[selector]
    ]


def _selectors(tag: Tag) -> Iterator[str]:
    """Ways to name an element: by its own marks, else by those of what it stands in."""
    own = list(_marks(tag))
    yield from own
    parent = tag.parent
    while not own and parent is not None and parent.name not in ("body", "html", "[document]"):
        if marks := list(_marks(parent)):
            yield from (f"{mark} {tag.name}" for mark in marks)
            return
        parent = parent.parent


def _marks(tag: Tag) -> Iterator[str]:
    classes: Iterable[str] = tag.get("class") or []
    yield from (f"{tag.name}.{name}" for name in classes if re.fullmatch(r"[A-Za-z_][\w-]*", name))
    # A number in an id is the row's own.
    name = str(tag.get("id") or "")
    if re.fullmatch(r"[A-Za-z_][A-Za-z_-]*", name):
        yield f"#{name}"


def _is_varied(soups: Sequence[BeautifulSoup], selector: str) -> bool:
    texts = [_squeezed(tag.get_text()) for soup in soups for tag in soup.select(selector)]
    return len(set(texts)) > 0.8 * len(texts)


def _example(soups: Sequence[BeautifulSoup], selector: str) -> str:
    return next((" ".join(tag.get_text(" ").split()) for soup in soups for tag in soup.select(selector)), "")
