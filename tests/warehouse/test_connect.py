import os
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from warehouse import connect
from warehouse.connect import in_transaction, open_warehouse, transaction
from warehouse.errors import Misuse, MundapError, Transient, Unready
from warehouse.failures import as_ours, named
from warehouse.frontier.claims import claim
from warehouse.frontier.crawls import Crawl
from warehouse.hosts.ledger import RequestRow, record_request
from warehouse.loads import begin_load, end_load, newest_start, read_loads
from warehouse.revisions import head
from warehouse.schema.columns import load


def test_a_missing_warehouse_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(Unready, match=r"no warehouse at .*run `mundap init`"):
        open_warehouse(f"sqlite:///{tmp_path}/none.db")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_and_a_file_without_schema_are_told(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    bare = sqlite3.connect(tmp_path / "bare.db")
    bare.execute("VACUUM")
    bare.close()
    for name in ("empty.db", "bare.db"):
        with pytest.raises(Unready, match="run `mundap init`"):
            open_warehouse(f"sqlite:///{tmp_path}/{name}")


@pytest.mark.parametrize("create", [False, True], ids=["open", "init"])
@pytest.mark.parametrize(
    ("statements", "words"),
    [
        pytest.param(["CREATE TABLE bookmarks (url)"], "another program", id="tables of another program"),
        pytest.param(["CREATE TABLE load (weight)"], "another program", id="a table of theirs with a name of ours"),
        pytest.param(
            ["CREATE TABLE alembic_version (version_num)", "INSERT INTO alembic_version VALUES ('3f2a9c01d4e5')"],
            "another program",
            id="another program's revision",
        ),
        pytest.param(
            ["CREATE TABLE alembic_version (colour)"], "another program", id="a version table of another kind"
        ),
    ],
)
def test_a_file_of_another_program_is_left_alone(
    tmp_path: Path, create: bool, statements: list[str], words: str
) -> None:
    theirs = sqlite3.connect(tmp_path / "theirs.db", isolation_level=None)
    for statement in statements:
        theirs.execute(statement)
    before = theirs.execute("SELECT sql FROM sqlite_master").fetchall()
    with pytest.raises(Unready, match=words):
        open_warehouse(f"sqlite:///{tmp_path}/theirs.db", create=create)
    assert theirs.execute("SELECT sql FROM sqlite_master").fetchall() == before
    theirs.close()


@pytest.mark.parametrize("create", [False, True], ids=["open", "init"])
@pytest.mark.parametrize(
    "statement", ["DELETE FROM alembic_version", "DROP TABLE alembic_version"], ids=["row", "table"]
)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_our_tables_without_their_version_are_told(url: str, statement: str, create: bool) -> None:
    engine = open_warehouse(url, create=True)
    with transaction(engine) as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    with pytest.raises(Unready, match=r"tables of Mundap but not their version .*run `mundap init`"):
        open_warehouse(url, create=create)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("오늘 할 일\n" * 200, encoding="utf-8")
    for create in (False, True):
        with pytest.raises(Unready, match="is not a Mundap warehouse"):
            open_warehouse(f"sqlite:///{tmp_path}/notes.db", create=create)


def test_the_parent_folder_is_made(tmp_path: Path) -> None:
    open_warehouse(f"sqlite:///{tmp_path}/한글/deep/w.db", create=True).dispose()
    assert (tmp_path / "한글/deep/w.db").is_file()


CREATE = "import sys; from warehouse.connect import open_warehouse; open_warehouse(sys.argv[1], create=True)"


def test_processes_that_create_at_once_all_succeed(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", CREATE, f"sqlite:///{tmp_path}/w.db"]
    running = [subprocess.Popen(argv, cwd=Path(__file__).parents[2]) for _ in range(2)]
    assert [process.wait() for process in running] == [0] * 2


def test_a_newer_schema_is_refused_naming_both_versions(engine: sa.Engine, url: str) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for create in (False, True):
        with pytest.raises(Unready, match=f"schema 9999, newer than this Mundap's {head()}"):
            open_warehouse(url, create=create)


OLD_ROWS = """
INSERT INTO load (command, settings_sha256, code_version, holder, started_at, outcome, counts)
VALUES ('kept', '0', '0.1.0', 'h', '2026-11-01 00:00:00.000000', 'done', '{}');
INSERT INTO frontier (site, topic, origin, key_sha256, address_key, url, kind, form, depth, state, attempts, found_at,
                      visited_at)
SELECT 's', '', 'http://h', k, k, k, kind, '[]', depth, state, 1, '2026-11-01 00:00:00.000000', visited_at
FROM (SELECT 'list:/' AS k, 'list' AS kind, 0 AS depth, 'done' AS state, '2026-11-01 00:00:00.000000' AS visited_at
      UNION SELECT 'q:1', 'question', 1, 'pending', NULL UNION SELECT 'answers:1:2', 'next', 2, 'pending', NULL)
"""


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_older_schema_is_migrated_with_its_rows_only_when_asked(url: str) -> None:
    old = sa.create_engine(url)
    with old.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "warehouse:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for statement in OLD_ROWS.split(";\n"):
            connection.exec_driver_sql(statement)
    old.dispose()
    with pytest.raises(Unready, match=f"has schema 0003, this Mundap needs {head()}; run `mundap init`"):
        open_warehouse(url)
    engine = open_warehouse(url, create=True)
    assert read_loads(engine)[0].command == "kept"
    crawl = Crawl("s", "", "http://h")
    assert [row.key for row in claim(engine, crawl, holder="x:1:t1", n=9)] == ["answers:1:2", "q:1"]
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM leaderboard").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT visited_pages FROM crawl").scalar_one() == 1
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_migration_that_breaks_leaves_nothing_behind(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: sa.Connection) -> None:
        connection.exec_driver_sql("CREATE VIEW qna AS SELECT nonsense FROM")

    with monkeypatch.context() as patch, pytest.raises(sa.exc.OperationalError):
        patch.setattr("warehouse.views.create", broken)
        open_warehouse(url, create=True)
    with pytest.raises(Unready, match="run `mundap init`"):
        open_warehouse(url)
    open_warehouse(url, create=True).dispose()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not a url",
        "postgresql://u:secret@h/d",
        "mssql+pyodbc://u:secret@h/d",
        "mssql+pymssql://u:secret@h:abc/d",
        "sqlite://",
        "sqlite:///:memory:",
    ],
    ids=["empty", "words", "postgres", "pyodbc", "port", "no-file", "memory"],
)
def test_a_wrong_url_is_told_without_its_password(url: str) -> None:
    with pytest.raises(Misuse) as caught:
        open_warehouse(url)
    assert "secret" not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_sqlite_is_set_up_for_several_processes(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert found == ["wal", 1, connect.BUSY_SECONDS * 1000]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_locked_warehouse_is_transient_and_tried_again(
    engine: sa.Engine, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "BUSY_SECONDS", 0)
    impatient = open_warehouse(url)
    tries = []
    with transaction(engine) as connection:
        connection.execute(sa.select(load))
        with pytest.raises(Transient, match="is locked"), transaction(impatient):
            pass
        with pytest.raises(Transient):
            in_transaction(impatient, tries.append)
        # A reader is never kept waiting by a writer.
        with impatient.connect() as reader:
            assert reader.execute(sa.select(sa.func.count()).select_from(load)).scalar_one() == 0
    in_transaction(impatient, lambda _: tries.append("done"))
    assert tries == ["done"]
    impatient.dispose()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_read_only_file_is_told(url: str, tmp_path: Path) -> None:
    open_warehouse(url, create=True).dispose()
    (tmp_path / "warehouse.db").chmod(0o444)
    engine = open_warehouse(url)
    with pytest.raises(Unready, match="read-only"):
        begin_load(engine, "x", "0" * 64, "0")
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_full_disk_is_told_and_the_transaction_undone(engine: sa.Engine) -> None:
    with pytest.raises(Unready, match="no disk space left; free some"), transaction(engine) as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.execute(sa.insert(load), [_load_row("x" * 1000) for _ in range(500)])
    assert read_loads(engine) == []


def _load_row(counts: str) -> dict[str, object]:
    names = ("command", "settings_sha256", "code_version", "holder")
    return dict.fromkeys(names, "x") | {"outcome": "running", "counts": counts, "started_at": datetime.now(UTC)}


@pytest.mark.parametrize(
    ("number", "family", "words"),
    [
        (1205, Transient, "deadlock"),
        (1222, Transient, "lock"),
        (2627, Transient, "same row"),
        (6401, Transient, "undid"),
        (20047, Transient, "lost the connection"),
        (18456, Unready, "refuses the login"),
        (4060, Unready, "no such database"),
        (208, Unready, "mundap init"),
        (9002, Unready, "free space"),
    ],
    ids=str,
)
@pytest.mark.parametrize("shape", ["flat", "nested"])
def test_sql_servers_numbers_become_our_families(
    number: int, family: type[MundapError], words: str, shape: str
) -> None:
    args = (number, b"...") if shape == "flat" else ((number, b"..."),)
    wrapped = sa.exc.OperationalError("SELECT 1", {}, Exception(*args))
    ours = as_ours(wrapped, sa.make_url("mssql+pymssql://me:secret@db/mundap"))
    assert isinstance(ours, family)
    assert words in str(ours) and "secret" not in str(ours)


def test_an_unknown_complaint_stays_a_defect() -> None:
    assert as_ours(sa.exc.IntegrityError("x", {}, Exception(547, b"fk")), sa.make_url("mssql+pymssql://h/d")) is None
    assert named(sa.make_url("sqlite:///a/b.db")) == "a/b.db"


KILLED = (
    "import os, signal, sys; from warehouse.connect import open_warehouse; from warehouse.loads import begin_load;"
    "begin_load(open_warehouse(sys.argv[1]), 'crawl naver_kin', '0' * 64, '0.1.0');"
    "os.kill(os.getpid(), signal.SIGKILL)"
)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_load_whose_process_was_killed_is_broken_off(engine: sa.Engine, url: str) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, url], cwd=Path(__file__).parents[2], check=False)
    assert killed.returncode == -signal.SIGKILL
    outcomes = sa.select(load.c.outcome, load.c.ended_at).order_by(load.c.load_id)
    with engine.connect() as connection:
        assert connection.execute(outcomes).all() == [("running", None)]
    (shown,) = read_loads(engine)
    assert shown.outcome == "broken off" and "as after kill -9 or with a full disk" in str(shown.reason)
    begin_load(engine, "import", "0" * 64, "0.1.0")
    with engine.connect() as connection:
        assert connection.execute(outcomes).all() == [("broken off", None), ("running", None)]
    assert [entry.outcome for entry in read_loads(engine)] == ["running", "broken off"]


