"""A warehouse where nothing may be written is read all the same."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from warehouse.connect import open_warehouse
from warehouse.errors import Unready
from warehouse.loads import begin_load, end_load, read_loads
from warehouse.queries.reading import connect_to_read

ROOT = Path(__file__).parents[2]
NAMESPACE = ["unshare", "--mount", "sh", "-c", 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"']
ASK = (
    "import sys; from warehouse.connect import open_warehouse; from warehouse.loads import read_loads;"
    "from warehouse.queries.query import run_select;"
    "print(read_loads(open_warehouse(sys.argv[1], read_only=True))[0].command);"
    "print(run_select(sys.argv[1], 'select command from load').iloc[0, 0])"
)


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """The folder of a warehouse with one load, to be made read-only by `read_there`."""
    folder = tmp_path / "보관"
    engine = open_warehouse(f"sqlite:///{folder}/warehouse.db", create=True)
    end_load(engine, begin_load(engine, "import kept", "0" * 64, "0.1.0"), "done", {})
    engine.dispose()
    yield folder
    folder.chmod(0o755)


def read_there(folder: Path) -> subprocess.CompletedProcess[str]:
    """Read it in a process that sees the folder read-only: by its mode, or by a mount of its own where root runs."""
    command = [sys.executable, "-c", ASK, f"sqlite:///{folder}/warehouse.db"]
    if os.geteuid() == 0:
        if subprocess.run([*NAMESPACE, "sh", str(folder)], capture_output=True, check=False).returncode:
            pytest.skip("root without the right to mount sees no read-only folder")
        command = [*NAMESPACE[:-1], f'{NAMESPACE[-1]} && shift && exec "$@"', "sh", str(folder), *command]
    else:
        folder.chmod(0o555)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_read_only_folder_is_read(closed: Path) -> None:
    assert sorted(file.name for file in closed.iterdir()) == ["warehouse.db"]
    done = read_there(closed)
    assert (done.stdout, done.returncode) == ("import kept\nimport kept\n", 0), done.stderr


def test_rows_that_wait_beside_a_read_only_file_are_not_left_out_in_silence(closed: Path) -> None:
    with closing(sqlite3.connect(closed / "warehouse.db")) as writer:
        writer.execute("UPDATE load SET command = 'later'")
        writer.commit()
        waiting = (closed / "warehouse.db-wal").read_bytes()
        whole = (closed / "warehouse.db").read_bytes()
    (closed / "warehouse.db").write_bytes(whole)  # as a copy taken while the writer ran, without its -shm
    (closed / "warehouse.db-wal").write_bytes(waiting)
    done = read_there(closed)
    assert "import kept" not in done.stdout
    assert done.stdout == "later\nlater\n" or "cannot be opened" in done.stderr


def test_a_reader_cannot_write_and_does_not_hinder_a_writer(engine: sa.Engine, url: str) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("a server's login decides there")
    reader = open_warehouse(url, read_only=True)
    with pytest.raises(Unready, match="is read-only"), reader.begin() as connection:
        connection.exec_driver_sql("DELETE FROM load")
    begin_load(engine, "seen", "0" * 64, "0.1.0")
    assert [entry.command for entry in read_loads(reader)] == ["seen"]
    reader.dispose()


def test_a_file_that_is_no_database_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("오늘 할 일\n" * 200, encoding="utf-8")
    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        connect_to_read(tmp_path / "notes.db")
