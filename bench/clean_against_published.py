"""Reviews cleaned by our recipes, beside the published rules by pandas and beside our own rules without guards."""

import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.equality import assert_equal
from bench.processes import ROOT, spent_by
from bench.rivals.clear_sentence import clean_frame
from bench.rivals.unguarded import clean_rows
from bench.size import Size
from bench.table import Figure, Report, alone, paired
from cleaning.batch import clean_batch
from cleaning.plan import make_plan
from cleaning.recipe import load_recipe

REVIEWS = ROOT.parent / "shared" / "data" / "naver_reviews.parquet"
BATCH_ROWS = 16_384
PEAK_AIM_MIB = 800
_PARTS = 5  # of the rows, each a pair of the figures

Cleaner = Callable[[pa.Table], Any]


def measure(size: Size) -> Report:
    """Clean all reviews (or `pages` of them) batch by batch, all sides in turn on each; outputs are compared."""
    if not REVIEWS.is_file():
        raise SystemExit(f"clean: no {REVIEWS}; put the film reviews there")
    rows = size.pages or pq.read_metadata(REVIEWS).num_rows
    dialogue, published = load_recipe("dialogue"), load_recipe("published")
    plan = make_plan(dialogue, dialogue.options)
    sides: dict[str, Cleaner] = {
        "dialogue": lambda table: clean_batch(table, dialogue)[0],
        "published": lambda table: clean_batch(table, published)[0],
        "pandas": lambda table: clean_frame(table.to_pandas()),
        "unguarded": lambda table: clean_rows(table["text"].to_pylist(), plan, plan.options),
    }
    speeds = _speeds(sides, rows)
    one, two = zip(*(_by_processes(rows) for _ in range(size.rounds)), strict=True)
    return Report(
        f"clean: {rows:,} film reviews in batches of {BATCH_ROWS:,}, all sides in turn on each, CPU seconds",
        "rival",
        (
            paired("dialogue beside pandas", speeds["dialogue"], speeds["pandas"], unit="rows/s", at_least=1),
            paired("dialogue beside no guards", speeds["dialogue"], speeds["unguarded"], unit="rows/s", at_least=5),
            paired("published beside pandas", speeds["published"], speeds["pandas"], unit="rows/s", at_least=4),
            paired("two processes beside one", two, one, unit="rows/s by the clock", at_least=1.7),
            _peak(rows),
        ),
        f"{rows:,} rows: dialogue equal to no guards, published equal to pandas",
        ("pandas: the published rules only, compiled once; two beside one is by the clock and needs two free cores",),
    )


def batches(start: int, stop: int) -> Iterator[pa.Table]:
    """The reviews from row `start` to `stop` as tables `id, text`."""
    done = 0
    for batch in pq.ParquetFile(REVIEWS).iter_batches(BATCH_ROWS, columns=["review_id", "review"]):
        part = batch.slice(max(0, start - done), max(0, min(stop, done + len(batch)) - max(start, done)))
        done += len(batch)
        if len(part):
            yield pa.table({"id": pc.cast(part[0], pa.string()), "text": pc.cast(part[1], pa.string())})
        if done >= stop:
            return


def _speeds(sides: dict[str, Cleaner], rows: int) -> dict[str, list[float]]:
    """Rows per CPU second of each side, a figure for each part of the rows."""
    for clean in sides.values():
        clean(next(batches(0, 1_000)))  # guards and patterns are made once a process
    tables = list(batches(0, rows))
    speeds: dict[str, list[float]] = {name: [] for name in sides}
    for part in range(min(_PARTS, len(tables))):
        spent = dict.fromkeys(sides, 0.0)
        for number, table in enumerate(islice(tables, part, None, _PARTS)):
            _compare(number, {name: _timed(clean, table, spent, name) for name, clean in sides.items()})
        taken = sum(len(table) for table in islice(tables, part, None, _PARTS))
        for name, seconds in spent.items():
            speeds[name].append(taken / seconds)
    return speeds


def _timed(clean: Cleaner, table: pa.Table, spent: dict[str, float], name: str) -> Any:
    gc.collect()
    began = time.process_time()
    cleaned = clean(table)
    spent[name] += time.process_time() - began
    return cleaned


def _compare(number: int, cleaned: dict[str, Any]) -> None:
    mine = {name: cleaned[name].column("text").to_pylist() for name in ("dialogue", "published")}
    theirs = {
        "dialogue": [text for text in cleaned["unguarded"] if text is not None],
        "published": list(cleaned["pandas"]["text"]),
    }
    for name, texts in mine.items():
        assert_equal(f"{name}, table {number}", dict(enumerate(texts)), dict(enumerate(theirs[name])))


def _by_processes(rows: int) -> tuple[float, float]:
    """Rows per second by the clock, in one process and in two."""
    found: list[float] = []
    for workers in (1, 2):
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            list(pool.map(_clean_range, [(0, 2_000)] * workers * 2))  # processes are up, guards made
            pieces = [(start, min(rows, start + 2 * BATCH_ROWS)) for start in range(0, rows, 2 * BATCH_ROWS)]
            began = time.monotonic()
            sum(pool.map(_clean_range, pieces))
            found.append(rows / (time.monotonic() - began))
    return found[0], found[1]


def _clean_range(piece: tuple[int, int]) -> int:
    recipe = load_recipe("dialogue")
    return sum(clean_batch(table, recipe)[0].num_rows for table in batches(*piece))


def _peak(rows: int) -> Figure:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        command = [sys.executable, "-m", "bench.clean_against_published", str(rows), "kept.parquet"]
        spent = spent_by(command, Path(folder))
    if spent.exit_code:
        raise RuntimeError(f"cleaning file to file ended with exit code {spent.exit_code}: {spent.printed}")
    return alone("peak, file to file", spent.peak_mib, unit="MiB", at_most=PEAK_AIM_MIB)


def _file_to_file(rows: int, target: Path) -> None:
    recipe = load_recipe("dialogue")
    writer: pq.ParquetWriter | None = None
    for table in batches(0, rows):
        kept, _ = clean_batch(table, recipe)
        writer = writer or pq.ParquetWriter(target, kept.schema)
        writer.write_table(kept)
    if writer:
        writer.close()


if __name__ == "__main__":
    _file_to_file(int(sys.argv[1]), Path(sys.argv[2]))
