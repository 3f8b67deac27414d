"""A long crawl on a large frontier: memory of the process and cost of a claim, from beginning to end."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
import sqlalchemy as sa

from bench.corpus import bench_posts
from bench.pages_process import serving
from bench.processes import OURS, environment
from bench.size import Size
from bench.table import Figure, Report, alone, shown
from crawlers.sites.kin_urls import question_url
from warehouse.connect import open_warehouse
from warehouse.frontier.claims import claim, counts, enqueue, release
from warehouse.frontier.crawls import Crawl
from warehouse.records.pages import Link

FRONTIER_ROWS = 50_000
FULL_PAGES, DEFAULT_PAGES = 20_000, 4_000
MEMORY_AIM_MIB = 400
# A later figure within a quarter of an early one is flat: single claims scatter by as much on a shared machine.
FLAT = 1.25
_CLAIMS = 15


@dataclass(frozen=True, slots=True)
class Sample:
    """The crawl at one moment: pages visited, its CPU seconds so far, MiB, CPU milliseconds of one claim."""

    pages: int
    cpu_seconds: float
    mib: float
    claim_ms: float


def measure(size: Size) -> Report:
    """Crawl with a budget of pages, looking at the process ten times on its way."""
    pages = size.pages or DEFAULT_PAGES
    with serving("naver_kin", FRONTIER_ROWS) as base_url, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        engine = open_warehouse(f"sqlite:///{folder}/.mundap/warehouse.db", create=True)
        crawl = Crawl("naver_kin", "", base_url)
        enqueue(engine, crawl, list(_questions()))
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
            _steady("pages per second of CPU, last and first quarter", speeds[1], speeds[0]),
        ),
        "nothing; one process against itself over time, the column `early` is its own",
        tuple(
            f"{s.pages:>7,} pages  {s.cpu_seconds:6.1f} s CPU  {s.mib:6.1f} MiB  claim {s.claim_ms:.2f} ms"
            for s in samples
        ),
    )


def _line(sample: Sample) -> str:
    at = f"{sample.pages:>7,} pages  {sample.cpu_seconds:6.1f} s CPU  {sample.mib:6.1f} MiB"
    return f"{at}  claim {sample.claim_ms:.2f} ms"


def _questions() -> Iterator[tuple[str, Link, int]]:
    for post in bench_posts("naver_kin", FRONTIER_ROWS):
        yield f"q:{post.external_id}", Link("question", question_url(post.external_id, post.board)), 1


def _watched(engine: sa.Engine, crawl: Crawl, folder: Path, pages: int) -> Iterator[Sample]:
    command = [*OURS, "crawl", "naver_kin", "--base-url", crawl.origin, "--browser", "never"]
    process = psutil.Popen(
        [*command, "--max-pages", str(pages)], cwd=folder, env=environment(), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    due = [1, *(pages * step // 10 for step in range(1, 10))]
    cpu = mib = 0.0
    while process.poll() is None:
        time.sleep(0.5)  # counting 50,000 rows is work too, and takes the crawl's core
        done = counts(engine, crawl).done
        with suppress(psutil.NoSuchProcess):
            cpu, mib = sum(process.cpu_times()[:2]) or cpu, process.memory_info().rss / 2**20 or mib
        if due and done >= due[0]:
            due = [number for number in due if number > done]
            yield Sample(done, cpu, mib, _claim_ms(engine, crawl, pages))
    yield Sample(counts(engine, crawl).done, cpu, mib, _claim_ms(engine, crawl, pages + 100))


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
    return (end.pages - begin.pages) / max(end.cpu_seconds - begin.cpu_seconds, 0.001)


def _steady(name: str, late: float, early: float) -> Figure:
    unit, aim = "pages/s", f">= early / {FLAT:g}"
    return Figure(name, shown(late, unit), shown(early, unit), late / early, aim, late >= early / FLAT)


def _flat(name: str, late: float, early: float, unit: str) -> Figure:
    aim = f"<= {FLAT:g} x early"
    return Figure(name, shown(late, unit), shown(early, unit), early / late, aim, late <= FLAT * early)
