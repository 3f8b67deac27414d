from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cleaning.sides import SplitRow, sides_of

SHARES = (0.6, 0.2, 0.2)


def _row(number: int, load: int = 1) -> SplitRow:
    name = f"id{number:04}"
    return SplitRow(name, load, answer_norm=f"answer {number}")


def _id_on(side: str, start: int = 0) -> int:
    return next(n for n in range(start, 9999) if sides_of([_row(n)])[0][f"id{n:04}"] == side)


def test_unlinked_rows_fall_in_the_shares() -> None:
    sides, conflicts = sides_of([_row(number) for number in range(4000)])
    counts = Counter(sides.values())
    assert not conflicts
    assert 0.87 < counts["train"] / 4000 < 0.93
    assert 0.035 < counts["validation"] / 4000 < 0.065


def test_a_linked_row_takes_the_side_of_the_earlier_one() -> None:
    held_out, trained = _id_on("test"), _id_on("train")
    for link in ("thread", "asker_key", "answer_norm"):
        first = replace(_row(held_out), **{link: "same"})
        later = replace(_row(trained, load=2), **{link: "same"})
        assert set(sides_of([later, first])[0].values()) == {"test"}, link


TURNS = {
    "a turn of nine letters": (("ㅇㅎ", "파스타면수를남겨요"), ("파스타면수를남겨요", "그래"), False),
    "a turn of ten letters": (("ㅇㅎ", "파스타면수를남겨두요"), ("파스타면수를남겨두요", "그래"), True),
    "a turn that is another's whole answer": (("ㅇㅎ", "파스타면수를남겨두요"), ("파스타면수를남겨두요",), True),
    "a short turn": (("ㅇㅎ", "파스타면수를남겨두요"), ("ㅇㅎ", "버스가한참을안오네요"), False),
    "a short whole answer": (("ㅇㅎ",), ("ㅇㅎ",), True),
}


@pytest.mark.parametrize(("one", "other", "is_linked"), TURNS.values(), ids=TURNS)
def test_an_equal_turn_links_from_ten_letters_on(one: tuple, other: tuple, is_linked: bool) -> None:
    held_out, trained = _id_on("test"), _id_on("train")
    first = replace(_row(held_out), answer_norm="".join(one), turns_norm=one)
    later = replace(_row(trained, load=2), answer_norm="".join(other), turns_norm=other)
    sides, _ = sides_of([later, first])
    assert sides[later.dialogue_id] == ("test" if is_linked else "train")
    # A stored side stays, and the link is told.
    sides, conflicts = sides_of([later, first], known={first.dialogue_id: "test", later.dialogue_id: "train"})
    assert sides.get(later.dialogue_id) == (None if is_linked else "train")
    assert ("equal answer" in conflicts.get(later.dialogue_id, "")) is is_linked


def test_a_row_linked_to_two_sides_is_dropped() -> None:
    held_out, trained = _id_on("test"), _id_on("train")
    first = replace(_row(held_out), thread="t")
    second = replace(_row(trained), asker_key="a")
    third = replace(_row(9999, load=2), thread="t", asker_key="a")
    sides, conflicts = sides_of([first, second, third])
    assert conflicts == {"id9999": "linked to train (same asker) and to test (same thread)"}
    assert "id9999" not in sides


def test_stored_sides_never_change_and_lead() -> None:
    trained = _id_on("train")
    old = replace(_row(trained, load=5), thread="t")
    new = replace(_row(_id_on("train", trained + 1), load=1), thread="t")
    sides, _ = sides_of([old, new], known={old.dialogue_id: "validation"})
    assert set(sides.values()) == {"validation"}


def test_a_known_row_that_became_equal_to_one_of_another_side_is_dropped_and_keeps_its_side() -> None:
    first, second = replace(_row(1), answer_norm="same"), replace(_row(2), answer_norm="same")
    known = {"id0001": "test", "id0002": "train"}
    sides, conflicts = sides_of([first, second], known=known)
    assert sides == {"id0001": "test"}
    assert conflicts == {"id0002": "linked to train (its own side) and to test (equal answer)"}


def test_an_answerer_on_two_sides_links_nothing() -> None:
    many = [_row(number) for number in range(100)]
    pair = [replace(_row(501), answerer_key="x"), replace(_row(502), answerer_key="x")]
    new = replace(_row(_id_on("train"), load=2), answerer_key="x", dialogue_id=f"id{_id_on('train'):04}")
    known = {"id0501": "test", "id0502": "train"}
    sides, conflicts = sides_of([*many[:0], *pair, new, *many[1:]], known=known, answerer_limit=0.5)
    assert (conflicts, sides[new.dialogue_id]) == ({}, "train")


def test_answerers_link_only_while_none_is_large() -> None:
    rows = [_row(number) for number in range(400)]
    pair = [replace(rows[_id_on("test")], answerer_key="x"), replace(rows[_id_on("train")], answerer_key="x")]
    named = {row.dialogue_id for row in pair}
    few = sides_of([*pair, *[row for row in rows if row.dialogue_id not in named]])[0]
    assert len({few[name] for name in named}) == 1
    crowded = [replace(row, answerer_key="x") for row in rows]
    assert len(set(sides_of(crowded)[0].values())) == 3


ROWS = st.lists(
    st.builds(
        SplitRow,
        dialogue_id=st.integers(0, 60).map(lambda number: f"id{number}"),
        first_load_id=st.integers(1, 3),
        thread=st.none() | st.sampled_from("abcdefgh"),
        asker_key=st.none() | st.sampled_from("abcdefgh"),
        answer_norm=st.sampled_from("abcdefghijkl"),
        answerer_key=st.none(),
    ),
    unique_by=lambda row: row.dialogue_id,
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(ROWS, st.randoms(use_true_random=False))
def test_no_link_crosses_sides_and_order_of_rows_is_free(rows: list[SplitRow], chance: object) -> None:
    sides, conflicts = sides_of(rows, shares=SHARES)
    assert sorted([*sides, *conflicts]) == sorted(row.dialogue_id for row in rows)
    kept = [row for row in rows if row.dialogue_id in sides]
    for link in ("thread", "asker_key", "answer_norm"):
        on_side: dict[str, set[str]] = {}
        for row in kept:
            if getattr(row, link):
                on_side.setdefault(getattr(row, link), set()).add(sides[row.dialogue_id])
        assert all(len(found) == 1 for found in on_side.values()), link
    assert sides_of(rows[::-1], shares=SHARES) == (sides, conflicts)
    assert sides_of(rows, shares=SHARES, known=sides) == (sides, conflicts)


@settings(max_examples=100, deadline=None)
@given(ROWS, st.integers(0, 40), st.integers(0, 40))
def test_old_rows_keep_their_side_while_data_grows(rows: list[SplitRow], one: int, other: int) -> None:
    known: dict[str, str] = {}
    for size in (*sorted((one, other)), len(rows)):
        sides, conflicts = sides_of(rows[:size], known=known, shares=SHARES)
        assert known.items() <= sides.items()
        assert not known.keys() & conflicts.keys()
        assert sorted([*sides, *conflicts]) == sorted(row.dialogue_id for row in rows[:size])
        known |= sides