def test_a_crawl_elsewhere_that_fell_silent_is_broken_off(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.loads.this_process", lambda: "elsewhere:7:t1")
    loads = [begin_load(engine, "crawl naver_kin", "0" * 64, "0.1.0") for _ in range(3)]
    now = datetime.now(UTC)
    for number, sent_at in zip(loads, (now - timedelta(hours=2), now - timedelta(minutes=5)), strict=False):
        record_request(engine, number, RequestRow("u", "h", sent_at, user_agent="mundap"))
    monkeypatch.undo()
    assert [entry.outcome for entry in read_loads(engine)] == ["running", "running", "broken off"]
    assert "another machine" in str(read_loads(engine)[2].reason)
    begin_load(engine, "import", "0" * 64, "0.1.0")
    end_load(engine, loads[0], "done", {"fetched": 1})
    assert read_loads(engine)[3].outcome == "done", "one called lost too early has the last word"


def test_a_load_is_opened_and_closed(engine: sa.Engine) -> None:
    first = begin_load(engine, "crawl naver_kin", "a" * 64, "0.1.0")
    second = begin_load(engine, "import", "b" * 64, "0.1.0")
    end_load(engine, first, "done", {"fetched": 3})
    end_load(engine, second, "failed: no disk: space left", {})
    newest, oldest = read_loads(engine)
    assert (oldest.outcome, oldest.reason, oldest.counts) == ("done", None, {"fetched": 3})
    assert (newest.outcome, newest.reason) == ("failed", "no disk: space left")
    assert newest.started_at.utcoffset() is not None
    assert newest_start(engine, [first, second]) == newest.started_at
    with pytest.raises(Misuse, match="name no load"):
        newest_start(engine, [])
    with pytest.raises(Misuse, match="cannot end as 'great'"):
        end_load(engine, first, "great", {})
    with pytest.raises(Misuse, match="no load 99"):
        end_load(engine, 99, "done", {})
