"""A crawl of two processes under 20 random `kill -9`, beside Scrapy's JOBDIR under its own."""

import http.client
import json
import random
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.crawl_against_scrapy import PAGES_PER_QUESTION, SPIDER, our_crawl
from bench.pages_process import serving
from bench.pages_server import COUNTS_PATH
from bench.processes import OURS, RIVAL_PYTHON, environment
from bench.rows import Rows, our_rows, rival_rows
from bench.size import Size
from bench.table import Figure, Report

KILLS = 20
SEED = 9
_LONGEST_SECONDS = 420.0


@dataclass(frozen=True, slots=True)
class Survived:
    """What a crawl came to under its kills; `again` counts requests for pages that had been asked for before."""

    kills: int
    exit_codes: tuple[int, ...]
    rows: tuple[Rows, Rows]
    again: int
    twice: int


def measure(size: Size) -> Report:
    """Crawl under fire with both and hold what is stored against a crawl that nobody disturbed."""
    posts = round((size.pages or 2_000) / PAGES_PER_QUESTION)
    with serving("naver_kin", posts) as base_url, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        spent = our_crawl(base_url, Path(folder))
        assert spent.exit_code == 0, spent.printed
        whole, pages = our_rows(Path(folder)), asked(base_url)["pages"]
    ours = _under_fire(posts, pages, ours=True)
    rival = _under_fire(posts, pages, ours=False)
    figures = (
        Figure("kills", str(ours.kills), str(rival.kills)),
        _figure("questions lost", _lost(whole[0], ours.rows[0]), _lost(whole[0], rival.rows[0])),
        _figure("answers lost", _lost(whole[1], ours.rows[1]), _lost(whole[1], rival.rows[1])),
        _figure("pages stored twice", ours.twice, rival.twice),
        Figure("pages fetched again", f"{ours.again:,}", f"{rival.again:,}"),
        Figure("exit codes at the end", _codes(ours), _codes(rival)),
    )
    return Report(
        f"kill -9: {pages:,} pages of 지식iN, {KILLS} kills at random moments (seed {SEED}), the same command again",
        "Scrapy JOBDIR",
        figures,
        "what is stored at the end with an undisturbed crawl of the same pages",
        (
            "ours: two processes on one warehouse, one of them killed each time and started again at once",
            "Scrapy: one process (a JOBDIR serves no two), killed and started again until it ends by itself",
        ),
    )


def asked(base_url: str) -> dict[str, int]:
    """Return how many requests the server has answered, and for how many pages."""
    client = http.client.HTTPConnection(urlsplit(base_url).netloc)
    client.request("GET", COUNTS_PATH)
    counts: dict[str, int] = json.loads(client.getresponse().read())
    client.close()
    return counts


def _under_fire(posts: int, pages: int, *, ours: bool) -> Survived:
    moments = sorted(random.Random(SEED).sample(range(pages // 50, pages - pages // 50), KILLS))
    with serving("naver_kin", posts) as base_url, tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        crawl = [*OURS, "crawl", "naver_kin", "--base-url", base_url, "--browser", "never", "--json"]
        command = crawl if ours else [RIVAL_PYTHON, SPIDER, base_url, name, "--jobdir"]
        kills, codes = _kill(lambda: _start(command, folder), 2 if ours else 1, moments, base_url)
        counts = asked(base_url)
        rows, twice = (our_rows(folder), _twice(folder)) if ours else (rival_rows(folder), 0)
    return Survived(kills, codes, rows, counts["requests"] - counts["pages"], twice)


def _kill(
    start: Callable[[], "subprocess.Popen[bytes]"], number: int, moments: Sequence[int], base_url: str
) -> tuple[int, tuple[int, ...]]:
    """Kill one process whenever the server has shown so many pages; return kills and the last exit codes."""
    running = [start() for _ in range(number)]
    draw, kills, until = random.Random(SEED), 0, time.monotonic() + _LONGEST_SECONDS
    for moment in moments:
        while asked(base_url)["pages"] < moment and time.monotonic() < until:
            if all(process.poll() is not None for process in running):
                break  # they ended by themselves: what is not there now never comes
            time.sleep(0.02)
        alive = [place for place, process in enumerate(running) if process.poll() is None]
        if not alive:
            break
        place = draw.choice(alive)
        running[place].send_signal(signal.SIGKILL)
        running[place].wait()
        kills += 1
        running[place] = start()
    return kills, tuple(process.wait(timeout=_LONGEST_SECONDS) for process in running)


def _start(command: Sequence[str], folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command, cwd=folder, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def _lost(whole: Rows, kept: Rows) -> int:
    """Count the rows of the undisturbed crawl that are missing or other than they were."""
    return sum(key not in kept or kept[key] != row for key, row in whole.items())


def _twice(folder: Path) -> int:
    with sqlite3.connect(folder / ".mundap" / "warehouse.db") as connection:
        twice: int = connection.execute("SELECT count(*) - count(DISTINCT frontier_id) FROM page").fetchone()[0]
    connection.close()
    return twice


def _figure(name: str, ours: int, rival: int) -> Figure:
    return Figure(name, f"{ours:,}", f"{rival:,}", aim="0", met=ours == 0)


def _codes(survived: Survived) -> str:
    return ", ".join(map(str, survived.exit_codes))
