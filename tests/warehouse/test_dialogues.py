import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stored import stored_dialogues
from warehouse.loads import Stored, begin_load
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.schema.content import dialogue, turn
from warehouse.store.dialogue_batches import dialogue_batches, read_batch, stored_sides
from warehouse.store.dialogue_changes import digest
from warehouse.store.dialogue_store import store_dialogues
from warehouse.store.dialogues import dialogue_ids, read_dialogue, remove_dialogues, store_sides
from warehouse.types import storable

SEOUL = timezone(timedelta(hours=9))


def made(number: int, text: str = "답", **more: object) -> Dialogue:
    turns = (Turn("user", f"질문 {number}", "a" * 32), Turn("assistant", text))
    return replace(Dialogue(f"{number:016x}", "import", str(number), turns), **more)


def test_dialogues_come_back_as_they_went_in(engine: sa.Engine, load_id: int) -> None:
    full = made(
        1,
        site="kin",
        topic="요리",
        url="https://kin.naver.com/1",
        asked_at=datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=SEOUL),
        label=0,
        thread="http://h|naver_kin|1",
        page_sha256="f" * 64,
        parser_version="1",
    )
    assert store_dialogues(engine, [full, made(2)], load_id) == Stored(new=2)
    assert stored_dialogues(engine) == [replace(full, first_load_id=load_id), made(2, first_load_id=load_id)]
    assert stored_dialogues(engine)[0].asked_at == full.asked_at
    assert read_dialogue(engine, full.dialogue_id) == replace(full, first_load_id=load_id)
    assert read_dialogue(engine, "f" * 16) is None


def test_storing_again_changes_nothing_and_text_changes_once(engine: sa.Engine, load_id: int) -> None:
    rows = [made(number) for number in range(1200)]
    assert store_dialogues(engine, rows, load_id) == Stored(new=1200)
    later = begin_load(engine, "again", "0" * 64, "0.1.0")
    rows[700] = made(700, "고친 답\x00")
    assert store_dialogues(engine, [*rows, rows[0]], later) == Stored(changed=1, unchanged=1199)
    assert store_dialogues(engine, rows, later) == Stored(unchanged=1200)
    found = read_dialogue(engine, rows[700].dialogue_id)
    assert found is not None
    assert (found.turns[1].content, len(found.turns), found.first_load_id) == ("고친 답\ufffd", 2, load_id)
    with engine.connect() as connection:
        touched = connection.execute(sa.select(dialogue.c.dialogue_id).where(dialogue.c.load_id == later)).scalars()
        assert list(touched) == [rows[700].dialogue_id]


def test_a_new_snapshot_of_the_same_text_is_no_change(engine: sa.Engine, load_id: int) -> None:
    store_dialogues(engine, [made(1, page_sha256="a" * 64, parser_version="1")], load_id)
    again = made(1, page_sha256="b" * 64, parser_version="2")
    assert store_dialogues(engine, [again], load_id) == Stored(unchanged=1)
    found = read_dialogue(engine, again.dialogue_id)
    assert found is not None and found.page_sha256 == "a" * 64
    assert store_dialogues(engine, [replace(again, written_by="ai")], load_id) == Stored(changed=1)
    found = read_dialogue(engine, again.dialogue_id)
    assert found is not None and (found.page_sha256, found.written_by) == ("b" * 64, "ai")


def test_reading_follows_first_load_then_id_in_batches(engine: sa.Engine, load_id: int) -> None:
    later = begin_load(engine, "later", "0" * 64, "0.1.0")
    store_dialogues(engine, [made(number) for number in (9, 3, 7)], later)
    store_dialogues(engine, [made(number) for number in (8, 2)], load_id)
    store_dialogues(engine, [made(5, first_load_id=load_id)], later)
    assert [int(row.key) for row in stored_dialogues(engine, rows=2)] == [2, 5, 8, 3, 7, 9]
    assert stored_dialogues(engine, rows=2) == stored_dialogues(engine)


def known_sides(engine: sa.Engine) -> dict[str, str]:
    return {row_id: side for batch in stored_sides(engine) for row_id, side in batch}


def test_writing_while_reading_is_allowed(engine: sa.Engine, load_id: int) -> None:
    store_dialogues(engine, [made(number) for number in range(6)], load_id)
    for batch in dialogue_batches(engine, rows=2):
        store_sides(engine, dict.fromkeys(batch.ids, "train"))
    assert len(known_sides(engine)) == 6


def test_removed_dialogues_take_their_turns_along(engine: sa.Engine, load_id: int) -> None:
    store_dialogues(engine, [made(1), made(2, page_sha256="f" * 64), made(3)], load_id)
    assert dialogue_ids(engine, crawled=True) == {made(2).dialogue_id}
    assert dialogue_ids(engine, crawled=False) == {made(1).dialogue_id, made(3).dialogue_id}
    assert remove_dialogues(engine, [made(1).dialogue_id, "f" * 16]) == 1
    assert dialogue_ids(engine) == {made(2).dialogue_id, made(3).dialogue_id}
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(turn)).scalar_one() == 4


def test_a_side_once_set_never_changes(engine: sa.Engine, load_id: int) -> None:
    first, second = made(1), made(2)
    store_dialogues(engine, [first, second], load_id)
    assert store_sides(engine, {first.dialogue_id: "test"}) == 1
    assert store_sides(engine, {first.dialogue_id: "train", second.dialogue_id: "train"}) == 1
    store_dialogues(engine, [replace(first, topic="새 주제")], load_id)
    assert known_sides(engine) == {first.dialogue_id: "test", second.dialogue_id: "train"}


@settings(max_examples=60, deadline=None)
@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=20), label=st.none() | st.integers(-9, 9))
def test_the_hash_of_a_dialogue_is_that_of_its_facts_as_json(text: str, label: int | None) -> None:
    """A hash that came out otherwise would make every stored row a changed one."""
    asked = datetime(2026, 11, 21, 12, 0, 0, 5, tzinfo=SEOUL)
    row = made(1, text, label=label, topic=text or None, asked_at=asked)
    facts = [row.source, None, row.topic, None, label, None, "person", asked.timestamp()]
    facts += [(turn.role, turn.content, turn.author_key) for turn in row.turns]
    wanted = hashlib.sha256(storable(json.dumps(facts, ensure_ascii=False)).encode()).hexdigest()
    assert digest(row) == wanted


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.characters(exclude_categories=()), max_size=40))
def test_any_text_comes_back_with_only_the_unstorable_marked(engine: sa.Engine, text: str) -> None:
    load_id = begin_load(engine, "x", "0" * 64, "0")
    row = made(1, text)
    store_dialogues(engine, [row], load_id)
    assert store_dialogues(engine, [row], load_id) == Stored(unchanged=1)
    found = read_dialogue(engine, row.dialogue_id)
    assert found is not None and found.turns[1].content == storable(text)


def test_a_batch_is_known_by_its_content(engine: sa.Engine, load_id: int) -> None:
    store_dialogues(engine, [made(number) for number in range(5)], load_id)
    before = list(dialogue_batches(engine, rows=2))
    assert [int(row.key) for batch in before for row in read_batch(engine, batch)] == [*range(5)]
    assert [len(batch.ids) for batch in before] == [2, 2, 1]
    assert list(dialogue_batches(engine, rows=2)) == before
    changed = read_batch(engine, before[1])[0]
    store_dialogues(engine, [replace(changed, page_sha256="e" * 64, topic="딴 주제")], load_id)
    after = list(dialogue_batches(engine, rows=2))
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True]
