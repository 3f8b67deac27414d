"""The bulk load of SQL Server, run on SQLite through a driver that loses what pymssql's bulk copy loses."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import settings as modest
from hypothesis import strategies as st

from tests.stored import stored_dialogues
from warehouse.connect import open_warehouse, transaction
from warehouse.errors import Transient, Unready
from warehouse.loads import begin_load
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.schema.content import dialogue
from warehouse.schema.staging import staged_dialogue, staged_turn
from warehouse.store import staging
from warehouse.store.dialogue_changes import digest, fresh_among
from warehouse.store.dialogue_rows import dialogue_columns
from warehouse.store.dialogues import read_dialogue
from warehouse.types import Unstorable

KST = timezone(timedelta(hours=9))
LONG = "가나다라마 " * 1_000 + "😀"


class BulkCopying(sqlite3.Connection):
    """What pymssql 2.4.6 was seen to do with values: '' is NULL, a NUL is '', spaces at the end are gone."""

    fault: Exception | None = None

    def bulk_copy(
        self, table_name: str, rows: Sequence[Sequence[Any]], *, column_ids: Sequence[int], batch_size: int
    ) -> None:
        if self.fault:
            raise self.fault
        names = [row[1] for row in self.execute(f"PRAGMA table_info({table_name})")]
        chosen = ", ".join(names[place - 1] for place in column_ids)
        marks = ", ".join("?" * len(column_ids))
        copied = [[_copied(value) for value in row] for row in rows]
        self.executemany(f"INSERT INTO {table_name} ({chosen}) VALUES ({marks})", copied)


def _copied(value: Any) -> Any:
    assert value is None or isinstance(value, str | int)
    if not isinstance(value, str):
        return value
    return "" if value == "\0" else value.rstrip(" ") or None


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    url = f"sqlite:///{tmp_path}/w.db"
    open_warehouse(url, create=True).dispose()
    engine = sa.create_engine(url, connect_args={"factory": BulkCopying})
    sa.event.listen(
        engine,
        "connect",
        lambda connection, _: connection.create_function(
            "replicate", 2, lambda text, times: None if times is None else text * times
        ),
    )
    yield engine
    engine.dispose()


@pytest.fixture
def load_id(engine: sa.Engine) -> int:
    return begin_load(engine, "test", "0" * 64, "0.1.0")


def made(number: int, *texts: str, **more: Any) -> Dialogue:
    turns = tuple(Turn("assistant" if place % 2 else "user", text) for place, text in enumerate(texts or ("가", "나")))
    return replace(Dialogue(f"{number:016x}", "import", str(number), turns), **more)


def bulk_loaded(engine: sa.Engine, rows: Sequence[Dialogue], load_id: int) -> tuple[int, int]:
    """What `store_dialogues` does with a large batch on SQL Server: the numbers of new and changed rows."""
    digests = [digest(row) for row in rows]
    with transaction(engine) as connection:
        with staging.Staged(connection, dialogue_columns(rows, digests, load_id)) as staged:
            fresh = fresh_among(rows, digests, staged.known())
            staged.store(fresh, load_id)
        for table in (staged_dialogue, staged_turn):
            assert connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0
    return len(fresh.new), len(fresh.changed)


def test_text_comes_through_the_bulk_load_whole(engine: sa.Engine, load_id: int) -> None:
    texts = ["", "   ", "끝에 빈칸  ", "한글 😀 👩‍👩‍👧", LONG, "줄\n바꿈\\\n", "\u3000", "N'따옴표'", "널\0자"]
    rows = [made(n, text, text, topic="요리", url="https://a.b/ ", label=-1) for n, text in enumerate(texts)]
    assert bulk_loaded(engine, rows, load_id) == (len(rows), 0)
    found = stored_dialogues(engine)
    wanted = [tuple(replace(turn, content=turn.content.replace("\0", "\ufffd")) for turn in row.turns) for row in rows]
    assert [row.turns for row in found] == wanted
    assert {(row.topic, row.url, row.label) for row in found} == {("요리", "https://a.b/ ", -1)}


def test_again_changes_nothing_and_a_changed_row_is_changed_once(engine: sa.Engine, load_id: int) -> None:
    rows = [made(number) for number in range(5)]
    assert bulk_loaded(engine, rows, load_id) == (5, 0)
    assert bulk_loaded(engine, rows, load_id) == (0, 0)
    later = begin_load(engine, "again", "0" * 64, "0.1.0")
    rows[3] = made(3, "가", "다", "라", "마")
    assert bulk_loaded(engine, [*rows, made(9)], later) == (1, 1)
    found = read_dialogue(engine, rows[3].dialogue_id)
    assert found == replace(rows[3], first_load_id=load_id)
    with engine.connect() as connection:
        touched = connection.execute(sa.select(dialogue.c.dialogue_id).where(dialogue.c.load_id == later))
        assert set(touched.scalars()) == {rows[3].dialogue_id, made(9).dialogue_id}


def test_moments_are_staged_as_iso_text_in_utc() -> None:
    asked = datetime(2026, 11, 21, 8, 0, 0, 5, tzinfo=KST)
    ready = staging.prepared(dialogue, dialogue_columns([made(1, asked_at=asked), made(2)], ["a", "b"], 1))
    assert ready["asked_at"] == ["2026-11-20T23:00:00.000005", None]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"topic": "가" * 201}, id="longer than its column"),
        pytest.param({"topic": "😀" * 101}, id="longer in UTF-16"),
        pytest.param({"thread": "a\0b"}, id="a NUL in a key"),
    ],
)
def test_a_key_that_the_bulk_copy_would_cut_is_refused(engine: sa.Engine, load_id: int, more: dict[str, str]) -> None:
    with pytest.raises(Unstorable):
        bulk_loaded(engine, [made(1), made(2, **more)], load_id)
    assert stored_dialogues(engine) == []


class Raw(Exception):
    """As pymssql's lower half raises: no DBAPI error, its number an attribute."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number = number


