"""Exactly what all pairs would tell, and sides that hold while the data grows."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.duplicates.representatives import settle
from cleaning.duplicates.search import THRESHOLD, first_of_clusters, jaccard, normalise
from cleaning.splits.leaks import AuditRow, HeldOut
from cleaning.splits.overlap import ExactIndex
from tests.cleaning.sides import SplitRow, sides_of

WORDS = st.sampled_from(
    ["오늘", "점심", "김치찌개", "먹고", "싶다", "네", "비가", "온대요", "ㅋㅋ", "abc", "!", "어제저녁"]
)
TALK = st.lists(WORDS, max_size=12).map(" ".join)


def all_pairs(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    return [(a, b) for a, x in enumerate(one) for b, y in enumerate(other) if jaccard(x, y) >= THRESHOLD]


@settings(max_examples=70, deadline=None)
@given(st.lists(TALK, max_size=25), st.lists(TALK, max_size=25))
def test_the_exact_index_finds_all_pairs_and_no_others(indexed: list[str], asked: list[str]) -> None:
    # One letter more or less at the threshold itself is the hard case.
    asked = [*asked, *(text + "." for text in indexed), *(text + " 또" for text in indexed)]
    found = list(ExactIndex(indexed).overlaps(asked))
    assert [(pair.place, pair.indexed) for pair in found] == all_pairs(asked, indexed)
    assert all(pair.jaccard == jaccard(asked[pair.place], indexed[pair.indexed]) for pair in found)


@pytest.mark.parametrize("size", range(3, 60))
def test_a_pair_exactly_at_the_threshold_is_found(size: int) -> None:
    text = "".join(chr(ord("가") + 7 * place) for place in range(size + 2))  # `size` distinct trigrams
    cut = text[: -(size // 5)] if size >= 5 else text
    assert (len(list(ExactIndex([text]).overlaps([cut]))) == 1) is (jaccard(text, cut) >= THRESHOLD)


@settings(max_examples=40, deadline=None)
@given(st.lists(TALK, min_size=4, max_size=30), st.lists(st.integers(0, 3), min_size=30, max_size=30))
def test_near_copies_never_cross_and_old_rows_stay_while_data_grows(texts: list[str], loads: list[int]) -> None:
    """Rows come in any order of loads, so that a later one may stand before all that are there."""
    known: dict[str, str] = {}
    for size in range(1, len(texts) + 1, 3):
        order = sorted(range(size), key=lambda number: (loads[number], number))
        said = {f"id{number:03}": texts[number] for number in order}
        names = list(said)
        roots = first_of_clusters([normalise(text) for text in said.values()])
        settled = settle({name: names[root] for name, root in zip(names, roots, strict=True)}, said, known)
        first = [SplitRow(name, loads[int(name[2:])]) for name in names if settled[name] == name]
        sides, conflicts = sides_of(first, known, shares=(0.4, 0.3, 0.3))
        assert known.items() <= sides.items()
        assert not conflicts
        kept = sorted(sides)
        assert all(a == b for a, b in all_pairs([said[row] for row in kept], [said[row] for row in kept]))
        known |= sides


def _row(name: str, split: str, text: str = "", answer: str = "", **links: str | None) -> AuditRow:
    return AuditRow(name, split, text or name, tuple(answer.split("/")), links)


LEAKS = {
    "near copy": (
        {"text": "오늘 점심은 김치찌개 먹었다"},
        {"text": "오늘 점심은, 김치찌개 먹었다"},
        ["near_duplicate"],
    ),
    "equal answer": ({"answer": "네, 그래요."}, {"answer": "네 그래요"}, ["answer"]),
    "equal turn": ({"answer": "ㅇㅎ/면수를 조금 남겨 두세요"}, {"answer": "면수를 조금 남겨두세요!/네"}, ["answer"]),
    "equal short turn": ({"answer": "ㅇㅎ/그럼 백 도"}, {"answer": "ㅇㅎ/글쎄요"}, []),
    "equal short turns alone": ({"answer": "ㅇㅎ"}, {"answer": "ㅇㅎ!"}, ["answer"]),
    "thread": ({"thread": "t"}, {"thread": "t"}, ["thread"]),
    "nothing": ({"thread": "t", "answer": "a"}, {"thread": "u", "answer": "b"}, []),
    "two blanks": ({"answer": "!!"}, {"answer": "??"}, []),
}


@pytest.mark.parametrize(("one", "other", "kinds"), LEAKS.values(), ids=LEAKS)
def test_what_crosses_is_told_and_what_stays_on_a_side_is_not(one: dict, other: dict, kinds: list[str]) -> None:
    held = HeldOut([_row("held", "test", **one)])
    assert [leak.kind for leak in held.leaks([_row("other", "train", **other)])] == kinds
    assert [leak.kind for leak in held.leaks([_row("other", "test", **other)])] == []
