"""Lists that had rows and show none now, and questions that go all at once: told apart from an ordinary day."""

from dataclasses import replace
from typing import Any

import pytest

from crawlers.replica.server import Replica
from crawlers.sites import nate_pann, registry
from crawlers.sites.registry import SITES
from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, CrawlReport, crawl_site
from warehouse.queries.query import run_select
from warehouse.records.pages import Page, ParsedPage

LISTS = "select kind, state, reason_code, etag from frontier where kind in ('list', 'next') and url like '%dirId%'"
BOARD = "/talk/c2"


def port_of(base_url: str) -> int:
    return int(base_url.rpartition(":")[2])


def visit(
    settings: Settings, posts: Any, base_url: str | None, *, fault: str | None = None, **more: Any
) -> CrawlReport:
    site = more.pop("site", "naver_kin")
    with Replica(site, posts, port=port_of(base_url) if base_url else 0, fault=fault) as replica:
        plan = CrawlPlan(site, base_url=base_url or replica.base_url, browser="never")
        return crawl_site(settings, replace(plan, **more))


@pytest.fixture
def base_url() -> str:
    """The address of a replica that comes and goes."""
    with Replica("naver_kin", ()) as replica:
        return replica.base_url


def test_lists_that_lost_their_rows_end_the_crawl_and_are_looked_at_again(settings, corpus, base_url):
    posts = corpus["naver_kin"]
    first = visit(settings, posts[:60], base_url)
    assert (first.stored, first.ended, first.notes) == (60, "", ())
    for _ in range(2):  # the second run knows it too, though no list is due by its own time
        lost = visit(settings, posts, base_url, fault="empty", refresh="no" if _ else "all")
        assert lost.ended.startswith("naver_kin list.rows: ") and "lists that had rows show none now" in lost.ended
        assert lost.stored == 0 and lost.remaining > 1
    rows = run_select(settings.database_url, LISTS)
    waiting = rows[rows["reason_code"] == "drift list.rows"]
    assert set(waiting["state"]) == {"pending"} and waiting["etag"].isna().all()
    assert len(waiting[waiting["kind"] == "list"]) == len({post.board for post in posts[:60]})
    well = visit(settings, posts, base_url)
    assert (well.ended, well.remaining, well.notes) == ("", 0, ())
    assert run_select(settings.database_url, "select count(*) as n from question")["n"][0] > 60, "new ones are found"


def test_ordinary_lists_are_no_alarm(settings, corpus, base_url):
    """The posts of one board and the last page of another have gone; the others stand."""
    posts = corpus["naver_kin"]
    boards = sorted({post.board for post in posts})
    visit(settings, posts, base_url)
    left = [post for post in posts if post.board != boards[0]]
    last = next(post.board for post in left if sum(other.board == post.board for other in left) > 20)
    gone = [post for post in left if post.board == last][20:]
    report = visit(settings, [post for post in left if post not in gone], base_url, refresh="all")
    assert report.ended == "" and not any("rows" in note or "row " in note for note in report.notes), report.notes
    again = visit(settings, [post for post in left if post not in gone], base_url, refresh="all")
    assert (again.ended, again.remaining) == ("", 0)


def test_a_lone_list_without_its_rows_is_told(settings, corpus, base_url):
    board = corpus["naver_kin"][0].board
    posts = [post for post in corpus["naver_kin"] if post.board == board][:5]
    visit(settings, posts, base_url)
    report = visit(settings, posts, base_url, fault="empty", refresh="all")
    assert report.ended == "" and report.remaining == 0
    assert any(note.startswith("1 of 1 list that had rows shows none now") for note in report.notes), report.notes


@pytest.mark.parametrize("is_by_day", [False, True], ids=["search", "by day"])
def test_a_search_that_finds_nothing_any_more_is_no_alarm(settings, corpus, base_url, is_by_day):
    when = corpus["naver_kin"][0].asked_at.date()
    plan = {"query": corpus["naver_kin"][0].title.split()[0]} | ({"since": when, "until": when} if is_by_day else {})
    assert visit(settings, corpus["naver_kin"], base_url, **plan).stored > 0
    report = visit(settings, corpus["naver_kin"], base_url, fault="empty", refresh="all", **plan)
    assert report.ended == "" and not any("had rows" in note for note in report.notes)


def test_a_check_turned_off_tells_and_ends_nothing(settings, corpus, base_url):
    off = Settings(root=settings.root, crawl={"stop_on_drift": False})
    visit(off, corpus["naver_kin"][:30], base_url)
    report = visit(off, corpus["naver_kin"][:30], base_url, fault="empty", refresh="all")
    assert (report.ended, report.remaining) == ("", 0)
    assert any("lists that had rows show none now" in note for note in report.notes)


def test_a_stale_reader_of_lists_on_a_fresh_warehouse_is_told(settings, corpus, base_url, monkeypatch):
    """The home page is read as ever, the rows of the channels have other classes."""

    def reader(page: Page, salt: bytes | None) -> ParsedPage:
        body = page.body.replace(b"subject", b"v9-line").replace(b"post_list", b"v9-list")
        return nate_pann.read(replace(page, body=body) if BOARD in page.url else page, salt)

    monkeypatch.setattr(registry, "SITES", {**SITES, "nate_pann": replace(SITES["nate_pann"], read=reader)})
    report = visit(settings, corpus["nate_pann"], base_url, site="nate_pann")
    assert report.stored > 0 and report.ended == ""
    (note,) = report.notes
    assert "lists show no row although they are no end of a list" in note and "has the site changed?" in note


@pytest.mark.parametrize(("posts", "is_told"), [(10, True), (4, False)], ids=["ten", "four"])
def test_questions_that_go_all_at_once_are_told(settings, corpus, base_url, posts, is_told):
    visit(settings, corpus["naver_kin"][:posts], base_url)
    report = visit(settings, corpus["naver_kin"][:posts], base_url, fault="deleted", refresh="all")
    assert (report.gone, report.ended) == (posts, "")
    said = f"{posts} of {posts} questions are gone: if the site only hides them, ask again with --retry gone"
    assert (said in report.notes) is is_told
    back = visit(settings, corpus["naver_kin"][:posts], base_url, retry="gone")
    assert (back.gone, back.notes) == (0, ())
