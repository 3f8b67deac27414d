"""Imports into warehouses that do not take them, and batches that must not be taken: plain words, nothing lost."""

import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps import importing
from pipelines.steps.formats import csv_pairs
from pipelines.steps.importing import import_file
from warehouse import connect, waiting
from warehouse.connect import open_warehouse
from warehouse.loads import read_loads
from warehouse.revisions import head

ROWS = 12
NOBODY = 65534


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of several batches."""
    monkeypatch.setattr(importing, "BATCH_ROWS", 3)
    path = tmp_path / "talk.csv"
    path.write_text("question,answer\n" + "".join(f"질문 {n},답 {n}\n" for n in range(ROWS)), "utf-8")
    (tmp_path / "mundap.toml").touch()
    return path


@pytest.fixture
def command(file: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[], tuple[int, str]]:
    """The command with its exit code and its last words, which are one line and no stack trace."""

    def typed() -> tuple[int, str]:
        code = run(["import", "csv", str(file), "--config", str(file.parent / "mundap.toml"), "--json"])
        words = capsys.readouterr().err.strip()
        assert "Traceback" not in words and words.count("\n") == 0
        return code, words

    return typed


def database(file: Path) -> Path:
    url = sa.make_url(Settings(root=file.parent).database_url)
    assert url.database
    return Path(url.database)


def counted(file: Path) -> tuple[int, int]:
    with sqlite3.connect(database(file)) as connection:
        tables = ("dialogue", "turn")
        first, second = (connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)
    connection.close()
    return first, second


def test_a_locked_warehouse_is_told_and_the_same_command_goes_on(
    file: Path, command: Callable[[], tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_warehouse(Settings(root=file.parent).database_url, create=True).dispose()
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0)
    other = sqlite3.connect(database(file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    code, words = command()
    assert code == 4 and words.endswith("is locked by another program; try again")
    other.execute("ROLLBACK")
    other.close()
    assert command() == (0, "") and counted(file) == (ROWS, 2 * ROWS)


def test_a_lock_in_the_middle_loses_nothing(
    file: Path, command: Callable[[], tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0)
    settings = Settings(root=file.parent)
    other: list[sqlite3.Connection] = []

    def lock(_: int) -> None:
        other.append(sqlite3.connect(database(file), isolation_level=None))
        other[0].execute("BEGIN IMMEDIATE")

    with pytest.raises(connect.Transient, match="is locked"):
        import_file(settings, "csv", file, on_rows=lock)
    other[0].close()
    assert counted(file) == (3, 6)
    report = import_file(settings, "csv", file)
    assert (report.stored, report.unchanged) == (ROWS - 3, 3)
    assert counted(file) == (ROWS, 2 * ROWS)


def test_the_command_says_that_it_waits_and_goes_on_when_the_lock_is_gone(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_warehouse(Settings(root=file.parent).database_url, create=True).dispose()
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0)
    monkeypatch.setattr(waiting, "TOLD_AFTER_SECONDS", 0)
    other = sqlite3.connect(database(file), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said = ""

    def give_way(line: str) -> None:
        nonlocal said
        said = line
        other.close()

    monkeypatch.setattr("pipelines.__main__._tell", give_way)
    assert run(["import", "csv", str(file), "--config", str(file.parent / "mundap.toml")]) == 0
    assert said == f"warehouse {database(file)} is locked by another program; waiting for it (0 s so far)"
    assert counted(file) == (ROWS, 2 * ROWS)


def test_a_full_disk_is_told_and_the_same_command_goes_on(file: Path, command: Callable[[], tuple[int, str]]) -> None:
    file.write_text("question,answer\n" + "".join(f"질문 {n},{'길다 ' * 2_000}{n}\n" for n in range(ROWS)), "utf-8")
    open_warehouse(Settings(root=file.parent).database_url, create=True).dispose()
    with sqlite3.connect(database(file)) as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()

    def fill(connection: sqlite3.Connection, _: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 20}")

    sa.event.listen(sa.Engine, "connect", fill)
    try:
        code, words = command()
    finally:
        sa.event.remove(sa.Engine, "connect", fill)
    assert code == 4 and words.endswith("has no disk space left; free some and run the command again")
    before = counted(file)
    assert before[0] < ROWS and before[1] == 2 * before[0]
    assert command() == (0, "") and counted(file) == (ROWS, 2 * ROWS)


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder of another user, without the rights of root."""
    if os.geteuid() != 0:
        pytest.skip("only root can become nobody; see test_connect for others")
    with tempfile.TemporaryDirectory(prefix="mundap-nobody-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
        os.seteuid(0)


@pytest.mark.parametrize("made", [True, False], ids=["a warehouse", "no warehouse yet"])
def test_a_read_only_warehouse_is_told(as_nobody: Path, made: bool) -> None:
    file = as_nobody / "talk.csv"
    file.write_text("question,answer\n가,나\n", "utf-8")
    settings = Settings(root=as_nobody)
    if made:
        open_warehouse(settings.database_url, create=True).dispose()
    os.seteuid(NOBODY)
    with pytest.raises(connect.Unready, match=r"read-only|cannot be made|cannot be opened"):
        import_file(settings, "csv", file)
    os.seteuid(0)
    assert import_file(settings, "csv", file).stored == 1


def test_a_newer_schema_is_told(file: Path, command: Callable[[], tuple[int, str]]) -> None:
    assert command() == (0, "")
    with sqlite3.connect(database(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    code, words = command()
    assert code == 4 and words.endswith(f"has schema 9999, newer than this Mundap's {head()}; install a newer Mundap")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        pytest.param("DROP TABLE staged_turn", "promises: staged_turn; restore a whole copy", id="a table missing"),
        pytest.param(
            "UPDATE alembic_version SET version_num = '0005'",
            "(table staged_dialogue already exists); it is half migrated: restore a whole copy",
            id="a table made already",
        ),
        pytest.param(
            "UPDATE alembic_version SET version_num = '0003'",
            "(duplicate column name: reason_code); it is half migrated: restore a whole copy",
            id="older by its version only",
        ),
    ],
)
def test_half_a_migration_is_told(
    file: Path, command: Callable[[], tuple[int, str]], statement: str, words: str
) -> None:
    assert command() == (0, "")
    before = counted(file)
    with sqlite3.connect(database(file)) as connection:
        connection.execute(statement)
    connection.close()
    code, said = command()
    assert code == 4 and words in said, said
    assert counted(file) == before


def test_a_batch_that_breaks_the_contract_is_kept_aside_whole_and_named(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = csv_pairs.make_pair

    def broken(line: int, *rest: Any) -> Any:
        row = honest(line, *rest)
        return replace(row, dialogue_id="no id") if line == 6 else row

    settings = Settings(root=file.parent)
    with monkeypatch.context() as patch:
        patch.setattr(csv_pairs, "make_pair", broken)
        report = import_file(settings, "csv", file)
    assert (report.read, report.stored, report.set_aside) == (ROWS, ROWS - 3, 3)
    assert report.set_aside_file is not None
    aside = [json.loads(line) for line in report.set_aside_file.read_text("utf-8").splitlines()]
    assert {row["batch"] for row in aside} == {2} and len({row["key"] for row in aside}) == 3
    assert all(row["reason"].startswith("a batch of 3 dialogues is refused: record ") for row in aside)
    assert [row["row"] for row in aside] == [4, 5, 6]
    assert aside[1]["text"] == "질문 4\n답 4"
    (load,) = read_loads(open_warehouse(settings.database_url))
    assert (load.outcome, load.reason) == ("incomplete", "3 of 12 rows set aside")
    again = import_file(settings, "csv", file)
    assert (again.stored, again.unchanged, again.set_aside) == (3, ROWS - 3, 0)


def test_the_ledger_names_command_settings_version_and_counts(file: Path) -> None:
    settings = Settings(root=file.parent)
    for _ in range(2):
        import_file(settings, "csv", file)
    again, first = read_loads(open_warehouse(settings.database_url))
    assert first.command == again.command == "import csv talk.csv"
    assert first.settings_sha256 == settings.sha256() and first.code_version
    assert (first.outcome, again.outcome) == ("done", "done") and first.ended_at is not None
    nothing = {"set_aside": 0, "broken_files": 0, "read": ROWS}
    assert first.counts == nothing | {"stored": ROWS, "unchanged": 0}
    assert again.counts == nothing | {"stored": 0, "unchanged": ROWS}
