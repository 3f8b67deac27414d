"""The cookbook's queries over a large warehouse, beside the same queries without the indexes that serve them.

What those indexes and the counts on a question's row cost is measured too: storing pages with and without.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from unittest.mock import patch

import pandas as pd

from bench.filling import TOPICS, fill, opened, without_indexes
from bench.size import Size
from bench.table import Figure, Report
from warehouse.connect import open_warehouse, transaction
from warehouse.cookbook import Entry, entries
from warehouse.queries.query import run_select
from warehouse.records.pages import Answer, ParsedPage, Question
from warehouse.store import upserts
from warehouse.store.rowtext import Provenance
from warehouse.store.upserts import store_records

QUESTIONS = 500_000
AIM_SECONDS = 2.0
ROWS = 1000  # what `mundap query` gives without --limit
_YEAR = {"since": datetime(2023, 12, 31, 15, tzinfo=UTC), "until": datetime(2024, 12, 31, 15, tzinfo=UTC)}
GIVEN: Mapping[str, object] = {
    **_YEAR, "topic": TOPICS[5], "pattern": "%재료%", "at_least": 10, "dialogue_id": f"{4242:016x}",
}  # fmt: skip
_PAGES, _PAGES_AT_ONCE = 1_000, 8


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one query, by the clock and of CPU, and its rows."""

    clock: float
    cpu: float
    rows: pd.DataFrame


def measure(size: Size) -> Report:
    """Fill, ask all fifteen in turn, then again without the indexes; rows of both must be equal."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "warehouse.db"
        began = time.monotonic()
        rows = fill(path, size.pages or QUESTIONS)
        filled, url = time.monotonic() - began, f"sqlite:///{path}"
        with_them = {entry.name: [_ask(url, entry) for _ in range(size.rounds)] for entry in entries()}
        with opened(path) as connection, without_indexes(connection):
            without = {entry.name: _ask(url, entry) for entry in entries()}
        for name, spent in with_them.items():
            pd.testing.assert_frame_equal(spent[0].rows, without[name].rows)
        figures = [_figure(name, spent, without[name]) for name, spent in with_them.items()]
        figures.append(_storing(path, size.rounds))
        bytes_ = path.stat().st_size
    return Report(
        f"cookbook: {', '.join(f'{number:,} {name}s' for name, number in rows.items())}",
        "no indexes",
        tuple(figures),
        f"the rows of each query, up to {ROWS:,}",
        (
            f"each query opens the file anew, as a command does; median of {size.rounds}",
            "CPU seconds in brackets: on a quiet machine the clock shows the same",
            f"the file has {bytes_ / 2**30:.1f} GiB and was filled in {filled:.0f} s; no ANALYZE was run",
            "storing: one question with three answers, without fetching and parsing; no aim, it is the price",
        ),
    )


def _ask(url: str, entry: Entry) -> Spent:
    given = {name: GIVEN[name] for name in entry.example}
    clock, cpu = time.perf_counter(), time.process_time()
    rows = run_select(url, entry.sql, given, limit=ROWS)
    return Spent(time.perf_counter() - clock, time.process_time() - cpu, rows)


def _figure(name: str, ours: Sequence[Spent], rival: Spent) -> Figure:
    clock, cpu = median(spent.clock for spent in ours), median(spent.cpu for spent in ours)
    return Figure(
        f"{name} ({len(rival.rows):,} rows)",
        f"{clock:.2f} s ({cpu:.2f})",
        f"{rival.clock:.2f} s ({rival.cpu:.2f})",
        rival.clock / clock,
        f"<= {AIM_SECONDS:g} s",
        clock <= AIM_SECONDS,
    )


def _storing(path: Path, rounds: int) -> Figure:
    """Return the CPU milliseconds that storing a page takes with and without indexes and counts, round by round."""
    ours, rival = [], []
    for place in range(rounds):
        ours.append(_store(path, 2 * place))
        with opened(path) as connection, without_indexes(connection), _uncounted():
            rival.append(_store(path, 2 * place + 1))
    ratio = median(other / mine for mine, other in zip(ours, rival, strict=True))
    shown = [f"{median(side):.2f} ms CPU" for side in (ours, rival)]
    return Figure("storing a page", shown[0], shown[1], ratio)


@contextmanager
def _uncounted() -> Iterator[None]:
    with patch.object(upserts, "counts_of", lambda _: {}), patch.object(upserts, "recount", lambda *_: None):
        yield


def _store(path: Path, batch: int) -> float:
    engine = open_warehouse(f"sqlite:///{path}")
    pages = [_page(10**9 + batch * _PAGES + number) for number in range(_PAGES)]
    began = time.process_time()
    for start in range(0, _PAGES, _PAGES_AT_ONCE):
        with transaction(engine) as connection:
            for page in pages[start : start + _PAGES_AT_ONCE]:
                store_records(connection, "http://bench", page, Provenance("0" * 64, "1", 1, datetime.now(UTC)))
    spent = time.process_time() - began
    engine.dispose()
    return spent / _PAGES * 1_000


def _page(number: int) -> ParsedPage:
    # Spread over all of time and all writers, as a crawl of old questions is: the worst case for an index.
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=number * 2_654_435_761 % (6 * 365 * 86_400))
    writers = [f"{number * 2_654_435_761 * place % 2**256:064x}" for place in range(1, 5)]
    asked = Question(
        "naver_kin", str(number), "https://kin.naver.com/", "제목 " * 5, "본문 " * 60, topic=TOPICS[number % 8],
        author_key=writers[0], asked_at=at, asked_precision="minute", answers_total=3,
    )  # fmt: skip
    answers = tuple(
        Answer(str(number), str(place), "answer", None, place, "답변 " * 50, author_key=writers[place], answered_at=at)
        for place in (1, 2, 3)
    )
    return ParsedPage("naver_kin", "question", "E4", asked, answers, (), "1")
