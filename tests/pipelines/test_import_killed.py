"""Imports killed by kill -9, two at once, and a reader beside them: nothing lost, nothing twice, no error."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipelines.settings import Settings
from pipelines.steps.importing import import_file
from warehouse.connect import open_warehouse
from warehouse.loads import read_loads

ROWS, BATCH, KILLS = 6_000, 150, 5
# Modules cost more than an import of this size, so that one process loads them and forks an import for each line.
IMPORTS = f"""
import os, signal, sys
from pathlib import Path
from pipelines.settings import Settings
from pipelines.steps import importing
importing.BATCH_ROWS = {BATCH}
def say(word):
    os.write(1, f"{{os.getpid()}} {{word}}\\n".encode())
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    if os.fork() == 0:
        settings = Settings(root=Path(sys.argv[1]))
        report = importing.import_file(settings, "csv", Path(line.strip()), source="talk", on_rows=say)
        say("done")
        os._exit(0)
"""


@contextmanager
def importer(root: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", IMPORTS, str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process


def start(process: subprocess.Popen[str], file: Path) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{file}\n")
    process.stdin.flush()


def said(process: subprocess.Popen[str]) -> tuple[int, str]:
    assert process.stdout is not None
    pid, _, word = process.stdout.readline().strip().partition(" ")
    return int(pid), word


def file_of(path: Path, numbers: range) -> Path:
    lines = [f"{number},질문 {number} 있어요,답 {number} 😀" for number in numbers]
    path.write_text("\n".join(["id,question,answer", *lines, ""]), "utf-8")
    return path


def rows_of(root: Path) -> list[tuple[Any, ...]]:
    query = (
        "SELECT d.dialogue_id, d.source, d.turns, d.characters, d.text_sha256, t.position, t.role, t.content"
        " FROM dialogue d LEFT JOIN turn t ON t.dialogue_id = d.dialogue_id ORDER BY 1, 6"
    )
    engine = open_warehouse(Settings(root=root).database_url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(query))]
    engine.dispose()
    return rows


def test_an_import_killed_again_and_again_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    file = file_of(tmp_path / "talk.csv", range(ROWS))
    moments = random.Random(5)
    with importer(tmp_path / "killed") as process:
        dead: set[int] = set()
        for _ in range(KILLS):
            start(process, file)
            batches = moments.randint(1, 8)
            while batches:
                pid, _ = said(process)
                batches -= pid not in dead  # the dead still have words in the pipe
            os.kill(pid, signal.SIGKILL)
            dead.add(pid)
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        process.stdout.read()
    killed = Settings(root=tmp_path / "killed")
    found = len({row[0] for row in rows_of(killed.root)})
    assert 0 < found < ROWS and found % BATCH == 0  # whole batches or nothing
    report = import_file(killed, "csv", file, source="talk")
    assert (report.stored, report.unchanged, report.set_aside) == (ROWS - found, found, 0)
    whole = Settings(root=tmp_path / "whole")
    import_file(whole, "csv", file, source="talk")
    assert rows_of(killed.root) == rows_of(whole.root)
    loads = read_loads(open_warehouse(killed.database_url))
    assert [load.outcome for load in loads] == ["done"] + ["broken off"] * KILLS
    assert sum(load.counts["stored"] for load in loads[1:]) == found  # the ledger knows what the killed ones stored
    assert all(load.counts["read"] == load.counts["stored"] + load.counts["unchanged"] for load in loads if load.counts)


def test_two_imports_and_a_reader_at_once_meet_no_error_and_lose_no_row(tmp_path: Path) -> None:
    first, second = range(0, ROWS), range(ROWS // 2, ROWS + ROWS // 2)
    files = [file_of(tmp_path / "a.csv", first), file_of(tmp_path / "b.csv", second)]
    settings = Settings(root=tmp_path / "both")
    engine = open_warehouse(settings.database_url, create=True)
    turns = "SELECT count(*) FROM turn t WHERE t.dialogue_id = d.dialogue_id"
    torn = sa.text(f"SELECT count(*) FROM dialogue d WHERE d.turns <> ({turns})")
    seen: list[int] = []
    with importer(settings.root) as process:
        for file in files:
            start(process, file)
        done = 0
        while done < len(files):
            _, word = said(process)
            done += word == "done"
            with engine.connect() as connection:
                assert connection.execute(torn).scalar_one() == 0
                seen.append(connection.execute(sa.text("SELECT count(*) FROM dialogue")).scalar_one())
    assert seen == sorted(seen) and seen[-1] == ROWS + ROWS // 2
    assert len(set(seen)) > 10  # the reader did look while they were at work
    loads = read_loads(engine)
    assert [load.outcome for load in loads] == ["done", "done"]
    assert sum(load.counts["stored"] for load in loads) == ROWS + ROWS // 2
    assert sum(load.counts["unchanged"] for load in loads) == ROWS // 2
    engine.dispose()
