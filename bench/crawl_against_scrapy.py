"""A whole crawl of 지식iN beside Scrapy: the same pages from the same server, the same rows in SQLite."""

import http.client
import json
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from bench.equality import assert_equal
from bench.pages_process import serving
from bench.processes import OURS, RIVAL_PYTHON, ROOT, Spent, in_turn, spent_by
from bench.rows import our_rows, rival_rows
from bench.size import Size
from bench.table import Figure, Report, paired, shown

SPIDER = str(ROOT / "bench" / "rivals" / "scrapy_kin.py")
# Lists and further answers come on top of the questions (991 pages for 800 questions).
PAGES_PER_QUESTION = 1.24


def measure(size: Size) -> Report:
    """Crawl everything with both, in turn, and compare the rows of an uncounted first round."""
    with serving("naver_kin", round((size.pages or 1_000) / PAGES_PER_QUESTION)) as base_url:
        pages, compared, ceiling = _warm_up(base_url)
        rounds = in_turn(
            size.rounds, lambda folder: our_crawl(base_url, folder), lambda folder: rival_crawl(base_url, folder)
        )
    return Report(
        f"crawl: {pages:,} pages of 지식iN, {size.rounds} rounds in turn, whole processes with their start",
        "Scrapy 2.19",
        (*_figures(pages, rounds), Figure("the server alone", shown(ceiling, "pages/s"))),
        compared,
        (
            "ours: robots.txt, ledger, frontier, WARC (flushed to disk), masking, one process, one connection",
            "Scrapy: robots.txt, HTTP cache, SQLite in batches, one process, 8 connections; no ledger, no masking",
        ),
    )


def _figures(pages: int, rounds: Sequence[tuple[Spent, Spent]]) -> tuple[Figure, ...]:
    ours, rival = [pair[0] for pair in rounds], [pair[1] for pair in rounds]
    return (
        paired(
            "pages per second of CPU", [pages / s.cpu_seconds for s in ours], [pages / s.cpu_seconds for s in rival],
            unit="pages/s", at_least=1,
        ),
        paired(
            "pages per second by the clock", [pages / s.wall_seconds for s in ours],
            [pages / s.wall_seconds for s in rival], unit="pages/s", at_least=1,
        ),
        paired("CPU", [s.cpu_seconds for s in ours], [s.cpu_seconds for s in rival], unit="s", more_is_better=False),
        paired(
            "peak memory", [s.peak_mib for s in ours], [s.peak_mib for s in rival], unit="MiB", more_is_better=False,
        ),
    )  # fmt: skip


def our_crawl(base_url: str, folder: Path) -> Spent:
    """Run `mundap crawl` in `folder`."""
    return spent_by([*OURS, "crawl", "naver_kin", "--base-url", base_url, "--browser", "never", "--json"], folder)


def rival_crawl(base_url: str, folder: Path) -> Spent:
    """Run Scrapy with its rows and its cache in `folder`."""
    return spent_by([RIVAL_PYTHON, SPIDER, base_url, str(folder)], folder)


def _warm_up(base_url: str) -> tuple[int, str, float]:
    """Crawl once with both and compare; return pages, what was equal, and what the server alone can do."""
    with tempfile.TemporaryDirectory(prefix="bench-") as ours, tempfile.TemporaryDirectory(prefix="bench-") as rival:
        spent = our_crawl(base_url, Path(ours))
        assert spent.exit_code == 0, spent.printed
        fetched = json.loads(spent.printed.splitlines()[-1])["fetched"]
        told = rival_crawl(base_url, Path(rival))
        assert told.exit_code == 0, told.printed
        mine, other = our_rows(Path(ours)), rival_rows(Path(rival))
        questions = assert_equal("questions", mine[0], other[0])
        answers = assert_equal("answers", mine[1], other[1])
        return (
            fetched,
            f"{questions:,} questions, {answers:,} answers, every stored field: equal",
            _ceiling(base_url, ours),
        )


def _ceiling(base_url: str, folder: str) -> float:
    """Fetch the pages of the ledger over one connection, doing nothing with them; pages/s."""
    with sqlite3.connect(Path(folder) / ".mundap" / "warehouse.db") as connection:
        urls = [row[0] for row in connection.execute("SELECT url FROM request WHERE method = 'GET'")]
    connection.close()
    client = http.client.HTTPConnection(urlsplit(base_url).netloc)
    began = time.monotonic()
    for url in urls:
        parts = urlsplit(url)
        client.request("GET", f"{parts.path}?{parts.query}")
        client.getresponse().read()
    client.close()
    return len(urls) / (time.monotonic() - began)
