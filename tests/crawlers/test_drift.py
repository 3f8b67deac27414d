"""Where a value stands now: by what is known of it, or by what it looks like."""

from datetime import UTC, datetime

import pytest

from crawlers.drift import Sought, propose, soups_of
from warehouse.records.pages import Page

NOW = datetime(2026, 11, 21, tzinfo=UTC)
BODIES = (
    "전화는 010-1234-5678 입니다\n연락 주세요",
    "밥을 어떻게 짓나요?\n물이 많아요",
    "고양이가 밥을 안 먹어요\n왜 그럴까요",
)
TITLES = ("연락처가 궁금해요", "밥 짓는 법", "고양이 밥 문제입니다")


def page_of(title: str, body: str, number: int) -> Page:
    lines = "".join(f"<p>{line}</p>" for line in body.split("\n"))
    html = f"""<title>{title} : 새 사이트</title><script>var t = "{title}";</script>
    <div class="wrap x1"><div class="top" id="no{number}"><h2 class="hd">{title}</h2>
    <em class="d">2026.10.0{number}</em>
    <i class="n">조회수 1,2{number}4</i></div><div class="tx">{lines}</div>
    <p class="same">늘 같은 안내 문구입니다. 언제나 같아요.</p><a class="dir">생활</a></div>"""
    return Page("u", "u", 200, (), html.encode(), "utf-8", NOW)


OTHERS = tuple((title,) for title in TITLES)
PAGES = [page_of(title, body, number) for number, (title, body) in enumerate(zip(TITLES, BODIES, strict=True), 1)]
SOUPS = soups_of(PAGES)


def best(sought: Sought) -> str:
    return propose(PAGES, SOUPS, sought)[0].selector


@pytest.mark.parametrize(
    ("sought", "selector"),
    [
        (Sought("title", "text", TITLES), "h2.hd"),
        (Sought("title", "text", ("연락처가...", None, "고양이 밥…")), "h2.hd"),
        (Sought("body", "text", BODIES), "div.tx"),
        (Sought("body", "text", ("전화는 [전화번호] 입니다\n연락 주세요", None, None)), "div.tx"),
        (Sought("body", "text", not_around=OTHERS, shortest=10, longest=200), "div.tx"),
        (Sought("asked_at", "moment"), "em.d"),
        (Sought("asked_at", "text", ("2026.10.01", "2026.10.02", None)), "em.d"),
        (Sought("views", "number"), "i.n"),
        (Sought("views", "number", ("1214", "1224", "1234")), "i.n"),
        (Sought("topic", "text", choices=frozenset({"생활", "게임"})), "a.dir"),
    ],
    ids=["title", "cut", "body", "masked", "by looks", "moment", "as printed", "labelled", "number", "topic"],
)
def test_a_value_is_found(sought: Sought, selector: str) -> None:
    assert best(sought) == selector


def test_a_selector_is_worth_the_pages_in_which_it_finds_one_element() -> None:
    (first, *_) = propose(PAGES, SOUPS, Sought("title", "text", (TITLES[0], None, TITLES[2])))
    assert (first.pages, first.of, first.evidence) == (2, 2, "known values")
    assert first.example == TITLES[0]


def test_what_is_nowhere_is_not_proposed() -> None:
    assert propose(PAGES, SOUPS, Sought("title", "text", ("없는 제목", None, None))) == []
    assert propose([], [], Sought("views", "number")) == []
    assert all("no" not in found.selector for found in propose(PAGES, SOUPS, Sought("title", "text", TITLES)))


def test_what_every_page_says_is_no_text_of_its_own() -> None:
    found = propose(PAGES, SOUPS, Sought("body", "text", not_around=OTHERS, shortest=10, longest=200))
    assert "p.same" not in [entry.selector for entry in found]
