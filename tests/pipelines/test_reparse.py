"""Kept pages read again: what differs is told, stored only on demand, and nothing is lost by accident."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.sites import registry
from crawlers.sites.registry import SITES
from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.steps.mending.reparse import ReparsePlan, reparse
from tests.pipelines.conftest import stored_rows
from warehouse.connect import open_warehouse, transaction
from warehouse.queries.query import run_select
from warehouse.records.pages import Page, ParsedPage

PAGE = Page("", "", 200, (), b"", "utf-8", datetime(2026, 11, 1, tzinfo=UTC))
Reader = Callable[[Page, bytes | None], ParsedPage]


@pytest.fixture
def read_by(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give a site another parser, as a newer Mundap would."""

    def install(site: str, reader: Reader) -> None:
        monkeypatch.setattr(registry, "SITES", {**SITES, site: replace(SITES[site], read=reader)})

    return install


@pytest.fixture(params=["naver_kin", "nate_pann"])
def site(request: pytest.FixtureRequest, settings: Settings, serve: Any) -> str:
    crawl_site(settings, CrawlPlan(request.param, base_url=serve(request.param, posts=30).base_url, browser="never"))
    return str(request.param)


def changed_by(site: str, change: Callable[[ParsedPage], ParsedPage]) -> Reader:
    """A reader that reads as today's does and then changes what it read; of another version."""

    def read(page: Page, salt: bytes | None) -> ParsedPage:
        return replace(change(SITES[site].read(page, salt)), parser_version=f"{site}-next")

    return read


def without_bodies(parsed: ParsedPage) -> ParsedPage:
    question = replace(parsed.question, body=None) if parsed.question else None
    return replace(parsed, question=question, answers=parsed.answers[:1])


def damage(settings: Settings, sql: str) -> None:
    with transaction(open_warehouse(settings.database_url)) as connection:
        connection.execute(sa.text(sql))


def test_the_same_parser_differs_in_nothing(settings, site):
    before = stored_rows(settings)
    report = reparse(settings, ReparsePlan(site))
    assert (report.changed, report.added, report.lost, report.settled, report.set_aside) == (0, 0, 0, 0, 0)
    assert report.pages > 30 and report.fields == [] and not report.applied and report.unraised == 0
    assert reparse(settings, ReparsePlan(site, apply=True)).applied
    assert stored_rows(settings) == before


def test_a_better_parser_fills_what_the_older_one_missed(settings, site):
    whole = stored_rows(settings)
    damage(settings, "update question set title = 'x', body = null, asked_at = null, views = 7")
    damage(settings, "delete from answer where answer_id % 2 = 0")
    shown = reparse(settings, ReparsePlan(site))
    assert shown.added > 0 and shown.changed > 0 and shown.lost == 0
    assert shown.unraised >= 30 and shown.versions == (SITES[site].read(PAGE, None).parser_version,)
    fields = {item.field: item for item in shown.fields}
    assert fields["question.asked_at"].added == fields["question.asked_at"].pages == 30
    assert fields["question.title"].examples[0]["old"] == "x"
    assert stored_rows(settings) != whole, "without --apply nothing is written"
    reparse(settings, ReparsePlan(site, apply=True))
    assert stored_rows(settings) == whole
    again = reparse(settings, ReparsePlan(site, apply=True))
    assert (again.changed, again.added, again.lost, again.stored, again.links) == (0, 0, 0, 0, 0)


def test_every_row_and_page_tells_the_parser_that_read_it(settings, site, read_by):
    read_by(site, changed_by(site, lambda parsed: parsed))
    reparse(settings, ReparsePlan(site, apply=True))
    for table in ("question", "answer", "page"):
        versions = run_select(settings.database_url, f"select distinct parser_version as v from {table}")
        assert list(versions["v"]) == [f"{site}-next"], table


def test_only_a_changed_text_belongs_to_the_new_load(settings, site, read_by):
    def longer(parsed: ParsedPage) -> ParsedPage:
        question = parsed.question
        is_first = question is not None and int(question.external_id) % 3 == 0
        return replace(parsed, question=replace(question, body=f"{question.body}!")) if is_first else parsed

    read_by(site, changed_by(site, longer))
    report = reparse(settings, ReparsePlan(site, apply=True))
    moved = run_select(settings.database_url, "select external_id as id from question where load_id > first_load_id")
    assert 0 < len(moved) == report.changed < 30
    assert all(int(number) % 3 == 0 for number in moved["id"])
    assert run_select(settings.database_url, "select * from answer where load_id > first_load_id").empty


def test_a_worse_parser_must_be_allowed_to_lose(settings, site, read_by):
    whole = stored_rows(settings)
    read_by(site, changed_by(site, without_bodies))
    refused = reparse(settings, ReparsePlan(site, apply=True))
    assert not refused.applied and "question.body (30 of 30)" in refused.refused and "--allow-loss" in refused.refused
    assert refused.unraised == 0
    assert refused.lost > 30 and stored_rows(settings) == whole
    allowed = reparse(settings, ReparsePlan(site, apply=True, allow_loss=True))
    assert allowed.applied
    rows = run_select(settings.database_url, "select count(body) as bodies from question")
    assert rows["bodies"][0] == 0
    assert len(stored_rows(settings)["answer"]) < len(whole["answer"])


def test_a_few_losses_keep_what_is_stored(settings, site, read_by):
    whole = stored_rows(settings)
    lone = whole["question"][0][0]
    read_by(
        site,
        changed_by(site, lambda p: without_bodies(p) if p.question and p.question.external_id == lone else p),
    )
    report = reparse(settings, ReparsePlan(site, apply=True))
    assert report.applied and report.lost >= 1
    assert stored_rows(settings) == whole


def test_no_network_and_no_lost_snapshot_is_needed(settings, site):
    files = sorted((settings.folder / "snapshots").glob("*.warc.gz"))
    damage(settings, "update page set erased_at = fetched_at where page_id % 2 = 0")
    left = reparse(settings, ReparsePlan(site))
    assert left.expired > 0 and left.set_aside == 0 and left.lost == 0
    files[0].write_bytes(b"")
    broken = reparse(settings, ReparsePlan(site))
    assert broken.pages == 0 and broken.set_aside == left.pages and broken.lost == 0


def test_topic_and_since_narrow_the_pages(settings, site):
    assert reparse(settings, ReparsePlan(site, topic="nothing")).pages == 0
    newest = run_select(settings.database_url, "select max(fetched_at) as at from page")["at"][0]
    since = datetime.fromisoformat(newest).replace(tzinfo=UTC)
    assert 1 <= reparse(settings, ReparsePlan(site, since=since)).pages < 30


def test_what_is_shown_and_stored_is_masked(settings, site, read_by):
    def telling(parsed: ParsedPage) -> ParsedPage:
        question = parsed.question
        return replace(parsed, question=replace(question, body="전화는 010-1234-5678 입니다")) if question else parsed

    read_by(site, changed_by(site, telling))
    report = reparse(settings, ReparsePlan(site, apply=True))
    assert "010-1234" not in str(report.fields) and "[전화번호]" in str(report.fields)
    assert "010-1234" not in str(stored_rows(settings))


def test_questions_left_out_by_day_stay_out(settings, serve, corpus):
    day = corpus["naver_kin"][5].asked_at.date()
    crawl_site(settings, CrawlPlan("naver_kin", base_url=serve(posts=12).base_url, browser="never", since=day))
    before = stored_rows(settings)
    assert 0 < len(before["question"]) < 12
    reparse(settings, ReparsePlan("naver_kin", apply=True))
    assert stored_rows(settings) == before
