"""Leave and pace of a crawl: contact, robots.txt again after a day, Crawl-delay, a browser that falls."""

from datetime import timedelta

import psutil
import pytest

from crawlers.chromium import find_chromium
from crawlers.sites.registry import SITES
from pipelines.__main__ import run
from pipelines.sections import CrawlSettings, SiteSettings
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


def _browser_processes():
    found = []
    for process in psutil.process_iter(["name", "cmdline"]):
        if process.info["name"] == "chromedriver" or "mundap-chromium-" in " ".join(process.info["cmdline"] or ()):
            found.append(process)
    return found


@pytest.mark.browser
@pytest.mark.skipif(find_chromium() is None, reason="Chromium and its driver are not on this machine")
@pytest.mark.parametrize("victim", ["chromedriver", "chromium"])
def test_a_browser_killed_in_mid_crawl_is_replaced(settings, serve, victim):
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
    assert run_select(settings.database_url, fell)["n"][0] == 1
    left = {process.pid for process in _browser_processes()} - others
    assert not left & seen
