"""Crawls of the replica: complete, polite, nothing twice, and every fault in its own words."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from crawlers.chromium import find_chromium
from crawlers.replica.server import Replica
from pipelines.crawl_sections import SiteSettings
from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from tests.pipelines.conftest import stored_rows
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse, Refused
from warehouse.pages.snapshots import SnapshotRef, read_snapshot
from warehouse.queries.query import run_select


@pytest.mark.parametrize("site", ["naver_kin", "nate_pann"])
def test_a_crawl_finds_every_post_and_a_second_one_fetches_nothing(settings, serve, corpus, site):
    replica = serve(site)
    first = crawl_site(settings, CrawlPlan(site, base_url=replica.base_url, browser="never"))
    assert (first.stored, first.set_aside, first.gone, first.remaining) == (len(corpus[site]), 0, 0, 0)
    asked, rows = len(replica.requests), stored_rows(settings)
    again = crawl_site(settings, CrawlPlan(site, base_url=replica.base_url, browser="never"))
    assert (again.fetched, again.stored) == (0, 0)
    assert len(replica.requests) == asked + 1  # robots.txt is asked for at each start
    assert stored_rows(settings) == rows


def test_the_note_beside_the_bar_is_the_topic_not_the_site_that_the_bar_names(settings, serve):
    notes = set()
    plan = CrawlPlan("naver_kin", base_url=serve(posts=3).base_url, browser="never")
    crawl_site(settings, plan, on_page=lambda done, total=None, note="": notes.add(note))
    assert notes == {""}


def test_a_crawl_without_a_salt_says_so_once(settings, serve, monkeypatch):
    plan = CrawlPlan("naver_kin", base_url=serve(posts=3).base_url, browser="never")
    first, again = crawl_site(settings, plan), crawl_site(settings, plan)
    assert ["no author salt" in note for note in first.notes] == [True] and not again.notes
    monkeypatch.setenv("MUNDAP_AUTHOR_SALT", "소금")
    signed = crawl_site(settings, replace(plan, base_url=serve(posts=4).base_url))
    assert (signed.stored > 0, signed.notes) == (True, ())


def test_every_page_is_kept_before_it_is_stored(settings, serve):
    crawl_site(settings, CrawlPlan("naver_kin", base_url=serve(posts=8).base_url, browser="never"))
    pages = run_select(settings.database_url, "select warc_file, warc_offset, warc_length, sha256, url from page")
    for row in pages.itertuples():
        ref = SnapshotRef(row.warc_file, row.warc_offset, row.warc_length, row.sha256)
        assert read_snapshot(settings.folder / "snapshots", ref).url == row.url
    unkept = "select count(*) as n from question where page_sha256 not in (select sha256 from page)"
    assert run_select(settings.database_url, unkept)["n"][0] == 0


def test_a_budget_is_for_all_runs_of_a_crawl_together(settings, serve, corpus):
    replica = serve()
    base = {"base_url": replica.base_url, "browser": "never"}
    first = crawl_site(settings, CrawlPlan("naver_kin", max_pages=30, **base))
    again = crawl_site(settings, CrawlPlan("naver_kin", max_pages=30, **base))
    more = crawl_site(settings, CrawlPlan("naver_kin", max_pages=40, **base))
    rest = crawl_site(settings, CrawlPlan("naver_kin", **base))
    assert (first.fetched, again.fetched, more.fetched) == (30, 0, 10)
    assert first.remaining > 0 and rest.remaining == 0
    assert first.stored + more.stored + rest.stored == len(corpus["naver_kin"])


def test_personal_data_is_masked_before_it_is_stored(settings, serve):
    for site in ("naver_kin", "nate_pann"):
        crawl_site(settings, CrawlPlan(site, base_url=serve(site).base_url, browser="never"))
    texts = " ".join(str(field) for rows in stored_rows(settings).values() for row in rows for field in row)
    assert "010-" not in texts and "@example.com" not in texts
    assert "[전화번호]" in texts and "[이메일]" in texts


def test_the_authors_name_is_nowhere_in_the_warehouse(settings, serve, corpus):
    crawl_site(settings, CrawlPlan("naver_kin", base_url=serve().base_url, browser="never"))
    engine = open_warehouse(settings.database_url)
    with engine.connect() as connection:
        keys = connection.execute(sa.text("select author_key from answer where author_key is not null")).all()
    assert keys == []  # no salt, no key: never one made with a default


@pytest.mark.parametrize("fault", ["429:2", "429_date:2", "503:2", "truncated:2"])
def test_a_passing_fault_costs_time_but_no_page(settings, serve, fault):
    report = crawl_site(
        settings, CrawlPlan("naver_kin", base_url=serve(posts=6, fault=fault).base_url, browser="never")
    )
    assert (report.stored, report.set_aside, report.remaining) == (6, 0, 0)


def test_an_outage_ends_the_run_and_the_next_one_finds_every_page(settings, corpus):
    posts = corpus["naver_kin"][:6]
    with Replica("naver_kin", posts, fault="503:100000") as down:
        base_url, port = down.base_url, int(down.base_url.rpartition(":")[2])
        report = crawl_site(settings, CrawlPlan("naver_kin", base_url=base_url, browser="never"))
    assert "does not answer as it should" in report.ended
    assert (report.stored, report.set_aside) == (0, 0) and report.remaining > 0
    with Replica("naver_kin", posts, port=port):
        again = crawl_site(settings, CrawlPlan("naver_kin", base_url=base_url, browser="never"))
    assert (again.stored, again.set_aside, again.remaining, again.ended) == (6, 0, 0, "")


def test_the_wrong_site_at_an_address_is_no_success(settings, serve):
    report = crawl_site(settings, CrawlPlan("nate_pann", base_url=serve("naver_kin").base_url, browser="never"))
    assert "check --base-url" in report.ended


def test_a_captcha_stops_the_crawl_and_the_host(settings, serve):
    replica = serve(fault="captcha:5")
    report = crawl_site(settings, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never"))
    assert report.blocked and report.remaining > 0
    assert "captcha" in report.ended and "nothing more is sent" in report.ended
    asked = len(replica.requests)
    with pytest.raises(Refused, match="captcha"):
        crawl_site(settings, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never"))
    assert len(replica.requests) == asked


def test_deleted_questions_are_gone_not_lost(settings, serve):
    report = crawl_site(
        settings, CrawlPlan("naver_kin", base_url=serve(posts=6, fault="deleted").base_url, browser="never")
    )
    assert (report.gone, report.stored, report.set_aside) == (6, 0, 0)


def test_an_unknown_layout_keeps_the_bytes_and_stores_no_row(settings, serve):
    plan = CrawlPlan("naver_kin", base_url=serve(posts=6, fault="redesign").base_url, browser="never")
    report = crawl_site(settings, plan)
    assert (report.set_aside, report.stored) == (6, 0)
    kept = run_select(settings.database_url, "select count(*) as n from page where kind = 'unknown'")
    assert kept["n"][0] == 6


def test_robots_that_refuse_need_a_permission_on_record(settings, serve):
    replica = serve(posts=6, fault="robots_refuse")
    plan = CrawlPlan("naver_kin", base_url=replica.base_url, browser="never")
    with pytest.raises(Refused, match="permission") as caught:
        crawl_site(settings, plan)
    assert "Naver" in str(caught.value)
    assert [request for request in replica.requests if "robots.txt" not in request] == []
    allowed = settings.model_copy(update={"sites": {"naver_kin": SiteSettings(permission="the owner, 2026-11-01")}})
    assert crawl_site(allowed, plan).stored == 6
    kept = run_select(settings.database_url, "select permission from robots order by robots_id desc", limit=1)
    assert kept["permission"][0] == "the owner, 2026-11-01"


@pytest.mark.parametrize(("fault", "stored"), [("robots_404", 6), ("robots_500", None)])
def test_missing_robots_allow_and_failing_ones_close(settings, serve, fault, stored):
    plan = CrawlPlan("naver_kin", base_url=serve(posts=6, fault=fault).base_url, browser="never")
    if stored is None:
        with pytest.raises(Refused, match=r"robots\.txt cannot be had"):
            crawl_site(settings, plan)
    else:
        assert crawl_site(settings, plan).stored == stored


def test_a_site_that_does_not_answer_is_named(settings):
    with pytest.raises(Refused, match=r"127\.0\.0\.1:9/robots"):
        crawl_site(settings, CrawlPlan("naver_kin", base_url="http://127.0.0.1:9", browser="never"))


def test_a_topic_leads_to_its_own_questions_only(settings, serve, corpus):
    crawl_site(settings, CrawlPlan("naver_kin", topic="요리", base_url=serve().base_url, browser="never"))
    cooking = [post for post in corpus["naver_kin"] if post.board == "8"]
    assert len(stored_rows(settings)["question"]) == len(cooking) > 0


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason="Chromium and its driver are not on this machine")
def test_chromium_gives_the_same_rows_as_http(tmp_path, serve):
    replica = serve(posts=6)
    plain, rendered = Settings(root=tmp_path / "plain"), Settings(root=tmp_path / "rendered")
    crawl_site(plain, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never"))
    crawl_site(rendered, CrawlPlan("naver_kin", base_url=replica.base_url, browser="always"))
    assert stored_rows(rendered) == stored_rows(plain)
    assert set(run_select(rendered.database_url, "select fetched_by from page")["fetched_by"]) == {"browser"}


def test_an_address_that_is_none_is_refused(settings):
    with pytest.raises(Misuse, match="no web address"):
        crawl_site(settings, CrawlPlan("naver_kin", base_url="127.0.0.1:8900"))
