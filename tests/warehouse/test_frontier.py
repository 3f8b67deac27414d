import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.warehouse.test_visits import visit
from warehouse.connect import LeaseLost
from warehouse.errors import Transient, Unready
from warehouse.frontier.claims import FrontierCounts, claim, counts, enqueue, release, renew
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.holders import is_gone, this_process
from warehouse.frontier.outlook import Due, next_due
from warehouse.frontier.priorities import FEW_QUESTIONS
from warehouse.hosts.robots import save_robots
from warehouse.hosts.sent import read_robots
from warehouse.pages.visits import store_visit
from warehouse.records.pages import Link
from warehouse.schema.crawling import frontier

ROOT = Path(__file__).parents[2]
ELSEWHERE = "another-host:1:t1"


def links(number: int, kind: str = "question") -> list[tuple[str, Link, int]]:
    address = f"https://kin.naver.com/{kind}"
    return [(f"{kind[0]}:{i}", Link(kind, f"{address}/{i}"), 1) for i in range(number)]  # type: ignore[arg-type]


def test_a_key_enters_a_crawl_once(engine: sa.Engine, crawl: Crawl) -> None:
    assert enqueue(engine, crawl, links(3)) == 3
    assert enqueue(engine, crawl, [*links(4), *links(4)]) == 1
    assert enqueue(engine, replace(crawl, topic="요리"), links(2)) == 2
    assert enqueue(engine, replace(crawl, origin="https://kin.naver.com"), links(2)) == 2
    assert counts(engine, crawl).pending == 4


def test_many_links_and_long_or_odd_addresses(engine: sa.Engine, crawl: Crawl) -> None:
    odd = [("ㅋ", "ㅋ"), ("ﾻ", "ﾻ"), ("a", "a"), ("A", "A"), ("x" * 9000, "https://x/" + "가" * 9000), ("\ud800", "y")]
    assert enqueue(engine, crawl, [(key, Link("question", url), 0) for key, url in odd]) == len(odd)
    assert enqueue(engine, crawl, links(1200)) == 1200
    assert {row.url for row in claim(engine, crawl, holder=ELSEWHERE, n=len(odd))} == {url for _, url in odd}


def test_a_claim_carries_what_the_link_said(engine: sa.Engine, crawl: Crawl) -> None:
    link = Link("next", "https://pann.nate.com/talk/reply/load", form=(("page", "2"), ("이름", "값")))
    enqueue(engine, crawl, [("comments:1:2", link, 3)], referer="https://pann.nate.com/talk/1")
    row = claim(engine, crawl, holder=ELSEWHERE)[0]
    assert (row.key, row.url, row.kind, row.form) == ("comments:1:2", link.url, "next", link.form)
    assert (row.referer, row.depth, row.attempts, row.etag) == ("https://pann.nate.com/talk/1", 3, 1, None)


def test_questions_come_before_lists_unless_few_wait(engine: sa.Engine, crawl: Crawl) -> None:
    enqueue(engine, crawl, links(FEW_QUESTIONS))
    enqueue(engine, crawl, links(2, "list"))
    first = claim(engine, crawl, holder=ELSEWHERE, n=2)
    assert [row.key for row in first] == ["q:0", "q:1"]
    assert [row.kind for row in claim(engine, crawl, holder=ELSEWHERE, n=3)] == ["list", "list", "question"]


def test_a_lease_ends_by_time_and_its_token_is_then_worthless(
    engine: sa.Engine, crawl: Crawl, load_id: int, noon: datetime
) -> None:
    enqueue(engine, crawl, links(1), now=noon)
    old = claim(engine, crawl, holder=ELSEWHERE, lease_seconds=60, now=noon)
    assert claim(engine, crawl, holder=ELSEWHERE, now=noon + timedelta(seconds=59)) == []
    new = claim(engine, crawl, holder=ELSEWHERE, now=noon + timedelta(seconds=60))
    assert (new[0].id, new[0].attempts) == (old[0].id, 2)
    assert renew(engine, old) == 0
    release(engine, old)
    with pytest.raises(LeaseLost, match="another process has it"):
        store_visit(engine, visit(old[0], load_id, None, outcome="retry", reason="503", retry_at=noon))
    assert counts(engine, crawl).leased == 1


