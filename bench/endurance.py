"""A long crawl on a large frontier: memory of the process and cost of a claim, from beginning to end."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
import sqlalchemy as sa

from bench.corpus import bench_posts
from bench.processes import OURS, environment, serving
from bench.size import Size
from bench.table import Figure, Report, alone, shown
from crawlers.sites.kin_urls import question_url
from warehouse.connect import open_warehouse
from warehouse.frontier import Crawl, claim, counts, enqueue, release
from warehouse.records.pages import Link

FRONTIER_ROWS = 50_000
FULL_PAGES, DEFAULT_PAGES = 20_000, 4_000
MEMORY_AIM_MIB = 400
# A later figure within a quarter of an early one is flat: single claims scatter by as much on a shared machine.
FLAT = 1.25
_CLAIMS = 15


@dataclass(frozen=True, slots=True)
class Sample:
    """The crawl at one moment: pages visited, seconds since the start, MiB, CPU milliseconds of one claim."""

    pages: int
    seconds: float
    mib: float
    claim_ms: float


def measure(size: Size) -> Report:
    """Crawl with a budget of pages, looking at the process ten times on its way."""
    pages = size.pages or DEFAULT_PAGES
    with serving("naver_kin", FRONTIER_ROWS) as base_url, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        engine = open_warehouse(f"sqlite:///{folder}/.mundap/warehouse.db", create=True)
        crawl = Crawl("naver_kin", "", base_url)
        links = [
            Link("question", question_url(p.external_id, p.board)) for p in bench_posts("naver_kin", FRONTIER_ROWS)
        ]
        enqueue(engine, crawl, [(f"q:{link.url.rpartition('=')[2]}", link, 1) for link in links])
        samples = list(_watched(engine, crawl, Path(folder), pages))
        engine.dispose()
    first, early, last = samples[0], samples[len(samples) // 4], samples[-1]
    late = samples[-max(len(samples) // 4, 1) - 1]
    speeds = [_speed(first, early), _speed(late, last)]
    peak = max(sample.mib for sample in samples)
    return Report(
        f"endurance: {FRONTIER_ROWS:,} frontier rows, {last.pages:,} pages"
        + ("" if pages >= FULL_PAGES else f" (the whole: make bench ONLY=endurance PAGES={FULL_PAGES})"),
        "early",
        (
            alone("peak memory", peak, unit="MiB", at_most=MEMORY_AIM_MIB),
            _flat("memory at the end, after a quarter", last.mib, early.mib, "MiB"),
            _flat("a claim at the end, at the start", last.claim_ms, first.claim_ms, "ms"),
            Figure("pages/s, last and first quarter", shown(speeds[1], "pages/s"), shown(speeds[0], "pages/s")),
        ),
        "nothing; one process against itself over time, the column `early` is its own",
        tuple(f"{s.pages:>7,} pages  {s.seconds:6.1f} s  {s.mib:6.1f} MiB  claim {s.claim_ms:.2f} ms" for s in samples),
    )


def _watched(engine: sa.Engine, crawl: Crawl, folder: Path, pages: int) -> Iterator[Sample]:
    command = [*OURS, "crawl", "naver_kin", "--base-url", crawl.origin, "--browser", "never"]
    process = psutil.Popen(
        [*command, "--max-pages", str(pages)], cwd=folder, env=environment(), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    began, mib = time.monotonic(), 0.0
    due = [1, *(pages * step // 10 for step in range(1, 10))]
    while process.poll() is None:
        time.sleep(0.1)
        done = counts(engine, crawl).done
        if due and done >= due[0]:
            due = [number for number in due if number > done]
            mib = process.memory_info().rss / 2**20
            yield Sample(done, time.monotonic() - began, mib, _claim_ms(engine, crawl, pages))
    yield Sample(counts(engine, crawl).done, time.monotonic() - began, mib, _claim_ms(engine, crawl, pages + 100))


def _claim_ms(engine: sa.Engine, crawl: Crawl, pages: int) -> float:
    """Return the CPU milliseconds that one claim of eight rows takes now; the rows are given back."""
    taken: list[float] = []
    for _ in range(_CLAIMS):
        began = time.process_time()
        rows = claim(engine, crawl, holder="bench", n=8, max_pages=pages)
        taken.append((time.process_time() - began) * 1_000)
        release(engine, rows)
    return median(taken)


def _speed(begin: Sample, end: Sample) -> float:
    return (end.pages - begin.pages) / max(end.seconds - begin.seconds, 0.001)


def _flat(name: str, late: float, early: float, unit: str) -> Figure:
    aim = f"<= {FLAT:g} x early"
    return Figure(name, shown(late, unit), shown(early, unit), early / late, aim, late <= FLAT * early)
