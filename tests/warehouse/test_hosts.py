"""Politeness across processes: one turn at a time, slowing down, resting, stopping."""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa

from warehouse.hosts.answers import answered, pushed_back, stop_host
from warehouse.hosts.pauses import read_hosts
from warehouse.hosts.slowing import BREAK_AFTER
from warehouse.hosts.turns import Turn, blocked, take_turn
from warehouse.schema.hosts import pause as pauses

ROOT = Path(__file__).parents[2]
TAKE_TURNS = """
import sys, time
from warehouse.connect import open_warehouse
from warehouse.hosts.turns import take_turn
engine = open_warehouse(sys.argv[1])
taken = 0
while taken < 5:
    turn = take_turn(engine, "h", 0.2)
    if turn.sent_at is None:
        time.sleep(turn.wait_seconds)
    else:
        taken += 1
        print(turn.sent_at.timestamp())
"""


def test_two_processes_share_the_gap_of_a_host(engine: sa.Engine, url: str) -> None:
    command = [sys.executable, "-c", TAKE_TURNS, url]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]
    printed = [process.communicate()[0].split() for process in running]
    assert [len(moments) for moments in printed] == [5, 5]
    sent = sorted(float(moment) for moments in printed for moment in moments)
    assert min(later - earlier for earlier, later in pairwise(sent)) >= 0.2


def test_a_turn_comes_once_a_gap_and_hosts_do_not_wait_for_one_another(engine: sa.Engine, noon: datetime) -> None:
    assert take_turn(engine, "kin.naver.com", 5.0, now=noon).sent_at == noon
    assert take_turn(engine, "kin.naver.com", 5.0, now=noon).wait_seconds == pytest.approx(5.05)
    assert take_turn(engine, "pann.nate.com", 5.0, now=noon).sent_at == noon
    assert take_turn(engine, "kin.naver.com", 5.0, now=noon + timedelta(seconds=5.05)).sent_at is not None


def test_the_larger_of_two_gaps_holds_before_and_after(engine: sa.Engine, noon: datetime) -> None:
    take_turn(engine, "h", 1.0, now=noon)
    assert take_turn(engine, "h", 10.0, now=noon + timedelta(seconds=2)).wait_seconds == pytest.approx(8.0)
    take_turn(engine, "h", 10.0, now=noon + timedelta(seconds=10))
    assert take_turn(engine, "h", 1.0, now=noon + timedelta(seconds=12)).wait_seconds == pytest.approx(8.05)


def test_refusals_double_the_gap_and_answers_give_it_back_slowly(engine: sa.Engine, noon: datetime) -> None:
    gaps = []
    for _ in range(3):
        pushed_back(engine, "h", 5.0, "503", now=noon)
        gaps.append(read_hosts(engine)[0].slow_gap_seconds)
    assert gaps == [10.0, 20.0, 40.0]
    answered(engine, "h", 5.0, now=noon)
    assert read_hosts(engine)[0].slow_gap_seconds == 36.0
    later = noon + timedelta(hours=1)
    assert take_turn(engine, "h", 5.0, now=later).gap_seconds == 36.0
    for _ in range(20):
        answered(engine, "h", 5.0, now=later)
    assert read_hosts(engine)[0].slow_gap_seconds == 0.0


def _broken(engine: sa.Engine, noon: datetime) -> datetime:
    for _ in range(BREAK_AFTER):
        pushed_back(engine, "h", 5.0, "503", now=noon)
    pause = blocked(engine, "h", now=noon)
    assert pause is not None and pause.kind == "rest"
    return pause.until


@pytest.mark.parametrize("ending", ["answered", "refused", "dead"])
def test_after_a_rest_one_request_alone_tries_the_host(engine: sa.Engine, noon: datetime, ending: str) -> None:
    until = _broken(engine, noon)
    assert until == noon + timedelta(seconds=500)
    assert take_turn(engine, "h", 5.0, now=until - timedelta(seconds=1)).pause is not None
    assert take_turn(engine, "h", 5.0, now=until).sent_at == until
    second = take_turn(engine, "h", 5.0, now=until + timedelta(seconds=59))
    assert second.sent_at is None and second.pause is None
    after = until + timedelta(seconds=59)
    if ending == "answered":
        answered(engine, "h", 5.0, now=until + timedelta(seconds=1))
        assert blocked(engine, "h", now=after) is None
        # The gap is still the one that the refusals forced.
        assert take_turn(engine, "h", 5.0, now=after).wait_seconds > 5.0
    elif ending == "refused":
        pushed_back(engine, "h", 5.0, "503", now=until + timedelta(seconds=1))
        again = blocked(engine, "h", now=after)
        assert again is not None and again.until == until + timedelta(seconds=1001)
    else:
        assert take_turn(engine, "h", 5.0, now=until + timedelta(seconds=300)).sent_at is not None


def test_the_wait_that_a_host_asks_for_is_kept_by_all_and_on_record(engine: sa.Engine, noon: datetime) -> None:
    pushed_back(engine, "h", 1.0, "429", retry_after_seconds=90.0, now=noon)
    pushed_back(engine, "h", 1.0, "429 too", retry_after_seconds=10.0, now=noon)
    turn = take_turn(engine, "h", 1.0, now=noon + timedelta(seconds=80))
    assert (turn.sent_at, turn.wait_seconds) == (None, 10.0)
    assert turn.pause is not None and (turn.pause.kind, turn.pause.why) == ("wait", "429")
    with engine.connect() as connection:
        kept = connection.execute(sa.select(pauses.c.kind, pauses.c.until).order_by(pauses.c.pause_id)).all()
    assert [tuple(row) for row in kept] == [("wait", noon + timedelta(seconds=wait)) for wait in (90, 10)]


@pytest.mark.parametrize(
    "then",
    [
        lambda engine, noon: pushed_back(engine, "h", 1.0, "429", retry_after_seconds=1.0, now=noon),
        lambda engine, noon: answered(engine, "h", 1.0, now=noon),
        lambda engine, noon: pushed_back(engine, "h", 1.0, "429", retry_after_seconds=200_000.0, now=noon),
    ],
    ids=["a short wait", "an answer", "a longer wait"],
)
def test_nothing_weakens_a_stop(
    engine: sa.Engine, noon: datetime, then: Callable[[sa.Engine, datetime], Turn | None]
) -> None:
    assert stop_host(engine, "h", 86_400.0, "a captcha", now=noon) == noon + timedelta(days=1)
    then(engine, noon + timedelta(seconds=1))
    pause = blocked(engine, "h", now=noon + timedelta(hours=23))
    assert pause is not None and pause.kind == "stop"
