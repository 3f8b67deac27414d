"""A million dialogues from the warehouse to a dataset version: rows per second stage by stage, and peak memory."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from bench.clean_against_published import REVIEWS
from bench.processes import OURS, spent_by
from bench.size import Size
from bench.table import Figure, Report, alone
from cleaning.pairing import dialogue_id
from warehouse.connect import open_warehouse
from warehouse.loads import begin_load, end_load
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.store.dialogue_store import store_dialogues

ROWS = 1_000_000
PEAK_AIM_MIB = 1024
_BATCH = 20_000
_SOURCE = "bench"


def measure(size: Size) -> Report:
    """Export a million dialogues made of reviews (or `pages` of them) once, in one process."""
    if not REVIEWS.is_file():
        raise SystemExit(f"export: no {REVIEWS}; put the film reviews there")
    rows = size.pages or ROWS
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        _fill(folder, rows)
        spent = spent_by([*OURS, "export", "bench", "--json"], folder)
        if spent.exit_code:
            raise RuntimeError(f"export ended with exit code {spent.exit_code}: {spent.printed}")
        told = json.loads(spent.printed.splitlines()[-1])
    stages = [
        Figure(f"  {name}", f"{stage['rows'] / stage['seconds']:,.0f} rows/s", f"{stage['seconds']:.1f} s")
        for name, stage in told["stages"].items()
        if stage["rows"] and stage["seconds"]
    ]
    whole = Figure("whole", f"{rows / spent.wall_seconds:,.0f} rows/s", f"{spent.wall_seconds:.1f} s")
    return Report(
        f"export: {rows:,} dialogues of two turns, made of film reviews, one process, by the clock",
        "time",
        (*stages, whole, alone("peak", spent.peak_mib, unit="MiB", at_most=PEAK_AIM_MIB)),
        f"{told['kept']:,} kept and {told['dropped']:,} dropped are the {rows:,} there were",
        (f"{spent.cpu_seconds:.1f} CPU seconds; dropped: {told['drops']}",),
    )


def _fill(folder: Path, rows: int) -> None:
    engine = open_warehouse(f"sqlite:///{folder / '.mundap' / 'warehouse.db'}", create=True)
    load_id = begin_load(engine, "bench", "0" * 64, "bench")
    for batch in _dialogues(rows):
        store_dialogues(engine, batch, load_id)
    end_load(engine, load_id, "done", {"stored": rows})
    engine.dispose()


def _dialogues(rows: int) -> Iterator[list[Dialogue]]:
    """Each review answers another one, paired anew when all are used up: texts as people type them, few equal pairs."""
    texts = [text or "" for text in pq.read_table(REVIEWS, columns=["review"])["review"].to_pylist()]
    for start in range(0, rows, _BATCH):
        yield [_dialogue(texts, number) for number in range(start, min(rows, start + _BATCH))]


def _dialogue(texts: list[str], number: int) -> Dialogue:
    turn, place = divmod(number, len(texts))
    other = (place + (turn + 1) * 7919) % len(texts)
    turns = (Turn("user", texts[place]), Turn("assistant", texts[other]))
    return Dialogue(dialogue_id(_SOURCE, str(number)), _SOURCE, str(number), turns)
