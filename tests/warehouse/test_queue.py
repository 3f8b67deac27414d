"""In what order rows are claimed, what a claim costs, what counts against a budget, and when a page is due again."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.warehouse.test_visits import a_page, a_question, answers, parsed, visit
from warehouse.connect import in_transaction
from warehouse.frontier.budgets import visited_pages
from warehouse.frontier.claims import claim, counts, enqueue
from warehouse.frontier.crawls import Crawl, named
from warehouse.frontier.leases import Claim
from warehouse.frontier.outlook import next_due
from warehouse.frontier.priorities import FEW_QUESTIONS, Priority
from warehouse.frontier.retries import OUT_OF_WINDOW, refresh, retry, want_days
from warehouse.frontier.revisits import LISTS, THREADS, next_interval
from warehouse.frontier.taking import claim_statement
from warehouse.pages.snapshots import SnapshotRef
from warehouse.pages.visits import PageRow, store_visit
from warehouse.queries.query import run_select
from warehouse.records.pages import Link
from warehouse.schema.content import question
from warehouse.schema.crawling import frontier

HOLDER = "another-host:1:t1"


def some(number: int, kind: str = "question", depth: int = 1) -> list[tuple[str, Link, int]]:
    start = f"https://kin.naver.com/{kind}/{depth}"
    return [(f"{kind[0]}{depth}:{i}", Link(kind, f"{start}/{i}"), depth) for i in range(number)]  # type: ignore[arg-type]


def keys(rows: list[Claim]) -> list[str]:
    return [row.key for row in rows]


def row_of(engine: sa.Engine, key: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(sa.select(frontier).where(frontier.c.address_key == key)).mappings().one()


def test_first_pages_of_lists_go_first(engine: sa.Engine, crawl: Crawl) -> None:
    enqueue(engine, crawl, [*some(1, "list", 4), *some(1, depth=5), *some(FEW_QUESTIONS, depth=2), *some(1, "list", 1)])
    rows = keys(claim(engine, crawl, holder=HOLDER, n=99))
    assert rows[0] == "q2:0" and rows[-3:] == ["q5:0", "l1:0", "l4:0"]


def test_further_answers_come_after_their_kind_of_row_and_before_lists(
    engine: sa.Engine, crawl: Crawl, load_id: int
) -> None:
    enqueue(engine, crawl, [*some(1), *some(1, "list")])
    listed, asked = claim(engine, crawl, holder=HOLDER, n=2)
    more = (("answers:1:2", Link("next", "https://kin.naver.com/ajax?page=2")),)
    store_visit(engine, visit(asked, load_id, parsed(a_question()), links=more))
    store_visit(engine, visit(listed, load_id, parsed(None, (), "list"), links=(("l:2", Link("next", "l2")),)))
    rows = claim(engine, crawl, holder=HOLDER, n=9)
    assert [(row.key, row.kind) for row in rows] == [("answers:1:2", "thread"), ("l:2", "next")]


def test_a_depth_limit_leaves_deeper_rows_waiting(engine: sa.Engine, crawl: Crawl) -> None:
    enqueue(engine, crawl, [*some(1, "list", 0), *some(1, "list", 2), *some(1, depth=1), *some(1, depth=3)])
    assert keys(claim(engine, crawl, holder=HOLDER, n=9, max_depth=1)) == ["l0:0", "q1:0"]
    assert claim(engine, crawl, holder=HOLDER, n=9, max_depth=1) == []
    assert counts(engine, crawl).pending == 2
    assert keys(claim(engine, crawl, holder=HOLDER, n=9, max_depth=3)) == ["l2:0", "q3:0"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "span", [(0, Priority.QUESTION + 999), (Priority.LIST, Priority.LIST + 999)], ids=["questions first", "lists first"]
)
def test_a_claim_walks_an_index_and_sorts_nothing(engine: sa.Engine, crawl: Crawl, span: tuple[int, int]) -> None:
    values = named(crawl) | {"low": span[0], "high": span[1], "lease_token": "t", "leased_by": "h"}
    statement = claim_statement(8).compile(engine, column_keys=["lease_token", "leased_by"])
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}",
            tuple(statement.construct_params(values)[name] for name in statement.positiontup),
        ).all()
    steps = [str(step[-1]) for step in plan]
    walk = next(step for step in steps if "AS waiting" in step or " waiting " in step)
    assert "USING" in walk and "INDEX ix_frontier_claim" in walk and "priority>" in walk
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in steps), steps


def test_a_page_counts_once_against_a_budget(engine: sa.Engine, crawl: Crawl, load_id: int) -> None:
    enqueue(engine, crawl, some(3))
    first = claim(engine, crawl, holder=HOLDER, n=9, max_pages=2)
    for row, outcome in zip(first, ("set_aside", "gone"), strict=True):
        store_visit(engine, visit(row, load_id, None, outcome=outcome, reason="x", code="x"))
    assert claim(engine, crawl, holder=HOLDER, n=9, max_pages=2) == []
    assert next_due(engine, crawl, max_pages=2) is None
    assert retry(engine, crawl, ["set_aside", "gone"]) == 2
    again = claim(engine, crawl, holder=HOLDER, n=9, max_pages=2)
    assert keys(again) == keys(first) and [row.attempts for row in again] == [1, 1]
    for row in again:
        store_visit(engine, visit(row, load_id, None))
    assert in_transaction(engine, lambda connection: visited_pages(connection, crawl)) == 2
    assert keys(claim(engine, crawl, holder=HOLDER, n=9, max_pages=3)) == ["q1:2"]


def test_gone_pages_stay_gone_until_asked_for(engine: sa.Engine, crawl: Crawl, load_id: int, noon: datetime) -> None:
    enqueue(engine, crawl, [("q:439818814", Link("question", "https://kin.naver.com/1"), 1)])
    row = claim(engine, crawl, holder=HOLDER)[0]
    store_visit(engine, visit(row, load_id, parsed(a_question(), answers()), external_id="439818814"))
    assert refresh(engine, crawl, due_only=False) == 1
    row = claim(engine, crawl, holder=HOLDER)[0]
    store_visit(engine, visit(row, load_id, None, outcome="gone", external_id="439818814"), now=noon)
    with engine.connect() as connection:
        assert connection.execute(sa.select(question.c.gone_at)).scalar_one() == noon
    enqueue(engine, crawl, [("q:439818814", Link("question", "https://kin.naver.com/1"), 1)])
    assert refresh(engine, crawl, due_only=False) == 0 and claim(engine, crawl, holder=HOLDER) == []
    assert retry(engine, crawl, ["gone"]) == 1
    row = claim(engine, crawl, holder=HOLDER)[0]
    store_visit(engine, visit(row, load_id, parsed(a_question(), answers()), external_id="439818814"))
    with engine.connect() as connection:
        assert connection.execute(sa.select(question.c.gone_at)).scalar_one() is None


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_was_set_aside_is_told_by_code(engine: sa.Engine, url: str, crawl: Crawl, load_id: int) -> None:
    enqueue(engine, crawl, some(3))
    for row, code in zip(
        claim(engine, crawl, holder=HOLDER, n=3), ("unknown_layout", "unknown_layout", None), strict=True
    ):
        reason = f"{row.url} is strange"
        store_visit(engine, visit(row, load_id, None, outcome="set_aside", reason=reason, code=code))
    found = run_select(
        url, "select site, topic, origin, reason_code, pages, reason from set_aside_pages order by pages"
    )
    assert found["reason_code"].tolist() == ["other", "unknown_layout"] and found["pages"].tolist() == [1, 2]
    assert found["reason"][1].endswith("/1 is strange") and found["origin"][0] == crawl.origin


def test_the_interval_follows_what_the_page_does(engine: sa.Engine, crawl: Crawl, load_id: int, noon: datetime) -> None:
    enqueue(engine, crawl, [("q:439818814", Link("question", "https://kin.naver.com/1"), 1)], now=noon)

    def look(body: str | None, day: int) -> Any:
        refresh(engine, crawl, due_only=False)
        row = claim(engine, crawl, holder=HOLDER, now=noon)[0]
        content = None if body is None else parsed(a_question(body=body))
        kept = PageRow(a_page(row.url), SnapshotRef("a.warc.gz", 0, 10, f"{day:064}")) if content else None
        store_visit(engine, visit(row, load_id, content, page=kept), now=noon + timedelta(days=day))
        return row_of(engine, "q:439818814")

    first = look("처음", 0)
    assert first["next_visit_at"] == noon + timedelta(days=7) and first["changed_at"] == noon
    unchanged = look(None, 7)
    assert (unchanged["revisit_seconds"], unchanged["changed_at"]) == (14 * 86_400, noon)
    assert unchanged["etag"] == first["etag"] == '"e1"'
    same = look("처음", 21)
    assert same["revisit_seconds"] == 28 * 86_400
    changed = look("고친 글", 49)
    assert changed["revisit_seconds"] == 14 * 86_400 and changed["changed_at"] == noon + timedelta(days=49)
    with engine.connect() as connection:
        stored = connection.execute(sa.select(question.c.body, question.c.page_sha256)).one()
    assert tuple(stored) == ("고친 글", f"{49:064}")


@given(
    kind=st.sampled_from(["question", "thread", "list", "next"]),
    looks=st.lists(st.booleans(), max_size=30),
)
def test_an_interval_stays_within_its_bounds(kind: str, looks: list[bool]) -> None:
    pace = THREADS if kind in ("question", "thread") else LISTS
    interval = next_interval(kind, None, is_changed=True)
    assert interval == pace.first
    for is_changed in looks:
        before, interval = interval, next_interval(kind, interval, is_changed=is_changed)
        assert pace.least <= interval <= pace.most
        assert interval <= before if is_changed else interval >= before


def test_due_pages_only_or_all(engine: sa.Engine, crawl: Crawl, load_id: int, noon: datetime) -> None:
    enqueue(engine, crawl, [*some(1), *some(1, "list", 3)], now=noon)
    for row in claim(engine, crawl, holder=HOLDER, n=2, now=noon):
        store_visit(engine, visit(row, load_id, None), now=noon)
    assert refresh(engine, crawl, due_only=True, now=noon + timedelta(hours=19)) == 0
    assert refresh(engine, crawl, due_only=True, now=noon + timedelta(hours=20)) == 1
    assert keys(claim(engine, crawl, holder=HOLDER, n=9, now=noon)) == ["l3:0"]
    assert refresh(engine, crawl, due_only=False) == 1


def test_days_passed_over_come_back_when_they_are_wanted(engine: sa.Engine, crawl: Crawl, load_id: int) -> None:
    enqueue(engine, crawl, some(3))
    for row, day in zip(claim(engine, crawl, holder=HOLDER, n=3), (9, 10, 11), strict=True):
        reason = f"2026-01-{day:02} is not among the days wanted"
        store_visit(engine, replace(visit(row, load_id, None), reason=reason, code=OUT_OF_WINDOW))
    day = date(2026, 1, 10)
    assert want_days(engine, crawl, day, day) == 1
    assert keys(claim(engine, crawl, holder=HOLDER, n=9)) == ["q1:1"]
    assert want_days(engine, crawl, None, None) == 2
