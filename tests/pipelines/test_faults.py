"""Every fault of the replica through the whole command: its own words, its exit code, and no page lost by it."""

import json

import pytest
import sqlalchemy as sa

from crawlers.replica.faults import FAULTS
from crawlers.replica.server import Replica
from pipelines.__main__ import run
from pipelines.settings import load_settings
from warehouse.connect import open_warehouse
from warehouse.queries.query import run_select

POSTS = 3
# Fault, exit code, words on stderr, words in the ledger or on the frontier.
CASES = (
    ("429:2", 0, "", "answered 429, asking for 1 s"),
    ("429_date:2", 0, "", "answered 429, asking for 0 s"),
    ("429:1000", 1, "does not answer as it should; run the same command again (http", "answered 429, asking for 1 s"),
    ("503:2", 0, "", "answered 503: try again later"),
    ("slow:1", 0, "", "no answer from"),
    ("truncated:2", 0, "", "failed (peer closed connection without sending complete message body"),
    ("charset", 0, "", None),
    ("gzip_bomb", 1, "3 of 6 pages set aside (50%, the limit is 5%)", "holds more than 8,000,000 bytes"),
    ("redirect_loop", 1, "3 of 6 pages set aside (50%, the limit is 5%)", "redirects in a circle, back to http"),
    (
        "redirect_offsite",
        1,
        "3 of 6 pages set aside (50%, the limit is 5%)",
        "redirects off the site, to https://other.example.com/",
    ),
    ("redirect_refused", 1, "3 of 6 pages set aside (50%, the limit is 5%)", "robots.txt refuses http"),
    ("captcha:3", 3, "answered with a captcha; nothing more is sent to it", "the site answered with a captcha"),
    ("login:3", 3, "answered with a login page; nothing more is sent to it", "the site answered with a login page"),
    ("deleted", 0, "", "the site says it is gone"),
    ("redesign", 1, "3 of 6 pages set aside", "a page of kind unknown (HTTP 200); its bytes are kept"),
    ("moved", 1, "3 pages set aside without question.body, too few to be sure", "seen in 0 of 3 pages"),
    ("empty", 0, "without a single row, and no question", None),
    ("repeats", 0, "", None),
    ("robots_404", 0, "", None),
    ("robots_delay", 0, "", None),
    ("robots_500", 3, "robots.txt cannot be had, so nothing is fetched", "robots.txt answered 500"),
    ("robots_refuse", 3, "refuses crawlers such as ours, and no permission is on record", None),
)


def test_every_fault_has_its_case():
    assert {case[0].partition(":")[0] for case in CASES} == set(FAULTS)


