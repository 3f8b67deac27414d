"""The same crawl again: pages set aside, gone, changed or unchanged, deeper ones, days gone by, and runs cut short."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.replica.server import Replica
from pipelines.settings import Settings
from pipelines.steps.crawling import walk
from pipelines.steps.crawling.closing import Interrupted
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from tests.pipelines.conftest import stored_rows
from warehouse.connect import open_warehouse
from warehouse.errors import Misuse
from warehouse.frontier.claims import claim
from warehouse.frontier.crawls import Crawl
from warehouse.queries.query import run_select
from warehouse.records.moments import KST
from warehouse.schema.crawling import frontier


def asked(settings: Settings, sql: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = run_select(settings.database_url, sql).to_dict("records")
    return rows


def crawl_twice(settings, first, then, *, fault=None, **second):
    """Crawl a site, then the same address after a change, by the second plan's own options."""
    with Replica("naver_kin", first, fault=fault) as before:
        plan = CrawlPlan("naver_kin", base_url=before.base_url, browser="never")
        begun = crawl_site(settings, plan)
    with Replica("naver_kin", then, port=int(before.base_url.rpartition(":")[2])) as after:
        ended = crawl_site(settings, replace(plan, **second))
        return begun, ended, after.requests


def test_a_redesign_that_has_passed_leaves_no_gap_after_a_retry(settings, corpus):
    posts = corpus["naver_kin"][:6]
    begun, ended, requests = crawl_twice(settings, posts, posts, fault="redesign", retry="set_aside")
    assert (begun.stored, begun.set_aside) == (0, 6)
    assert (ended.stored, ended.set_aside, ended.remaining, ended.ended) == (6, 0, 0, "")
    assert sum("docId" in request and "answerList" not in request for request in requests) == 6
    assert asked(settings, "select count(*) as n from set_aside_pages")[0]["n"] == 0


def test_a_retry_needs_no_new_budget(settings, corpus):
    posts = corpus["naver_kin"][:4]
    with Replica("naver_kin", posts, fault="redesign") as before:
        plan = CrawlPlan("naver_kin", base_url=before.base_url, browser="never")
        crawl_site(settings, plan)
    pages = asked(settings, "select visited_pages from crawl")[0]["visited_pages"]
    with Replica("naver_kin", posts, port=int(before.base_url.rpartition(":")[2])):
        again = crawl_site(settings, replace(plan, retry="set_aside", max_pages=pages))
    assert (again.stored, again.set_aside) == (4, 0)


def test_set_aside_pages_tell_their_reason(settings, serve):
    crawl_site(settings, CrawlPlan("naver_kin", base_url=serve(posts=3, fault="redesign").base_url, browser="never"))
    told = asked(settings, "select reason_code, pages, reason from set_aside_pages")
    assert [(row["reason_code"], row["pages"]) for row in told] == [("unknown_layout", 3)]


def test_deleted_questions_are_asked_for_again_only_on_demand(settings, corpus):
    posts = corpus["naver_kin"][:4]
    begun, ended, requests = crawl_twice(settings, posts, posts, fault="deleted")
    assert (begun.gone, ended.stored, ended.fetched) == (4, 0, 0)
    assert not any("docId" in request for request in requests)
    begun, ended, _ = crawl_twice(replace_root(settings, "more"), posts, posts, fault="deleted", retry="gone")
    assert (begun.gone, ended.stored, ended.gone) == (4, 4, 0)


def replace_root(settings: Settings, name: str) -> Settings:
    return Settings(root=settings.root / name)


def test_a_look_at_what_did_not_change_fetches_no_content(settings, corpus):
    posts = corpus["naver_kin"][:5]
    begun, ended, requests = crawl_twice(settings, posts, posts, refresh="all")
    assert (ended.fetched, ended.unchanged, ended.stored) == (0, begun.fetched, 0)
    assert len(requests) == begun.fetched + 1  # and robots.txt
    intervals = asked(settings, "select kind, min(revisit_seconds) as seconds from frontier group by kind")
    kinds = {row["kind"]: row["seconds"] for row in intervals}
    assert kinds["question"] == 14 * 86_400 and kinds["list"] == 40 * 3_600


