"""Answers told with and without the site's numbers, in any order: each is one row."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.connect import transaction
from warehouse.records.pages import Answer, ParsedPage, Question
from warehouse.schema.content import answer, question
from warehouse.store.rowtext import Provenance
from warehouse.store.sameness import Key, Printed, needs_texts, once, same_rows
from warehouse.store.upserts import store_records

LONG = "장조림은 약불에서 사십 분 더 끓이시면 부드러워집니다"
Stored = dict[Key, Answer]


def numbered(number: str, position: int, body: str | None, **more: object) -> Answer:
    return replace(Answer("1", number, "answer", None, position, body), **more)


def without_numbers(page: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """As a layout without numbers tells them: follow-ups then stand under nothing, too."""
    return tuple(
        replace(row, external_id=None, parent_external_id=None if row.kind == "follow_up" else row.parent_external_id)
        for row in page
    )


def store(stored: Stored, page: tuple[Answer, ...]) -> Stored:
    """What the store does, in memory; a key taken twice is a broken unique constraint."""
    rows = dict(stored)
    for same in same_rows({key: Printed(row.position, row.body) for key, row in rows.items()}, once(page)):
        if same.was is not None:
            kept = rows.pop(same.was)
            rows[same.was if same.tells_less else same.key] = kept if same.tells_less else same.answer
        else:
            assert same.key not in rows
            rows[same.key] = same.answer
    return rows


@st.composite
def questions(draw: st.DrawFn) -> tuple[Answer, ...]:
    """Answers, some alike and some without text, with follow-ups, and comments on the question."""
    bodies = draw(st.lists(st.sampled_from(["감사합니다", "네", None, LONG, f"{LONG}.", "1", "2", "3"]), max_size=5))
    page: list[Answer] = []
    for position, body in enumerate(bodies, 1):
        page.append(numbered(str(90 - position), position, body))
        for turn in range(1, draw(st.integers(0, 2)) + 1):
            page.append(Answer("1", None, "follow_up", str(90 - position), turn, f"더 {position}-{turn}"))
    comments = draw(st.lists(st.sampled_from(["ㅎㅎ", "좋아요", "a"]), max_size=3))
    page += [Answer("1", str(7 + place), "comment", "0", place, body) for place, body in enumerate(comments, 1)]
    return tuple(page)


def keys_of(page: tuple[Answer, ...]) -> set[Key]:
    return set(once(page))


@settings(max_examples=150, deadline=None)
@given(page=questions(), are_numbered=st.lists(st.booleans(), min_size=1, max_size=5), ends=st.booleans())
def test_whole_readings_in_any_order_give_each_answer_once(
    page: tuple[Answer, ...], are_numbered: list[bool], ends: bool
) -> None:
    rows: Stored = {}
    for is_numbered in [*are_numbered, ends]:
        rows = store(rows, page if is_numbered else without_numbers(page))
        assert len(rows) == len(page)
    if ends or any(are_numbered):
        assert set(rows) == keys_of(page)
    assert sorted(str(row.body) for row in rows.values()) == sorted(str(row.body) for row in page)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), bodies=st.lists(st.text("가나다 ", min_size=1).filter(str.strip), max_size=6))
def test_partial_readings_at_any_place_give_each_answer_once(data: st.DataObject, bodies: list[str]) -> None:
    whole = tuple(numbered(str(place), place, body) for place, body in enumerate(dict.fromkeys(map(joined, bodies)), 1))
    rows: Stored = {}
    seen: set[str | None] = set()
    for _ in range(4):
        part = data.draw(st.permutations(whole)) if data.draw(st.booleans()) else list(whole)
        part = part[: data.draw(st.integers(0, len(part)))]
        # Numbers may come from anywhere of a list; what has none is a page, counted from one.
        page = tuple(part) if data.draw(st.booleans()) else without_numbers(whole[: len(part)])
        rows = store(rows, page)
        seen |= {row.body for row in page}
        assert sorted(str(row.body) for row in rows.values()) == sorted(map(str, seen))


def joined(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("stored", "page", "expected"),
    [
        pytest.param([numbered("7", 1, LONG)], [(2, LONG)], {"id:7"}, id="moved"),
        pytest.param([numbered("7", 1, f"{LONG}\n\n끝")], [(1, f"{LONG[:24]}…")], {"id:7"}, id="cut"),
        pytest.param([numbered("7", 1, "네 그래요")], [(2, "네")], {"id:7", "at:2"}, id="short beginning"),
        pytest.param([numbered("7", 1, LONG)], [(1, "고친 글")], {"id:7"}, id="edited or another's"),
        pytest.param([numbered("7", 1, LONG)], [(1, "새 글"), (2, LONG)], {"id:7", "at:1"}, id="a new one on top"),
        pytest.param([numbered("7", 1, "네"), numbered("8", 2, "네")], [(1, "네")], {"id:7", "id:8"}, id="alike"),
        pytest.param([numbered("7", 1, None)], [(1, None)], {"id:7"}, id="no text"),
    ],
)
def test_numbered_rows_meet_what_has_no_number(
    stored: list[Answer], page: list[tuple[int, str | None]], expected: set[str]
) -> None:
    rows = store(once(stored), tuple(Answer("1", None, "answer", None, place, body) for place, body in page))
    assert {key[2] for key in rows} == expected
    assert {row.body for row in stored} <= {row.body for row in rows.values()}, "a numbered row keeps its text"


def test_a_row_without_a_number_moves_on_with_its_text() -> None:
    rows = store({}, (numbered("7", 1, LONG),))
    rows = store(rows, without_numbers((numbered("7", 2, LONG), numbered("8", 1, "새 글"))))
    rows = store(rows, without_numbers((numbered("7", 1, LONG), numbered("8", 2, "새 글"))))
    assert {(key[2], row.body) for key, row in rows.items()} == {("id:7", LONG), ("at:2", "새 글")}


def test_texts_are_not_asked_for_where_everything_has_its_number() -> None:
    page = (numbered("7", 1, "답"), Answer("1", None, "follow_up", "7", 1, "더"))
    more = (*page, numbered("8", 2, "답"), Answer("1", None, "follow_up", "8", 1, "더"))
    assert not needs_texts(once(page), once(more))
    assert not needs_texts(once(without_numbers(page)), once(without_numbers(more)))
    assert needs_texts(once(page), once(without_numbers(page))) and needs_texts(once(without_numbers(page)), once(more))


@pytest.mark.parametrize("numbered_first", [True, False], ids=["numbered first", "numbered last"])
def test_one_row_keeps_its_id_and_all_that_any_layout_told(
    engine: sa.Engine, load_id: int, noon, numbered_first: bool
) -> None:
    full = (
        numbered("7", 1, LONG, author_key="a" * 32, author_grade="고수", is_chosen=True, answered_at=noon, votes_up=3),
        Answer("1", None, "follow_up", "7", 1, "추가 질문", speaker="asker"),
        Answer("1", "31", "comment", "0", 1, "댓글", author_key="c" * 32, answered_at=noon),
    )
    bare = tuple(
        replace(
            row,
            author_key=row.author_key and "b" * 32,
            author_grade=None,
            is_chosen=False,
            answered_at=None,
            votes_up=None,
        )
        for row in without_numbers(full)
    )
    columns = [answer.c[name] for name in Answer.__slots__ if name != "question_external_id"]
    seen = []
    for step, page in enumerate([full, bare, full, bare] if numbered_first else [bare, full, bare, full]):
        is_full = page is full
        parsed = ParsedPage("naver_kin", "question", None, Question("naver_kin", "1", "u", "t", "b"), page, (), "1")
        with transaction(engine) as connection:
            parsed = replace(parsed, tells_marks=is_full)
            result = store_records(connection, "http://h", parsed, Provenance(f"{step}", "1", load_id, noon))
            seen.append(connection.execute(sa.select(answer.c.answer_id).order_by(answer.c.answer_id)).scalars().all())
            rows = connection.execute(sa.select(*columns)).mappings().all()
            counted = connection.execute(sa.select(question.c.answers_stored, question.c.first_answered_at)).one()
        assert result.new == (4 if not step else 0) and (step < 2 or result.changed == 0)
        if is_full or step:
            told = [Answer("1", **{**row, "parent_external_id": row["parent_external_id"] or None}) for row in rows]
            assert sorted(told, key=repr) == sorted(full, key=repr)
            assert tuple(counted) == (1, noon)
    assert all(ids == seen[0] for ids in seen)
