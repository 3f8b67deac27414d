"""Lists that had rows and show none now, and questions that go all at once: told apart from an ordinary day."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from crawlers.replica.server import Replica
from crawlers.sites import nate_pann, registry
from crawlers.sites.registry import SITES
from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, CrawlReport, crawl_site
from pipelines.steps.crawling.emptied import ListWatch
from warehouse.frontier.emptied import NOTHING_SAID
from warehouse.frontier.leases import Claim
from warehouse.frontier.revisits import content_sha256
from warehouse.frontier.unjudged import SeenList
from warehouse.queries.query import run_select
from warehouse.records.pages import Link, Page, ParsedPage

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


@pytest.fixture(autouse=True)
def salt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing to say about missing author keys."""
    monkeypatch.setenv("MUNDAP_AUTHOR_SALT", "salt of the tests")


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


KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines.settings import Settings
from pipelines.steps.crawling import emptied
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
emptied.ListWatch.judge = lambda self, **more: os.kill(os.getpid(), signal.SIGKILL)
plan = CrawlPlan("naver_kin", base_url=sys.argv[2], browser="never", refresh="all")
crawl_site(Settings(root=Path(sys.argv[1])), plan)
"""


def killed_before_it_judges(settings: Settings, posts: Any, base_url: str, fault: str | None) -> None:
    with Replica("naver_kin", posts, port=port_of(base_url), fault=fault):
        ended = subprocess.run([sys.executable, "-c", KILLED, str(settings.root), base_url], check=False)
    assert ended.returncode == -signal.SIGKILL


MARKED = "select count(*) as n from frontier where reason_code = 'rows_lost'"


def test_a_crawl_killed_before_it_judged_its_lists_leaves_them_to_the_next(settings, corpus, base_url):
    posts = corpus["naver_kin"]
    visit(settings, posts[:60], base_url)
    killed_before_it_judges(settings, posts, base_url, "empty")
    boards = len({post.board for post in posts[:60]})
    assert run_select(settings.database_url, MARKED)["n"][0] >= boards
    lost = visit(settings, posts, base_url, fault="empty")
    assert lost.fetched == 0 and lost.ended.startswith("naver_kin list.rows: "), "no list is due, and none forgotten"
    assert lost.remaining >= boards
    well = visit(settings, posts, base_url)
    assert (well.ended, well.remaining) == ("", 0) and well.stored > 0


def test_a_killed_crawl_that_saw_one_board_cleared_leaves_no_alarm(settings, corpus, base_url):
    posts = corpus["naver_kin"][::4]
    visit(settings, posts, base_url)
    left = [post for post in posts if post.board != posts[0].board]
    killed_before_it_judges(settings, left, base_url, None)
    assert run_select(settings.database_url, MARKED)["n"][0] >= 1
    for _ in range(2):
        report = visit(settings, left, base_url)
        assert (report.ended, report.remaining, report.notes) == ("", 0, ())
    assert run_select(settings.database_url, MARKED)["n"][0] == 0, "what was judged is judged once"


def watched(*seen: tuple[str, str, str | None, str]) -> tuple[str, tuple[str, ...], dict[int, str]]:
    """What a watch makes of pages, each a kind of address, its path, what it said before, and what it shows now."""
    back: dict[int, str] = {}
    before = {number: said for number, (_, _, said, _) in enumerate(seen)}

    def put_back(said: Mapping[int, str], reason: str) -> int:
        back.update(said)
        return len(said)

    watch = ListWatch("s", frozenset({"/search"}), frozenset({"/"}), True, before.get, put_back)
    for number, (kind, path, _, shows) in enumerate(seen):
        links = () if shows in ("nothing", "304") else (Link(shows, f"https://s{path}/1"),)
        parsed = ParsedPage("s", "list" if links else "empty", None, None, (), links, "s-1")
        row = Claim(number, path, f"https://s{path}", kind, (), None, 1, "", 1, None, None)
        watch.note(row, None if shows == "304" else parsed, content_sha256(parsed, [link.url for link in links]))
    return watch.judge(), watch.doubts(has_questions=True), back


LOST, KEPT = ("list", "/b", "x", "nothing"), ("list", "/b", "x", "question")
WATCHED = {
    "two": ([LOST, LOST], 2, False),
    "one and its next page": ([LOST, ("next", "/b", "x", "nothing")], 2, False),
    "next pages alone": ([("next", "/b", "x", "nothing")] * 9, 0, False),
    "one of three": ([LOST, KEPT, KEPT], 0, False),
    "two of three": ([LOST, KEPT, LOST], 0, True),
    "two, another unchanged": ([LOST, LOST, ("list", "/b", "x", "304")], 0, True),
    "two, the home page well": ([("list", "/", "x", "304"), ("list", "/", "x", "question"), LOST, LOST], 2, False),
    "all after a change amid the crawl": ([KEPT] * 20 + [LOST] * 8, 8, False),
    "seven after a change": ([KEPT] * 20 + [LOST] * 7, 0, False),
    "searches": ([("list", "/search", "x", "nothing")] * 9, 0, False),
    "never visited": ([("list", "/b", None, "nothing")] * 2, 0, False),
    "never visited, three": ([("list", "/b", None, "nothing")] * 3, 0, True),
    "never had any": ([("list", "/b", NOTHING_SAID, "nothing")] * 2 + [KEPT], 0, False),
    "lists of lists": ([("list", "/b", "x", "list")] * 9, 0, False),
}


def test_what_a_run_before_saw_counts_once() -> None:
    def recalled(*said: str | None) -> tuple[str, list[int]]:
        accepted: list[int] = []
        watch = ListWatch("s", frozenset({"/search"}), frozenset({"/"}), True, accept=accepted.extend)
        watch.recall([SeenList(number, "https://s/b", "list", one) for number, one in enumerate(said)])
        row = Claim(0, "/b", "https://s/b", "list", (), None, 1, "", 1, None, None)
        empty = ParsedPage("s", "empty", None, None, (), (), "s-1")
        watch.said_before = {0: "x"}.get
        assert watch.note(row, empty, NOTHING_SAID)
        assert watch.judge(is_whole=False) or not accepted, "a run cut short leaves it to the next"
        return watch.judge(), accepted

    assert recalled("x") == ("", [0]), "the same list twice is one"
    assert recalled("x", None) == ("", [0])
    says, accepted = recalled("x", "x")
    assert "2 of 2 lists that had rows show none now" in says and accepted == []


@pytest.mark.parametrize(("seen", "put_back", "is_told"), WATCHED.values(), ids=WATCHED)
def test_lists_are_judged_by_what_they_said_before(seen, put_back, is_told):
    says, notes, back = watched(*seen)
    assert (bool(says), len(back)) == (put_back > 0, put_back) and set(back.values()) <= {"x"}
    assert says or bool(notes) is is_told, notes
