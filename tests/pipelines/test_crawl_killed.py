"""kill -9 of crawls at random moments: nothing lost, nothing twice, and leases that the dead leave are taken over."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from crawlers.replica.server import Replica
from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from tests.pipelines.conftest import stored_rows
from warehouse.connect import open_warehouse
from warehouse.loads import read_loads
from warehouse.queries.query import run_select

KILLS, POSTS = 6, 50
# Imports cost more than the crawl, so that one process does them and forks a crawl for each line that it is sent.
CRAWLS = """
import os, signal, sys
from pathlib import Path
from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
settings = Settings(root=Path(sys.argv[1]))
plan = CrawlPlan("naver_kin", base_url=sys.argv[2], browser="never", gap=0.01)  # slow enough to be killed in time
def on_page(done, total=None, note=""):
    print(os.getpid(), flush=True)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    if os.fork() == 0:
        crawl_site(settings, plan, on_page=on_page)
        os._exit(0)
"""


def crawl_under_fire(root: Path, base_url: str, moments: random.Random) -> int:
    """Keep two crawls of one warehouse at work and kill one of them after a few pages, again and again."""
    command = [sys.executable, "-c", CRAWLS, str(root), base_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        alive: set[int] = set()
        dead: set[int] = set()
        for _ in range(KILLS):
            process.stdin.write("crawl\n" * (1 if dead else 2))
            process.stdin.flush()
            pages = moments.randint(1, 7)
            while pages > 0 or not alive:
                pid = int(process.stdout.readline())
                pages -= 1
                alive |= {pid} - dead  # the dead still have words in the pipe
            victim = moments.choice(sorted(alive))
            os.kill(victim, signal.SIGKILL)
            alive.remove(victim)
            dead.add(victim)
        process.stdin.close()
        process.stdout.read()  # what is left of the crawls goes on to the end of the site
        return process.wait()


def test_two_crawls_killed_at_random_lose_nothing_and_double_nothing(
    tmp_path: Path, serve: Callable[..., Replica]
) -> None:
    replica = serve(posts=POSTS)
    calm, killed = Settings(root=tmp_path / "calm"), Settings(root=tmp_path / "killed")
    plan = CrawlPlan("naver_kin", base_url=replica.base_url, browser="never")
    crawl_site(calm, plan)
    undisturbed = len(replica.requests)
    assert crawl_under_fire(killed.root, replica.base_url, random.Random(20261121)) == 0
    report = crawl_site(killed, plan)
    assert (report.remaining, report.ended) == (0, "")
    assert stored_rows(killed) == stored_rows(calm)
    assert run_select(killed.database_url, "select url from page group by url having count(*) > 1").empty
    counted = [
        run_select(settings.database_url, sql)["n"][0]
        for settings in (calm, killed)
        for sql in ("select count(*) as n from page", "select visited_pages as n from crawl")
    ]
    assert len(set(counted)) == 1
    broken_off = [load for load in read_loads(open_warehouse(killed.database_url)) if load.outcome == "broken off"]
    assert len(broken_off) == KILLS
    assert any(load.counts.get("fetched", 0) > 0 for load in broken_off), "what a killed crawl fetched is in its load"
    # Each kill may cost the one page in flight; each start may ask for robots.txt.
    assert len(replica.requests) <= 2 * undisturbed + 3 * KILLS


def test_a_request_that_was_under_way_when_its_crawl_was_killed_is_on_record(
    tmp_path: Path, serve: Callable[..., Replica]
) -> None:
    replica = serve(posts=3, fault="slow:1")
    command = [sys.executable, "-c", CRAWLS, str(tmp_path), replica.base_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdin is not None
        process.stdin.write(b"crawl\n")
        process.stdin.flush()
        until = time.monotonic() + 60
        while len(replica.requests) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    robots, asked = (request.partition(" ")[2] for request in replica.requests)
    sql = "select url, status, page_kind from request order by request_id"
    on_record = run_select(Settings(root=tmp_path).database_url, sql)
    assert list(on_record["url"]) == [replica.base_url + robots, replica.base_url + asked]
    assert on_record["status"].isna().tolist() == [False, True]