def test_a_renewed_lease_holds(engine: sa.Engine, crawl: Crawl, noon: datetime) -> None:
    enqueue(engine, crawl, links(1), now=noon)
    held = claim(engine, crawl, holder=ELSEWHERE, lease_seconds=60, now=noon)
    assert renew(engine, held, 60, now=noon + timedelta(seconds=45)) == 1
    assert claim(engine, crawl, holder=ELSEWHERE, now=noon + timedelta(seconds=100)) == []
    assert next_due(engine, crawl) == Due(noon + timedelta(seconds=105), is_held=True)


def test_released_rows_are_free_at_once_and_untried(engine: sa.Engine, crawl: Crawl) -> None:
    enqueue(engine, crawl, links(2))
    release(engine, claim(engine, crawl, holder=ELSEWHERE, n=2))
    again = claim(engine, crawl, holder=ELSEWHERE, n=2)
    assert [row.attempts for row in again] == [1, 1]


def test_a_row_to_be_tried_again_waits(engine: sa.Engine, crawl: Crawl, load_id: int, noon: datetime) -> None:
    enqueue(engine, crawl, links(1), now=noon)
    row = claim(engine, crawl, holder=ELSEWHERE, now=noon)[0]
    later = noon + timedelta(minutes=5)
    store_visit(engine, visit(row, load_id, None, outcome="retry", reason="429 Too Many Requests", retry_at=later))
    assert claim(engine, crawl, holder=ELSEWHERE, now=noon + timedelta(minutes=4)) == []
    assert counts(engine, crawl) == FrontierCounts(pending=1)
    assert next_due(engine, crawl) == Due(later, is_held=False)
    assert claim(engine, crawl, holder=ELSEWHERE, now=later)[0].attempts == 2


def test_the_budget_counts_visited_and_leased_rows(engine: sa.Engine, crawl: Crawl, noon: datetime) -> None:
    enqueue(engine, crawl, links(10), now=noon)
    first = claim(engine, crawl, holder=ELSEWHERE, n=3, max_pages=5, now=noon)
    assert len(first) == 3
    assert len(claim(engine, crawl, holder=ELSEWHERE, n=9, max_pages=5, now=noon)) == 2
    assert claim(engine, crawl, holder=ELSEWHERE, n=9, max_pages=5, now=noon) == []
    release(engine, first)
    assert len(claim(engine, crawl, holder=ELSEWHERE, n=9, max_pages=5, now=noon)) == 3


def test_a_list_becomes_due_again_but_a_question_does_not(engine: sa.Engine, crawl: Crawl, noon: datetime) -> None:
    wanted = [*links(1), *links(1, "list")]
    enqueue(engine, crawl, wanted, now=noon)
    with engine.begin() as connection:
        connection.execute(sa.update(frontier).values(state="done", visited_at=noon, next_visit_at=noon))
    assert enqueue(engine, crawl, wanted, now=noon - timedelta(seconds=1)) == 0
    assert counts(engine, crawl).pending == 0
    assert enqueue(engine, crawl, wanted, now=noon) == 0
    assert [row.kind for row in claim(engine, crawl, holder=ELSEWHERE, n=9, now=noon)] == ["list"]


def test_a_dead_holder_on_this_host_is_taken_over_at_once(engine: sa.Engine, crawl: Crawl) -> None:
    child = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    host = this_process().rsplit(":", 2)[0]
    enqueue(engine, crawl, links(2))
    claim(engine, crawl, holder=f"{host}:{int(child.stdout)}:t1")
    freed = claim(engine, crawl, holder=this_process())
    assert [row.key for row in freed] == ["q:0"]
    assert [row.key for row in claim(engine, crawl, holder=ELSEWHERE, n=9)] == ["q:1"]