@pytest.mark.parametrize(
    ("number", "family", "words"),
    [
        pytest.param(1205, Transient, "deadlock", id="deadlock"),
        pytest.param(20047, Transient, "lost the connection", id="lost connection"),
        pytest.param(229, Unready, "does not permit", id="no permission"),
        pytest.param(1105, Unready, "no disk space", id="disk full"),
    ],
)
def test_raw_errors_of_the_bulk_copy_are_told_apart_and_leave_nothing(
    engine: sa.Engine, load_id: int, monkeypatch: pytest.MonkeyPatch, number: int, family: type[Exception], words: str
) -> None:
    monkeypatch.setattr(BulkCopying, "fault", Raw(number, "raw"))
    with pytest.raises(family, match=words):
        bulk_loaded(engine, [made(1)], load_id)
    monkeypatch.setattr(BulkCopying, "fault", None)
    assert stored_dialogues(engine) == []
    assert bulk_loaded(engine, [made(1)], load_id) == (1, 0)


def test_rows_that_got_lost_on_the_way_are_noticed(
    engine: sa.Engine, load_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = BulkCopying.bulk_copy

    def short(self: BulkCopying, table_name: str, rows: Sequence[Any], **more: Any) -> None:
        whole(self, table_name, rows[:-1] if table_name == "staged_turn" else rows, **more)

    monkeypatch.setattr(BulkCopying, "bulk_copy", short)
    with pytest.raises(Transient, match="3 of 4 staged rows reached turn"):
        bulk_loaded(engine, [made(1), made(2)], load_id)
    assert stored_dialogues(engine) == []


@modest(max_examples=50, deadline=None)
@given(text=st.text(alphabet=st.sampled_from(" a가\0\u3000\n\ufeff😀\\'"), max_size=12))
def test_what_the_bulk_copy_cuts_is_put_back(text: str) -> None:
    row = made(1, text)
    ready = staging.prepared(dialogue, {"url": [text]})
    (sent,), (spaces,) = ready["url"], ready["url_spaces"]
    assert (_copied(sent) + " " * spaces) == row.turns[0].content.replace("\0", "\ufffd")