def test_nothing_is_looked_at_again_before_its_time(settings, corpus):
    posts = corpus["naver_kin"][:3]
    _, ended, requests = crawl_twice(settings, posts, posts, refresh="due")
    assert (ended.fetched, ended.unchanged) == (0, 0) and len(requests) == 1


def test_a_changed_question_gets_a_new_revision_and_a_lost_one_its_mark(settings, corpus):
    kept, edited, lost = corpus["naver_kin"][:3]
    changed = replace(edited, body=f"{edited.body}\n덧붙인 줄")
    _, ended, _ = crawl_twice(settings, (kept, edited, lost), (kept, changed), refresh="all")
    assert (ended.stored, ended.gone) == (0, 1)
    stored = asked(settings, "select external_id, body, gone_at from question")
    assert next(row["body"] for row in stored if row["external_id"] == edited.external_id).endswith("덧붙인 줄")
    assert [row["external_id"] for row in stored if isinstance(row["gone_at"], str)] == [lost.external_id]
    revisions = "select url from page where kind = 'question' and url like '%docId={}%'"
    assert len(asked(settings, revisions.format(edited.external_id))) == 2
    interval = "select revisit_seconds as seconds from frontier where address_key = 'q:{}'"
    assert asked(settings, interval.format(edited.external_id))[0]["seconds"] == 3.5 * 86_400


def test_a_depth_limit_is_the_crawls_own(settings, serve):
    plan = CrawlPlan("naver_kin", base_url=serve(posts=30).base_url, browser="never")
    shallow = crawl_site(settings, replace(plan, max_depth=1))
    assert shallow.stored == 0 and shallow.remaining > 0 and shallow.ended == ""
    assert "larger --max-depth" in shallow.notes[0]
    assert crawl_site(settings, plan).stored == 30


def test_unknown_words_for_again_are_refused(settings, serve):
    plan = CrawlPlan("naver_kin", base_url=serve(posts=1).base_url, browser="never")
    for wrong in ({"retry": "everything"}, {"refresh": "sometimes"}):
        with pytest.raises(Misuse, match="use one of"):
            crawl_site(settings, replace(plan, **wrong))


