"""Film reviews imported as dialogues; a few of them beside a connection and an INSERT per row.

Loading is all that `mundap import nsmc` does from the open file to the closed ledger row: reading Parquet, making
dialogues (two turns each), masking personal data, the contract, the look at what is stored already, and three rows
into SQLite with their indexes and foreign keys. The start of Python and the making of an empty warehouse are apart.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq

from bench.equality import assert_equal
from bench.processes import ROOT, spent_by
from bench.rivals import row_by_row
from bench.size import Size
from bench.table import Figure, Report, alone, paired, shown
from cleaning.personal.batches import mask_texts
from pipelines.settings import Settings
from pipelines.steps import importing, loader
from pipelines.steps.formats import nsmc
from pipelines.steps.formats.rows import Columns
from pipelines.steps.masking import masked_dialogues
from warehouse.connect import open_warehouse
from warehouse.records.dialogues import Dialogue
from warehouse.store import dialogue_sqlite
from warehouse.store.dialogue_batches import dialogue_batches, read_batch

REVIEWS = ROOT.parent / "shared" / "data" / "naver_reviews.parquet"
SPEED_AIM, PEAK_AIM_MIB, RATIO_AIM, FEW = 30_000, 400, 25, 2_000
_STAGES = ("read", "mask", "tell apart", "look up", "insert", "digests, commit and the rest")


def measure(size: Size) -> Report:
    """Load all reviews (or `pages` of them) a round, then some row by row; what is stored is compared."""
    if not REVIEWS.is_file():
        raise SystemExit(f"load: no {REVIEWS}; put the film reviews there")
    rounds = [_loaded(size.pages) for _ in range(size.rounds)]
    first = [found["first"] for found in rounds]
    pairs = [_few(number) for number in range(size.rounds)]
    rows = first[0]["read"]
    best = max(rows / found["cpu"] for found in first)
    return Report(
        f"load: {rows:,} film reviews as dialogues into SQLite, import to the end of the ledger row",
        "row by row",
        (
            _speed("rows/s by the clock", [rows / found["wall"] for found in first]),
            _speed("rows/s, waits for a core off", [rows / (found["wall"] - found["waited"]) for found in first]),
            _speed("rows per CPU second", [rows / found["cpu"] for found in first]),
            alone("peak", max(found["peak"] for found in rounds), unit="MiB", at_most=PEAK_AIM_MIB),
            *(Figure(f"  of CPU: {name}", _share(name, first)) for name in _STAGES),
            _speed(
                "again, all unchanged, per CPU second", [rows / found["again"]["cpu"] for found in rounds], aim=None
            ),
            _against(pairs, 0, "by the clock"),
            _against(pairs, 1, "per CPU second"),
        ),
        f"{first[0]['stored']:,} stored and {first[0]['set_aside']:,} set aside, then none stored; of {FEW:,} rows "
        "question and answer are equal on both sides, personal data masked on ours",
        (
            f"the quickest round: {best:,.0f} rows per CPU second",
            "row by row: the driver's own settings, one fsync a row, no index, no masks, no look at what is there",
        ),
    )


def _speed(name: str, values: list[float], aim: float | None = SPEED_AIM) -> Figure:
    value = median(values)
    told = "-" if aim is None else f">= {aim:,.0f}"
    return Figure(name, shown(value, "rows/s"), aim=told, met=None if aim is None else value >= aim)


def _share(name: str, rounds: list[dict[str, Any]]) -> str:
    return shown(median(found["stages"][name] / found["read"] * 1e6 for found in rounds), "µs a row")


def _against(pairs: list[tuple[tuple[float, float], tuple[float, float]]], place: int, unit: str) -> Figure:
    ours, rival = ([side[place] for side in sides] for sides in zip(*pairs, strict=True))
    return paired(f"{FEW:,} rows {unit}", ours, rival, unit="rows/s", at_least=RATIO_AIM)


def _loaded(rows: int | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        command = [sys.executable, "-m", "bench.load_against_row_by_row", str(rows or 0)]
        spent = spent_by(command, Path(folder))
    if spent.exit_code:
        raise RuntimeError(f"the load ended with exit code {spent.exit_code}: {spent.printed}")
    found: dict[str, Any] = json.loads(spent.printed.splitlines()[-1])
    assert found["again"]["stored"] == 0 and found["again"]["unchanged"] == found["first"]["stored"]
    return found | {"peak": spent.peak_mib}


def _few(number: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Rows per second, by the clock and of CPU, of us and of the rival; the other one first in every second round."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        pq.write_table(pq.ParquetFile(REVIEWS).read_row_group(0).slice(0, FEW), folder / "few.parquet")
        rows = [row for row in nsmc.read(folder / "few.parquet", "nsmc", Columns()) if isinstance(row, Dialogue)]
        texts = [(row.turns[0].content, row.turns[1].content) for row in rows]
        settings = Settings(root=folder)
        open_warehouse(settings.database_url, create=True).dispose()
        row_by_row.make(folder / "theirs.db")
        sides: list[Callable[[], Any]] = [
            lambda: importing.import_file(settings, "nsmc", folder / "few.parquet"),
            lambda: row_by_row.load(folder / "theirs.db", texts),
        ]
        order = (0, 1) if number % 2 == 0 else (1, 0)
        found = {place: _timed(sides[place], len(texts)) for place in order}
        _compare(settings, rows, row_by_row.stored(folder / "theirs.db"))
    return found[0], found[1]


def _timed(work: Callable[[], Any], rows: int) -> tuple[float, float]:
    wall, cpu = time.monotonic(), time.process_time()
    work()
    return rows / (time.monotonic() - wall), rows / (time.process_time() - cpu)


def _compare(settings: Settings, rows: list[Dialogue], theirs: list[tuple[str, str]]) -> None:
    answers = mask_texts([answer for _, answer in theirs])
    wanted = {row.key: (pair[0], answer) for row, pair, answer in zip(rows, theirs, answers, strict=True)}
    engine = open_warehouse(settings.database_url)
    stored = [row for batch in dialogue_batches(engine) for row in read_batch(engine, batch)]
    found = {row.key: (row.turns[0].content, row.turns[1].content) for row in stored}
    engine.dispose()
    assert_equal("the rows of both", found, wanted)


def _load(rows: int) -> None:
    """Load in this process and print the figures, CPU stage by stage; the clocks are read a few times a batch."""
    settings = Settings(root=Path.cwd())
    open_warehouse(settings.database_url, create=True).dispose()
    stages: dict[str, float] = dict.fromkeys(_STAGES, 0.0)
    honest = nsmc.read
    nsmc.read = lambda *given: islice(honest(*given), rows or None)
    importing._batches = _clocked(importing._batches, stages)
    vars(loader)["masked_dialogues"] = _counted(masked_dialogues, stages, "mask")
    loader.Loader._first = _counted(loader.Loader._first, stages, "tell apart")  # type: ignore[method-assign]
    dialogue_sqlite.known = _counted(dialogue_sqlite.known, stages, "look up")
    dialogue_sqlite.write = _counted(dialogue_sqlite.write, stages, "insert")
    first = _one(settings)
    first["stages"] = stages | {"digests, commit and the rest": first["cpu"] - sum(stages.values())}
    print(json.dumps({"first": dict(first), "again": _one(settings)}))


def _one(settings: Settings) -> dict[str, Any]:
    wall, cpu, waited = time.monotonic(), time.process_time(), _waited()
    report = importing.import_file(settings, "nsmc", REVIEWS)
    spent = {"wall": time.monotonic() - wall, "cpu": time.process_time() - cpu, "waited": _waited() - waited}
    counts = {name: getattr(report, name) for name in ("read", "stored", "unchanged", "set_aside")}
    return counts | spent


def _waited() -> float:
    """Seconds that this thread was ready to run and others had the cores; 0 where Linux does not say."""
    told = Path("/proc/self/schedstat")
    return int(told.read_text().split()[1]) / 1e9 if told.is_file() else 0.0


def _counted(work: Callable[..., Any], stages: dict[str, float], name: str) -> Callable[..., Any]:
    def counted(*given: Any) -> Any:
        began = time.process_time()
        try:
            return work(*given)
        finally:
            stages[name] += time.process_time() - began

    return counted


def _clocked(batches: Callable[..., Iterator[Any]], stages: dict[str, float]) -> Callable[..., Iterator[Any]]:
    def clocked(*given: Any) -> Iterator[Any]:
        found = batches(*given)
        while True:
            began = time.process_time()
            batch = next(found, None)
            stages["read"] += time.process_time() - began
            if batch is None:
                return
            yield batch

    return clocked


if __name__ == "__main__":
    _load(int(sys.argv[1]))