def test_holders_are_told_apart() -> None:
    host, pid, start = this_process().rsplit(":", 2)
    assert not is_gone(this_process())
    assert not is_gone(f"{host}:{pid}:whatever")
    assert is_gone(f"{host}:{pid}:t{int(start[1:]) - 1}"), "an earlier process of the same number"
    assert not is_gone(f"elsewhere:{pid}:t1")
    assert not any(is_gone(text) for text in ("", "x", f"{host}:x:t1", f"{host}:1"))
    name, machine, boot, numbering = host.rsplit(".", 3)
    twin = f"{name}.{machine}.{boot}.{'0' * 6}:{pid}:t1"
    assert not is_gone(twin) and not is_gone(f"{name}.{'0' * 6}.{boot}.{numbering}:{pid}:t1"), "a clone of this host"
    restarted = f"{name}.{machine}.{'0' * 6}.{numbering}:{pid}:t1"
    assert is_gone(restarted) and not is_gone(restarted, is_at_stake=True)


CLAIM_ALL = """
import sys
from warehouse.connect import open_warehouse
from warehouse.frontier.claims import claim
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.holders import this_process
engine = open_warehouse(sys.argv[1])
while rows := claim(engine, Crawl(*sys.argv[2:]), holder=this_process(), n=3, lease_seconds=600):
    print(*(row.id for row in rows))
print(flush=True)
sys.stdin.read()
"""


def at_once(processes: int, code: str, *argv: str) -> list[str]:
    """Words that several Python processes print which run the code at the same time, up to an empty line.

    All live until the last has printed: what a process holds that has ended is free for the others.
    """
    command = [sys.executable, "-c", code, *argv]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen(command, cwd=ROOT, **pipes) for _ in range(processes)]
    printed = ["".join(takewhile(str.strip, process.stdout)) for process in running]
    for process in running:
        process.communicate()
    assert [process.returncode for process in running] == [0] * processes
    return [word for text in printed for word in text.split()]


def test_processes_that_claim_at_once_never_share_a_row(engine: sa.Engine, url: str, crawl: Crawl) -> None:
    enqueue(engine, crawl, links(120))
    taken = Counter(at_once(2, CLAIM_ALL, url, crawl.site, crawl.topic, crawl.origin))
    assert len(taken) == 120 and set(taken.values()) == {1}


CLAIMER = """
import sys, time
from warehouse.connect import open_warehouse
from warehouse.frontier.claims import claim
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.holders import this_process
rows = claim(open_warehouse(sys.argv[1]), Crawl(*sys.argv[2:5]), holder=this_process(), n=5, lease_seconds=600)
print(len(rows), flush=True)
time.sleep(600)
"""


def test_kill_9_of_a_claimer_frees_its_rows(engine: sa.Engine, url: str, crawl: Crawl) -> None:
    enqueue(engine, crawl, links(5))
    argv = [sys.executable, "-c", CLAIMER, url, crawl.site, crawl.topic, crawl.origin]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == b"5"
        assert claim(engine, crawl, holder=this_process(), n=9) == []
        os.kill(process.pid, signal.SIGKILL)
    assert len(claim(engine, crawl, holder=this_process(), n=9)) == 5


def test_robots_are_kept(engine: sa.Engine, load_id: int, noon: datetime) -> None:
    assert read_robots(engine) == {}
    url = "https://h/robots.txt"
    first = save_robots(engine, host="h", url=url, status=None, body="", fetched_at=noon - timedelta(days=1))
    text = "User-agent: *\nDisallow: /한글\\\n"
    number = save_robots(
        engine, host="h", url=url, status=200, body=text, fetched_at=noon, permission="홍길동, 2026-11", load_id=load_id
    )
    kept = read_robots(engine)
    assert (sorted(kept), kept[first].status) == ([first, number], None)
    found = kept[number]
    assert (found.robots_id, found.body, found.status, found.fetched_at) == (number, text, 200, noon)
    assert found.permission == "홍길동, 2026-11"


def test_a_lost_lease_is_transient_but_not_tried_again() -> None:
    assert issubclass(LeaseLost, Transient) and not issubclass(LeaseLost, Unready)
