"""One address in two crawls of a site: fetched once, by whoever leased it first."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.warehouse.test_visits import a_question, parsed, visit
from warehouse.connect import database_now
from warehouse.frontier.budgets import visited_pages
from warehouse.frontier.claims import Crawl, claim, enqueue
from warehouse.frontier.holders import this_process
from warehouse.frontier.outlook import next_due
from warehouse.frontier.retries import refresh, retry
from warehouse.pages.known import take_over
from warehouse.pages.visits import store_visit
from warehouse.records.pages import Link
from warehouse.schema.crawling import frontier

ELSEWHERE = "another-host:1:t1"
QUESTION = [("q:1", Link("question", "https://kin.naver.com/q/1"), 1)]
MORE = ("answers:1:2", Link("next", "https://kin.naver.com/ajax?page=2"))


@pytest.fixture
def other(engine: sa.Engine, crawl: Crawl) -> Crawl:
    """A second crawl of the site, with the same question in its frontier as the first."""
    second = replace(crawl, topic="다른 주제")
    for one in (crawl, second):
        enqueue(engine, one, [*QUESTION, ("list:/", Link("list", "https://kin.naver.com/"), 0)])
        with engine.begin() as connection:
            visited_pages(connection, one)  # as the first page of a crawl does
    return second


def now_of(engine: sa.Engine) -> datetime:
    with engine.connect() as connection:
        return database_now(connection)


def of_kind(rows, kind):  # type: ignore[no-untyped-def]
    return [row for row in rows if row.kind == kind]


def test_a_page_that_another_crawl_has_is_known_and_costs_no_budget(engine, crawl, other, load_id):
    (row,) = of_kind(claim(engine, crawl, holder=ELSEWHERE, n=9), "question")
    store_visit(engine, visit(row, load_id, parsed(a_question()), links=(MORE,)))
    asked, listed = sorted(claim(engine, other, holder=ELSEWHERE, n=9), key=lambda row: row.kind, reverse=True)
    assert (asked.known_by, listed.known_by) == ((row.id, row.url), None), "lists are each crawl's own"
    assert take_over(engine, other, asked, [MORE], load_id)
    assert not take_over(engine, other, asked, [MORE], load_id), "the lease is given back"
    assert not take_over(engine, other, listed, [], load_id)
    with engine.connect() as connection:
        assert visited_pages(connection, other) == 0
        ours, theirs = (
            connection.execute(sa.select(frontier).where(frontier.c.frontier_id == number)).mappings().one()
            for number in (asked.id, row.id)
        )
    assert (ours["state"], ours["reason_code"], ours["visited_at"]) == ("done", "known", None)
    assert ours["reason"] == "fetched by the crawl without a topic"
    for name in ("next_visit_at", "content_sha256", "revisit_seconds"):
        assert ours[name] == theirs[name] is not None
    (further,) = claim(engine, other, holder=ELSEWHERE, n=9)
    assert (further.kind, further.url, further.depth) == ("thread", MORE[1].url, 2)


def test_a_page_that_another_crawl_is_fetching_is_waited_for(engine, crawl, other, load_id):
    (row,) = of_kind(claim(engine, crawl, holder=ELSEWHERE, n=9), "question")
    now = now_of(engine)
    assert of_kind(claim(engine, other, holder=ELSEWHERE, n=9, now=now), "question") == []
    due = next_due(engine, replace(other), now=now)
    assert due is not None and due.at <= now + timedelta(seconds=2)
    soon = now + timedelta(seconds=3)
    assert of_kind(claim(engine, other, holder=ELSEWHERE, n=9, now=soon), "question") == [], "still under lease"
    store_visit(engine, visit(row, load_id, parsed(a_question())))
    (known,) = of_kind(claim(engine, other, holder=ELSEWHERE, n=9, now=now + timedelta(seconds=9)), "question")
    assert known.known_by is not None and known.attempts == 1


@pytest.mark.parametrize("how", ["run out", "of a dead process"])
def test_a_lease_that_nobody_holds_is_not_waited_for(engine, crawl, other, how):
    dead = this_process().rpartition(":")[0] + ":t1"  # this number, another start
    claim(engine, crawl, holder=ELSEWHERE if how == "run out" else dead, n=9)
    later = now_of(engine) + timedelta(seconds=61 if how == "run out" else 0)
    (row,) = of_kind(claim(engine, other, holder=ELSEWHERE, n=9, now=later), "question")
    assert row.known_by is None


@pytest.mark.parametrize("ending", ["gone", "set_aside", "out_of_window", "due again"])
def test_what_the_other_crawl_does_not_have_is_fetched(engine, crawl, other, load_id, ending):
    (row,) = of_kind(claim(engine, crawl, holder=ELSEWHERE, n=9), "question")
    outcome = {"gone": "gone", "set_aside": "set_aside"}.get(ending, "done")
    code = ending if ending == "out_of_window" else None
    store_visit(engine, replace(visit(row, load_id, parsed(a_question())), outcome=outcome, code=code))
    later = now_of(engine) + timedelta(days=8 if ending == "due again" else 0)
    (asked,) = of_kind(claim(engine, other, holder=ELSEWHERE, n=9, now=later), "question")
    assert asked.known_by is None


def test_a_second_look_is_taken_once_and_the_users_word_counts(engine, crawl, other, load_id):
    def look(one: Crawl, now: datetime, began_at: datetime | None = None) -> bool:
        (row,) = of_kind(claim(engine, one, holder=ELSEWHERE, n=9, now=now, began_at=began_at), "question")
        if row.known_by:
            return not take_over(engine, one, row, [], load_id)
        store_visit(engine, visit(row, load_id, parsed(a_question())), now=now)
        return True

    start = now_of(engine)
    assert (look(crawl, start), look(other, start)) == (True, False)
    due = start + timedelta(days=8)
    assert refresh(engine, crawl, due_only=True, now=due) >= 1 and look(crawl, due, due)
    assert refresh(engine, other, due_only=True, now=due) == 0, "the other crawl has just looked"
    # Two runs that both began before: the second finds what the first has fetched meanwhile.
    for one in (crawl, other):
        refresh(engine, one, due_only=False, now=due)
    assert (look(crawl, due, due), look(other, due, due)) == (True, False)
    later = due + timedelta(hours=1)
    refresh(engine, other, due_only=False, now=later)
    assert look(other, later, later), "--refresh all is meant so"
    retry(engine, crawl, ["done"])
    assert look(crawl, later + timedelta(hours=1), later + timedelta(hours=1))