def some_days(posts):
    """The middle day of those on which a post was asked, and the posts of that day and the next two."""
    first = sorted(post.asked_at.astimezone(KST).date() for post in posts)[len(posts) // 2]
    last = first + timedelta(days=2)
    return first, last, {post.external_id for post in posts if first <= post.asked_at.astimezone(KST).date() <= last}


def test_days_gone_by_are_filled_day_by_day_and_never_twice(settings, serve, corpus):
    replica = serve("nate_pann")
    since, until, wanted = some_days(corpus["nate_pann"])
    plan = CrawlPlan("nate_pann", base_url=replica.base_url, browser="never", since=since, until=until)

    def stop(done: int, total: int | None = None, note: str = "") -> None:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        crawl_site(settings, plan, on_page=stop)
    assert stopped.value.report.ended.startswith("it was told to stop")
    report = crawl_site(settings, plan)
    assert {row["external_id"] for row in asked(settings, "select external_id from question")} == wanted
    assert report.notes[0] == "3 of 3 days are finished" and "channel" in report.notes[1]
    rankings = [request for request in replica.requests if "stdt=" in request]
    assert len(rankings) == len(set(rankings)) == 3
    asked_before = len(replica.requests)
    again = crawl_site(settings, plan)
    assert again.fetched == 0 and len(replica.requests) == asked_before + 1
    wider = crawl_site(settings, replace(plan, since=since - timedelta(days=1)))
    assert "4 of 4 days are finished" in wider.notes


def test_a_search_goes_by_day_and_a_directory_does_not(settings, serve, corpus):
    replica = serve()
    word = "요리"
    found = [post for post in corpus["naver_kin"] if word in f"{post.title} {post.body}"]
    since, until, wanted = some_days(found)
    plan = CrawlPlan("naver_kin", query=word, base_url=replica.base_url, browser="never", since=since, until=until)
    crawl_site(settings, plan)
    assert {row["external_id"] for row in asked(settings, "select external_id from question")} == wanted != set()
    other = replace_root(settings, "directory")
    report = crawl_site(other, replace(plan, query=None, topic="요리"))
    assert any("naver_kin has no list by day" in note and "directory lists" in note for note in report.notes)


@pytest.mark.parametrize("wrong", ["since", "until"])
def test_a_day_to_come_is_a_mistake(settings, wrong):
    day = datetime.now(KST).date() + timedelta(days=2)
    with pytest.raises(Misuse, match=f"--{wrong} {day} lies in the future"):
        crawl_site(settings, CrawlPlan("naver_kin", base_url="http://127.0.0.1:9", **{wrong: day}))


def test_days_without_a_post_are_no_alarm(settings, serve):
    day = datetime(2014, 3, 1, tzinfo=UTC).date()
    plan = CrawlPlan("nate_pann", base_url=serve("nate_pann", posts=3).base_url, browser="never")
    report = crawl_site(settings, replace(plan, since=day, until=day))
    assert report.stored == 0 and not any("without a single row" in note for note in report.notes)


def test_questions_outside_the_days_are_found_again_when_wanted(settings, serve, corpus):
    plan = CrawlPlan("naver_kin", topic="요리", base_url=serve().base_url, browser="never")
    cooking = [post for post in corpus["naver_kin"] if post.board == "8"]
    since, until, wanted = some_days(cooking)
    some = crawl_site(settings, replace(plan, since=since, until=until))
    assert some.stored == len(wanted)
    outside = f"{len(cooking) - len(wanted)} questions asked outside {since} to {until} left out"
    assert any(note.startswith(outside) for note in some.notes), some.notes
    assert crawl_site(settings, plan).stored == len(cooking) - len(wanted)


def test_pages_held_by_another_process_are_waited_for(settings, serve, monkeypatch):
    plan = CrawlPlan("naver_kin", base_url=serve(posts=3).base_url, browser="never", max_pages=1)
    crawl_site(settings, plan)
    crawl = Crawl("naver_kin", "", plan.base_url)
    engine = open_warehouse(settings.database_url)
    held = claim(engine, crawl, holder="another-host:1:t1", n=99, lease_seconds=600)
    with monkeypatch.context() as patch:
        patch.setattr(walk, "LONGEST_WAIT_SECONDS", 0.0)
        report = crawl_site(settings, replace(plan, max_pages=None))
    assert report.remaining == len(held) > 0 and "another process holds the pages left" in report.ended
    with engine.begin() as connection:
        soon = datetime.now(UTC) + timedelta(seconds=1)
        connection.execute(sa.update(frontier).where(frontier.c.state == "leased").values(lease_until=soon))
    assert crawl_site(settings, replace(plan, max_pages=None)).stored == 3
    engine.dispose()


def test_pages_that_rest_end_a_crawl_as_incomplete(settings, serve):
    plan = CrawlPlan("naver_kin", base_url=serve(posts=2).base_url, browser="never", max_pages=1)
    crawl_site(settings, plan)
    with open_warehouse(settings.database_url).begin() as connection:
        later = datetime.now(UTC) + timedelta(hours=1)
        connection.execute(sa.update(frontier).where(frontier.c.state == "pending").values(next_visit_at=later))
    report = crawl_site(settings, replace(plan, max_pages=None))
    assert report.remaining > 0 and "wait for a retry" in report.ended


def test_a_stopped_crawl_says_what_is_left_and_loses_nothing(settings, serve):
    replica = serve(posts=30)
    settings.root.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "pipelines", "crawl", "naver_kin", "--base-url", replica.base_url, "--json"]
    command += ["--gap", "0.3", "--browser", "never", "--config", str(settings.root / "mundap.toml")]
    (settings.root / "mundap.toml").write_text("", "utf-8")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while len(replica.requests) < 4:
            assert process.poll() is None
        process.terminate()
        out, err = process.communicate(timeout=90)
    report = json.loads(out.splitlines()[-1])
    assert process.returncode == 1 and report["remaining"] > 0
    assert f"{report['remaining']} pages left: it was told to stop" in err
    assert asked(settings, "select outcome from load")[0]["outcome"] == "incomplete"
    rest = crawl_site(settings, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never"))
    assert rest.remaining == 0 and len(stored_rows(settings)["question"]) == 30
