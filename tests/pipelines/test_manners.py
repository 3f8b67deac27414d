"""Leave and pace of a crawl: contact, robots.txt again after a day, Crawl-delay, a browser that falls."""

import time
from dataclasses import replace
from datetime import timedelta

import psutil
import pytest

from crawlers.chromium import find_chromium
from crawlers.replica.exchange import Told
from crawlers.sites.registry import SITES
from pipelines.__main__ import run
from pipelines.crawl_sections import CrawlSettings, SiteSettings
from pipelines.settings import Settings
from pipelines.steps.crawling import permit
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.steps.crawling.pace import gap_of, require_contact, user_agent
from pipelines.steps.proof.politeness import prove
from warehouse.errors import Misuse
from warehouse.queries.query import run_select

REAL = "https://kin.naver.com"


def test_a_real_host_is_not_asked_without_a_contact(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["crawl", "naver_kin"]) == 2
    assert '[crawl] contact = "you@example.org"' in capsys.readouterr().err
    assert not (tmp_path / ".mundap").exists()


@pytest.mark.parametrize("contact", ["call me", "문의@example.org", "a@b.example\r\nX-Evil: 1"])
def test_a_contact_that_reaches_nobody_is_refused(contact):
    with pytest.raises(Misuse, match="neither a mail address nor a web address"):
        require_contact(Settings(crawl=CrawlSettings(contact=contact)), REAL)


def test_the_user_agent_says_who_asks():
    settings = Settings(crawl=CrawlSettings(contact="you@example.org"))
    require_contact(settings, REAL)
    assert user_agent(settings) == "mundap/0.1 (+you@example.org)"


@pytest.mark.parametrize(
    ("origin", "asked", "entry", "gap"),
    [
        (REAL, None, None, 5.0),
        (REAL, 1.0, None, 5.0),
        (REAL, 9.0, None, 9.0),
        (REAL, None, SiteSettings(delay_seconds=1.0), 5.0),
        (REAL, 1.0, SiteSettings(permission="the owner, 2026-11-01"), 1.0),
        ("http://127.0.0.1:8900", None, None, 0.0),
        ("http://127.0.0.1:8900", 2.0, None, 2.0),
        ("http://192.168.0.5", 0.0, None, 5.0),
    ],
    ids=["own", "shorter", "longer", "shorter by settings", "permitted", "loopback", "loopback asked", "private"],
)
def test_a_gap_is_the_sites_own_or_longer(origin, asked, entry, gap):
    settings = Settings(sites={"naver_kin": entry} if entry else {})
    assert gap_of(settings, SITES["naver_kin"], origin, asked) == gap


def test_robots_are_read_again_when_they_are_old(settings, serve, monkeypatch):
    monkeypatch.setattr(permit, "FRESH", timedelta(0))
    replica = serve(posts=2)
    assert crawl_site(settings, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never")).stored == 2
    read = [request for request in replica.requests if request == "GET /robots.txt"]
    named = run_select(settings.database_url, "select count(distinct robots_id) as n from request")["n"][0]
    assert len(read) == named > 3
    assert prove(settings).breaches == ()


def test_the_delay_that_robots_ask_for_is_kept(settings, serve):
    plan = CrawlPlan("naver_kin", base_url=serve(posts=1, fault="robots_delay").base_url, browser="never")
    assert crawl_site(settings, plan).stored == 1
    proof = prove(settings)
    assert proof.breaches == () and proof.min_gap_seconds is not None and proof.min_gap_seconds >= 0.2


def ledger_and_server(settings, replica):
    urls = run_select(settings.database_url, "select url from request order by request_id")["url"]
    return list(urls), [replica.base_url + line.partition(" ")[2] for line in replica.requests]


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason="Chromium and its driver are not on this machine")
def test_every_request_of_a_browser_is_in_the_ledger_and_keeps_its_gap(settings, serve, monkeypatch):
    """Questions lead on by a redirect, then by their script, to a page that asks for a script and its data."""
    replica, arrived = serve(posts=2), []
    healthy = replica._desk.respond

    def respond(asked):
        arrived.append(time.monotonic())
        if asked.path == "/app.js":
            return Told(200, b"fetch('/app.json')", "text/javascript")
        if asked.path == "/app.json" or "docId" not in asked.fields:
            return replace(healthy(asked), status=200)
        way, target = asked.fields.get("way"), asked.headers["x-asked-target"]
        if way is None:
            return Told(302, b"", headers=(("Location", f"{target}&way=1"),))
        if way == "1":
            return Told(200, f"<script>location.href = '{target[:-1]}2'</script>".encode())
        told = healthy(asked)
        return replace(told, body=told.body + b"<script src=/app.js></script><link rel=stylesheet href=/app.css>")

    monkeypatch.setattr(replica._desk, "respond", respond)
    plan = CrawlPlan("naver_kin", base_url=replica.base_url, browser="always", gap=0.3)
    report = crawl_site(settings, plan)
    assert (report.stored, report.remaining, report.set_aside, report.ended) == (2, 0, 0, "")
    on_record, seen = ledger_and_server(settings, replica)
    assert on_record == seen and sum("&way=" in url for url in seen) == 4 and sum("app.js" in url for url in seen) >= 2
    proof = prove(settings)
    assert proof.breaches == () and proof.requests == len(seen)
    # What is on record left then: one that Chromium sent late comes nearer to the next, but all together take no less.
    assert arrived[-1] - arrived[0] > proof.min_gap_seconds * (len(seen) - 1) - 1


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason="Chromium and its driver are not on this machine")
@pytest.mark.parametrize(
    ("fault", "why"),
    [("redirect_refused", "robots"), ("redirect_offsite", "off_site")],
    ids=["refused by robots.txt", "off the site"],
)
def test_a_browser_is_not_led_where_a_crawl_may_not_go(settings, serve, fault, why):
    replica = serve(posts=2, fault=fault)
    report = crawl_site(settings, CrawlPlan("naver_kin", base_url=replica.base_url, browser="always"))
    assert (report.set_aside, report.stored) == (2, 0)
    assert set(run_select(settings.database_url, "select reason_code from set_aside_pages")["reason_code"]) == {why}
    on_record, seen = ledger_and_server(settings, replica)
    assert on_record == seen and not any("expertAnswer" in url for url in seen)
    assert prove(settings).breaches == ()


def _browser_processes():
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "chromedriver" or "mundap-chromium-" in " ".join(process.info["cmdline"] or ()):
            found.append(process)
    return found


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason="Chromium and its driver are not on this machine")
@pytest.mark.parametrize(("victim", "falls"), [("chromedriver", 0), ("chromium", 1)], ids=["chromedriver", "chromium"])
def test_a_browser_killed_in_mid_crawl_is_replaced(settings, serve, victim, falls):
    others = {process.pid for process in _browser_processes()}
    seen, killed = set(), []

    def on_page(done, total=None, note=""):
        ours = psutil.Process().children(recursive=True)
        seen.update(process.pid for process in ours)
        if not killed and done >= 3:
            (first, *_) = (process for process in ours if process.name() == victim)
            first.kill()
            killed.append(first.pid)

    plan = CrawlPlan("naver_kin", base_url=serve(posts=3).base_url, browser="always")
    report = crawl_site(settings, plan, on_page=on_page)
    assert killed
    assert (report.stored, report.set_aside, report.remaining, report.ended) == (3, 0, 0, "")
    fell = "select count(*) as n from request where error like '%another is tried'"
    assert run_select(settings.database_url, fell)["n"][0] == falls
    left = {process.pid for process in _browser_processes()} - others
    assert not left & seen
