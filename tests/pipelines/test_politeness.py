"""The proof from the ledger: a polite crawl passes, 429s included; each rude act is told in its own words."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pytest

from crawlers.replica.server import Replica
from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.steps.proof.politeness import prove


def _doctor(settings, *statements):
    # Whoever doctors a ledger does not ask its foreign keys, which SQLite keeps only where it is told to.
    with closing(sqlite3.connect(settings.folder / "warehouse.db", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory, corpus):
    """A short crawl with a gap and one 429 that asks for a second."""
    settings = Settings(root=tmp_path_factory.mktemp("ledger"))
    with Replica("naver_kin", corpus["naver_kin"][:2], fault="429:1") as replica:
        plan = CrawlPlan("naver_kin", base_url=replica.base_url, browser="never", gap=0.05)
        assert crawl_site(settings, plan).stored == 2
    return settings


@pytest.fixture
def crawled(ledger, tmp_path):
    """A copy of that crawl's warehouse, to be doctored."""
    shutil.copytree(ledger.folder, tmp_path / ".mundap")
    return Settings(root=tmp_path)


def test_a_crawl_with_429s_is_polite(crawled):
    proof = prove(crawled)
    assert proof.breaches == ()
    (host,) = proof.hosts
    assert host.requests == proof.requests > 4 and (host.robots, host.waits, host.pauses) == (1, 1, 1)
    assert proof.min_gap_seconds is not None and proof.min_gap_seconds >= 0.05


LAST = "(select max(request_id) from request)"
BEFORE_LAST = f"(select max(request_id) from request where request_id < {LAST})"
ASKED = "(select sent_at from request where retry_after_seconds is not null)"


@pytest.mark.parametrize(
    ("doctored", "words"),
    [
        pytest.param("update request set user_agent = null", "does not say what it called itself", id="no name"),
        pytest.param(
            f"update request set sent_at = (select sent_at from request where request_id = {BEFORE_LAST}) "
            f"where request_id = {LAST}",
            "was sent 0.000 s after request",
            id="gap shortened",
        ),
        pytest.param(
            f"update request set url = replace(url, '/qna/', '/qna/expertAnswer/') where request_id = {LAST}",
            "is refused by the robots.txt in force",
            id="disallowed path",
        ),
        pytest.param(
            f"update request set sent_at = strftime('%Y-%m-%d %H:%M:%f000', {ASKED}, '+0.5 seconds') "
            f"where sent_at = (select min(sent_at) from request where sent_at > {ASKED})",
            "before the wait was over: request 2 was answered 429 with Retry-After: 1 s",
            id="before Retry-After ended",
        ),
        pytest.param(
            f"update request set robots_id = null where request_id = {LAST}",
            "names no robots.txt in force",
            id="without robots",
        ),
        pytest.param("update robots set body = ''", "does not match its hash", id="robots changed"),
        pytest.param("update robots set fetched_at = datetime(fetched_at, '-25 hours')", "older than a day", id="old"),
        pytest.param("update robots set status = 503", "is refused by the robots.txt", id="robots not had"),
        pytest.param(
            "update robots set body = 'User-agent: *\nCrawl-delay: 10'", "less than the 10 s", id="Crawl-delay"
        ),
        pytest.param(
            "update request set gap_seconds = 0.05", "the gap in force, 0.050 s, had not grown", id="no slower"
        ),
        pytest.param(
            f"update request set page_kind = 'captcha' where request_id = {BEFORE_LAST}",
            "was answered with a captcha",
            id="sent during a stop",
        ),
        pytest.param(
            "insert into pause (host, kind, why, begins_at, until) select host, 'rest', 'HTTP 503', "
            "datetime(min(sent_at), '-1 hour'), datetime(max(sent_at), '+1 hour') from request group by host",
            "left alone until",
            id="sent during a rest",
        ),
        pytest.param(
            "update robots set user_agent = 'somebody else/1.0'",
            "was sent as 'mundap/0.1', its robots.txt was read as 'somebody else/1.0'",
            id="another user agent",
        ),
        pytest.param("update page set request_id = null", "names no request", id="page of no request"),
        pytest.param(
            f"delete from request where request_id = {LAST}", "which is not in the ledger", id="request of a page gone"
        ),
        pytest.param(
            "delete from request where status = 429", "request 2 is missing from the ledger", id="refusal hushed up"
        ),
        pytest.param("delete from request where frontier_id = 1", "no request for it is on record", id="visit"),
    ],
)
def test_a_doctored_ledger_is_found_out(crawled, doctored, words):
    _doctor(crawled, doctored)
    assert any(words in found.line for found in prove(crawled).breaches), prove(crawled).breaches


def test_a_ledger_whose_end_is_cut_off_is_found_out(crawled):
    """No number is missing then, and the pages are asked for again as if nobody had."""
    _doctor(
        crawled,
        "delete from page",
        "update frontier set state = 'pending', visited_at = null",
        f"delete from request where request_id > {LAST} - 2",
    )
    told = [breach.line for breach in prove(crawled).breaches]
    assert any("was last asked at" in line and "its newest request was sent at" in line for line in told)
    _doctor(crawled, "delete from request")
    told = [breach.line for breach in prove(crawled).breaches]
    assert any("was last asked at" in line and "nothing was sent to it" in line for line in told)
    assert any(re.fullmatch(r"load 1 fetched \d+ pages, on record are 0 requests of it", line) for line in told)


def test_a_recorded_permission_is_proof_where_robots_refuse(crawled):
    _doctor(crawled, "update robots set body = 'User-agent: *\nDisallow: /', sha256 = 'x'")
    assert any("no permission is on record" in found.line for found in prove(crawled).breaches)
    _doctor(crawled, "update robots set permission = 'the owner, 2026-11-01'")
    assert not any("no permission" in found.line for found in prove(crawled).breaches)


def test_the_command_tells_each_breach_and_exits_1(crawled, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["politeness", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["breaches"], shown["requests"]) == (0, prove(crawled).requests)
    assert shown["min_gap_seconds"] >= 0.05
    _doctor(crawled, f"update request set robots_id = null where request_id = {LAST}")
    assert run(["politeness", "--load", "1"]) == 1
    out, err = capsys.readouterr()
    assert err.startswith("breach: robots.txt missing, 1 time\n  request ") and "1 breach\n" in out
    assert run(["politeness", "--load", "77"]) == 2


def test_many_breaches_are_shown_by_rule(crawled, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _doctor(crawled, "update request set robots_id = null")
    assert run(["politeness", "--json"]) == 1
    out, err = capsys.readouterr()
    shown = json.loads(out)
    assert shown["rules"] == {"robots.txt missing": shown["breaches"]} and len(shown["lines"]) == shown["breaches"] > 3
    assert err.count("\n  request ") == 3 and f"and {shown['breaches'] - 3} more (all with --json)" in err