@pytest.fixture
def crawl(tmp_path, monkeypatch, capsys):
    """Run the command in a folder of its own; (exit code, JSON, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MUNDAP_CRAWL__TIMEOUT_SECONDS", "1.0")

    def command(base_url, *more):
        code = run(["crawl", "naver_kin", "--base-url", base_url, "--browser", "never", "--json", *more])
        out, err = capsys.readouterr()
        return code, json.loads(out.splitlines()[-1]) if out else {}, err

    return command


def _the_pause_is_over():
    engine = open_warehouse(load_settings().database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("update host set slowed_until = '2026-01-01', last_sent_at = null"))
        connection.execute(sa.text("delete from pause"))
        connection.execute(sa.text("update request set page_kind = null where page_kind in ('captcha', 'login')"))
    engine.dispose()


@pytest.mark.parametrize(("fault", "code", "words", "kept"), CASES, ids=[case[0] for case in CASES])
def test_a_fault_is_told_and_loses_no_page(crawl, corpus, fault, code, words, kept):
    posts = corpus["naver_kin"][:POSTS]
    with Replica("naver_kin", posts, fault=fault) as sick:
        base_url = sick.base_url
        first = crawl(base_url)
        assert (first[0], words in first[2]) == (code, True), first
    database = load_settings().database_url
    said = run_select(database, "select error as why from request union all select reason as why from frontier")
    assert kept is None or any(kept in (why or "") for why in said["why"]), set(said["why"])
    assert run(["politeness"]) == 0
    if code == 3:
        _the_pause_is_over()
    with Replica("naver_kin", posts, port=int(base_url.rpartition(":")[2])):
        again = crawl(base_url, "--retry", "all", "--refresh", "all")
    assert (again[0], again[1]["remaining"]) == (0, 0), again
    assert first[1].get("stored", 0) + again[1]["stored"] == POSTS
    assert run_select(database, "select count(*) as n from question")["n"][0] == POSTS


@pytest.mark.parametrize("fault", ["robots_refuse", "robots_500"])
def test_a_refusal_before_the_first_page_is_one_json_object_too(crawl, corpus, fault):
    with Replica("naver_kin", corpus["naver_kin"][:POSTS], fault=fault) as replica:
        code, told, err = crawl(replica.base_url)
    assert (code, told["blocked"], told["fetched"], told["remaining"], told["load_id"]) == (3, True, 0, 0, 1)
    assert "robots.txt" in told["reason"] and told["reason"] in err


def test_a_list_that_repeats_is_told_from_one_that_ends(crawl, corpus, monkeypatch):
    monkeypatch.setenv("MUNDAP_AUTHOR_SALT", "salt of the tests")  # nothing to note about missing author keys
    cooking = [post for post in corpus["naver_kin"] if post.board == "8"]
    with Replica("naver_kin", cooking, fault="repeats") as replica:
        code, told, err = crawl(replica.base_url)
    assert (code, told["stored"], told["remaining"]) == (1, 20, 0)
    assert "dirId=8" in told["notes"][0] and "repeats after page 1, 20 rows seen" in told["notes"][0]
    assert "1 list repeated instead of going on" in err
    with Replica("naver_kin", cooking, port=int(replica.base_url.rpartition(":")[2])) as replica:
        healthy = crawl(replica.base_url, "--refresh", "all")
    assert (healthy[0], healthy[1]["stored"], healthy[1]["notes"]) == (0, len(cooking) - 20, [])


def test_a_stopped_host_is_shown_by_status_and_asked_by_nobody(crawl, corpus, capsys):
    with Replica("naver_kin", corpus["naver_kin"][:POSTS], fault="captcha:2") as replica:
        assert crawl(replica.base_url)[0] == 3
        asked = len(replica.requests)
        assert crawl(replica.base_url)[0] == 3
        assert len(replica.requests) == asked
    assert run(["status", "--json"]) == 0
    (host,) = json.loads(capsys.readouterr().out.splitlines()[-1])["hosts"]
    assert (host["state"], host["why"]) == ("stopped", "a captcha") and host["until"]


def test_a_stop_is_lifted_with_a_reason_on_record_only(crawl, corpus):
    posts = corpus["naver_kin"][:POSTS]
    with Replica("naver_kin", posts, fault="login:2") as replica:
        base_url = replica.base_url
        assert crawl(base_url)[0] == 3
        code, told, _ = crawl(base_url)
        assert (code, told["blocked"]) == (3, True)
        assert "which page wants a login" in told["reason"] and "slowly" not in told["reason"]
        assert crawl(base_url, "--lift-stop", " ")[0] == 2
    with Replica("naver_kin", posts, port=int(base_url.rpartition(":")[2])):
        code, told, err = crawl(base_url, "--lift-stop", "the owner, 2026-11-22: the door is open again")
        assert (code, told["stored"]) == (0, POSTS) and "1 stop lifted, on record with its reason" in err
        assert "no stop to lift" in crawl(base_url, "--lift-stop", "the owner")[2]
    assert run(["politeness"]) == 0
    kept = run_select(load_settings().database_url, "select lifted_why from pause where kind = 'stop'")
    assert list(kept["lifted_why"]) == ["the owner, 2026-11-22: the door is open again"]
    engine = open_warehouse(load_settings().database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("update pause set lifted_why = ''"))
    engine.dispose()
    assert run(["politeness"]) == 1


def test_a_drift_is_readable_in_80_columns_and_its_exit_code_tells_it(crawl, corpus, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "80")
    with Replica("naver_kin", corpus["naver_kin"][:POSTS], fault="moved") as replica:
        crawl(replica.base_url)
    assert run(["status"]) == 0
    out = capsys.readouterr().out
    assert "drift question.body" in out and "newest (KST)" in out and "reason_cod" not in out
    assert all(len(line) <= 80 for line in out.splitlines()), out
    assert run(["drift", "naver_kin"]) == 1
    assert "question.body" in capsys.readouterr().out
