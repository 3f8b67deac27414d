"""What one search of a page sorts by its parts is what a search of each part would find."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.markup import parse_html, parse_parts
from crawlers.nesting import all_in_each, around_each, first_in_each, is_inside
from crawlers.visible import seen_text

_TAGS = st.sampled_from(
    ("<dl>", "</dl>", "<dt>", "<dd class=a>", "<dd class='a b'>", "</dd>", "<p>", "</p>", "<b>x</b>")
)
_SELECTORS = ("dd.a", "dl", "dt b, .b, dd", "p .a")


@settings(max_examples=80, deadline=None)
@given(st.lists(_TAGS, max_size=25), st.sampled_from(_SELECTORS))
def test_one_search_for_all_parts_finds_what_one_for_each_does(tags: list[str], selector: str) -> None:
    tree = parse_html("<div id=page>" + "".join(tags) + "</div><dd class=a>outside</dd>")
    parts = tree.css("#page dl, #page p")
    around = around_each(parts)
    searched = {part.mem_id: [node.mem_id for node in part.css(selector)] for part in parts}
    found = all_in_each(tree, selector, around)
    assert {place: [node.mem_id for node in nodes] for place, nodes in found.items()} == {
        place: ids for place, ids in searched.items() if ids
    }
    first = {place: node.mem_id for place, node in first_in_each(tree, selector, around).items()}
    assert first == {place: ids[0] for place, ids in searched.items() if ids}


def test_a_fragment_left_open_does_not_run_into_the_next() -> None:
    texts = ["<div><b>하나", "</div></div>둘", "", "<td>셋\0<!-- "]
    tree, boxes = parse_parts(texts)
    assert [seen_text(box) for box in boxes] == ["하나", "둘", None, "셋"]
    assert [is_inside(node, frozenset({"x"})) for node in tree.css("b")] == [False]


@pytest.mark.parametrize("body", ["가\0나".encode(), b"\xea\xb0\x80<b>\xea\xb0</b>\xff", "<p class='가'>나".encode()])
def test_bytes_and_their_text_are_one_page(body: bytes) -> None:
    by_bytes, by_text = parse_html(body).body, parse_html(body.decode("utf-8", "replace")).body
    assert seen_text(by_bytes) == seen_text(by_text)
