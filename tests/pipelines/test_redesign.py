"""A site changes its pages amid a crawl: the crawl stops, drift tells where, a mended parser fills the gap."""

import json
from dataclasses import replace
from typing import Any

import pytest
from selectolax.lexbor import LexborNode

from crawlers.dates import resolve
from crawlers.markup import attribute, parse_html
from crawlers.replica.server import Replica
from crawlers.sites import naver_kin, registry
from crawlers.sites.kin_links import answers_link
from crawlers.sites.kin_urls import question_ids, question_url
from crawlers.sites.links import fields_of
from crawlers.sites.registry import SITES
from crawlers.visible import line_of, number_in, seen_text
from pipelines.__main__ import run
from pipelines.settings import Settings, load_settings
from pipelines.steps.crawling.crawl import CrawlPlan, CrawlReport, crawl_site
from pipelines.steps.mending.drifting import drift
from pipelines.steps.mending.reparse import ReparsePlan, reparse
from tests.pipelines.conftest import stored_rows
from warehouse.queries.query import run_select
from warehouse.records.pages import Answer, Page, ParsedPage, Question

POSTS = 90
MENDED = "naver_kin-mended"


def mended(page: Page, salt: bytes | None) -> ParsedPage:
    """Today's parser, taught the redesigned question page."""
    tree = parse_html(page.text)
    end, ids = tree.css_first("main.v9-end"), question_ids(page.url)
    if end is None or ids is None:
        return replace(naver_kin.read(page, salt), parser_version=MENDED)
    board = fields_of(attribute(end.css_first(".v9-board a"), "href"))["dirId"]
    raw = line_of(end.css_first("time.v9-when"))
    asked_at, precision = resolve(raw, page.fetched_at)
    total = number_in(line_of(end.css_first(".v9-count b"))) or 0
    question = Question(
        site="naver_kin",
        external_id=ids[0],
        url=question_url(ids[0], ids[1]),
        title=line_of(end.css_first("h1.v9-head")),
        body=seen_text(end.css_first("article.v9-text")),
        topic_id=board,
        topic=line_of(end.css_first(".v9-board a")),
        asked_raw=raw,
        asked_at=asked_at,
        asked_precision=precision,
        views=number_in(line_of(end.css_first(".v9-seen"))),
        answers_total=total,
    )
    replies = end.css("section.v9-reply")
    answers = [row for at, node in enumerate(replies, 1) for row in _reply(node, at, ids[0], page)]
    links = (answers_link(ids[0], ids[1], 2),) if total > len(replies) else ()
    return ParsedPage("naver_kin", "question", "v9", question, tuple(answers), links, MENDED)


def _reply(node: LexborNode, position: int, name: str, page: Page) -> list[Answer]:
    raw, by = line_of(node.css_first("footer time")), line_of(node.css_first(".v9-by")) or ""
    number = attribute(node, "data-no")
    answer = Answer(
        question_external_id=name,
        external_id=number,
        kind="answer",
        parent_external_id=None,
        position=position,
        body=seen_text(node.css_first(".v9-said")),
        is_chosen="data-adopted" in node.attributes,
        written_by="seller" if node.css_first(".v9-card") else "ai" if by.startswith("지식이") else "person",
        answered_raw=raw,
        answered_at=resolve(raw, page.fetched_at)[0],
        votes_up=number_in(line_of(node.css_first(".v9-up"))),
        votes_down=number_in(line_of(node.css_first(".v9-down"))),
    )
    turns = [
        Answer(
            question_external_id=name,
            external_id=None,
            kind="follow_up",
            parent_external_id=number,
            position=at,
            body=seen_text(turn.css_first(".v9-words")),
            speaker="asker" if attribute(turn, "data-by") == "asker" else "answerer",
        )
        for at, turn in enumerate(node.css(".v9-again"), 1)
    ]
    return [answer, *turns]


def broken_in_the_middle(settings: Settings, corpus: Any, fault: str) -> tuple[CrawlReport, str, int]:
    """Crawl some way, then go on at the same address after the site has changed."""
    posts = corpus["naver_kin"][:POSTS]
    with Replica("naver_kin", posts) as healthy:
        base_url, port = healthy.base_url, int(healthy.base_url.rpartition(":")[2])
        crawl_site(settings, CrawlPlan("naver_kin", base_url=base_url, browser="never", max_pages=60))
    with Replica("naver_kin", posts, port=port, fault=fault) as changed:
        report = crawl_site(settings, CrawlPlan("naver_kin", base_url=base_url, browser="never"))
        asked = len([line for line in changed.requests if "detail.naver" in line])
    return report, base_url, asked


@pytest.fixture(scope="module")
def undisturbed(corpus: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    calm = Settings(root=tmp_path_factory.mktemp("calm"))
    with Replica("naver_kin", corpus["naver_kin"][:POSTS]) as replica:
        crawl_site(calm, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never"))
    return stored_rows(calm)


@pytest.fixture
def teach(monkeypatch: pytest.MonkeyPatch) -> Any:
    def install(reader: Any) -> None:
        kin = replace(SITES["naver_kin"], read=reader)
        monkeypatch.setattr(registry, "SITES", {**SITES, "naver_kin": kin})

    return install


def test_a_redesign_stops_the_crawl_and_a_mended_parser_fills_the_gap(settings, corpus, teach, undisturbed):
    report, base_url, asked = broken_in_the_middle(settings, corpus, "redesign")
    assert "naver_kin question.layout: seen in" in report.ended and "mundap drift naver_kin" in report.ended
    assert report.stored == 0 and report.remaining > 0 and not report.blocked
    assert asked < 30, "it stops asking soon"
    found = {entry["field"]: entry for entry in drift(settings, "naver_kin")["fields"]}
    assert found["question.layout"]["state"] == "left"
    now = {name: [p["selector"] for p in entry["now"]] for name, entry in found.items()}
    assert now["question.title"][0] == "h1.v9-head"
    assert now["question.body"][0] == "article.v9-text"
    assert "time.v9-when" in now["question.asked_at"]
    assert "li.v9-seen" in now["question.views"]
    assert now["question.topic"][0] == "p.v9-board"
    title = found["question.title"]["now"][0]
    assert title["pages"] == title["of"] and title["evidence"] == "known values"
    before = {name: [p["selector"] for p in entry["before"]] for name, entry in found.items()}
    assert "div.questionDetail" in before["question.body"]
    assert "section.v9-reply" in now["answer.body"] or "div.v9-said" in now["answer.body"]

    teach(mended)
    shown = reparse(settings, ReparsePlan("naver_kin"))
    assert shown.settled >= 8 and shown.added > 0 and shown.lost == 0
    reparse(settings, ReparsePlan("naver_kin", apply=True))
    waiting = "select count(*) as n from frontier where state = 'set_aside'"
    assert run_select(settings.database_url, waiting)["n"][0] == 0
    port = int(base_url.rpartition(":")[2])
    with Replica("naver_kin", corpus["naver_kin"][:POSTS], port=port, fault="redesign"):
        rest = crawl_site(settings, CrawlPlan("naver_kin", base_url=base_url, browser="never"))
    assert (rest.remaining, rest.set_aside, rest.ended) == (0, 0, "")
    assert stored_rows(settings) == undisturbed


BROKEN = "select count(*) as n from question where body is null"
ASIDE = "select count(*) as n from frontier where state = 'set_aside'"


def test_a_drift_on_record_counts_in_every_run_after_it_and_stores_nothing(settings, corpus):
    def counted(sql: str) -> int:
        return int(run_select(settings.database_url, sql)["n"][0])

    report, base_url, _ = broken_in_the_middle(settings, corpus, "moved")
    nights = [report.set_aside]
    with Replica("naver_kin", corpus["naver_kin"], port=int(base_url.rpartition(":")[2]), fault="moved"):
        for retry in (None, None, "set_aside"):
            night = crawl_site(settings, CrawlPlan("naver_kin", base_url=base_url, browser="never", retry=retry))
            assert "question.body: seen in 0 of" in night.ended and night.stored == 0
            nights.append(night.set_aside)
    assert nights[1:] == [1, 1, 1], "one page is enough where a drift is on record"
    assert counted(BROKEN) == 0


def test_pages_stored_before_the_drift_was_sure_are_counted_where_they_end(settings, corpus):
    """Each run is too short to be sure; together they are, and the report agrees with the frontier."""
    posts = corpus["naver_kin"][:POSTS]
    with Replica("naver_kin", posts) as healthy:
        base_url, port = healthy.base_url, int(healthy.base_url.rpartition(":")[2])
        plan = CrawlPlan("naver_kin", base_url=base_url, browser="never", max_pages=60)
        crawl_site(settings, plan)
    with Replica("naver_kin", posts, port=port, fault="moved"):
        runs = [crawl_site(settings, replace(plan, max_pages=62 + more)) for more in range(0, 10, 2)]
    assert runs[0].stored == 2 and runs[0].ended == ""
    assert "2 pages stored before it was sure set aside with them" in runs[-1].ended
    frontier = run_select(settings.database_url, "select state, count(*) as n from frontier group by state")
    aside = dict(zip(frontier["state"], frontier["n"], strict=True))["set_aside"]
    assert aside == sum(run.set_aside for run in runs) + 2


def test_a_stale_parser_on_a_fresh_warehouse_stores_nothing(settings, serve):
    plan = CrawlPlan("naver_kin", base_url=serve(posts=37, fault="moved").base_url, browser="never")
    report = crawl_site(settings, plan)
    assert "naver_kin question.body: seen in 0 of 20 pages, expected in at least 50%" in report.ended
    assert (report.stored, report.set_aside) == (0, 20)
    assert run_select(settings.database_url, ASIDE)["n"][0] == 20


@pytest.mark.parametrize("site", ["naver_kin", "nate_pann"])
def test_a_fresh_site_whose_questions_are_all_title_is_no_drift(settings, corpus, site):
    """Pairs of question and answer have no bodies, and their pages no text that could be one."""
    pairs = [replace(post, body="") for post in corpus[site][:40]]
    with Replica(site, pairs) as replica:
        report = crawl_site(settings, CrawlPlan(site, base_url=replica.base_url, browser="never"))
    assert (report.stored, report.set_aside, report.ended) == (40, 0, "")


def test_a_drift_in_too_few_pages_is_said(settings, serve):
    few = crawl_site(settings, CrawlPlan("naver_kin", base_url=serve(posts=3, fault="moved").base_url, browser="never"))
    assert (few.stored, few.set_aside, few.ended) == (0, 3, "")
    assert any(note.startswith("3 pages set aside without question.body") for note in few.notes)
    lone = Settings(root=settings.root / "lone")
    one = crawl_site(lone, CrawlPlan("naver_kin", base_url=serve(posts=1, fault="moved").base_url, browser="never"))
    assert one.stored == 1
    assert any("question.body: seen in 0 of 1 page, expected in at least 50%" in note for note in one.notes)


def test_a_field_that_moved_is_named_and_filled(settings, corpus, teach, undisturbed, capsys):
    report, base_url, _ = broken_in_the_middle(settings, corpus, "moved")
    assert "naver_kin question.body: seen in 0 of" in report.ended
    aside = run_select(settings.database_url, "select distinct reason_code from frontier where state = 'set_aside'")
    assert list(aside["reason_code"]) == ["drift question.body"]
    aside_rows = "select frontier_id from frontier where state = 'set_aside'"
    kept = f"select count(*) as n from page where frontier_id in ({aside_rows})"
    assert run_select(settings.database_url, kept)["n"][0] == report.set_aside == 9
    assert report.stored == 0, "what is in doubt is not stored either"
    found = {entry["field"]: entry for entry in drift(settings, "naver_kin")["fields"]}
    assert [name for name, entry in found.items() if entry["state"] == "left"] == ["question.body"]
    assert "div.v9-text" in [p["selector"] for p in found["question.body"]["now"]]

    def reader(page: Page, salt: bytes | None) -> ParsedPage:
        return naver_kin.read(replace(page, body=page.body.replace(b'"v9-text"', b'"questionDetail"')), salt)

    still = reparse(settings, ReparsePlan("naver_kin", apply=True))
    assert (still.stored, still.drifting) == (0, 9), "the same parser does not store what the crawl set aside"
    (settings.root / "mundap.toml").write_text("", "utf-8")
    command = ["reparse", "naver_kin", "--config", str(settings.root / "mundap.toml")]
    assert run([*command, "--json"]) == 0, "without --apply nothing was asked to be filled"
    assert run([*command, "--apply", "--json"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[-1])["unread"] == {"question.body": 9}
    assert "9 pages stay unread, for which today's parser is no remedy yet (question.body 9); see" in told.err
    assert "mundap drift naver_kin; mend the parser, then the same command again" in told.err
    teach(reader)
    assert run([*command, "--apply", "--json"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out.splitlines()[-1])["unread"] == {} and "unread" not in told.err
    with Replica("naver_kin", corpus["naver_kin"][:POSTS], port=int(base_url.rpartition(":")[2])):
        rest = crawl_site(settings, CrawlPlan("naver_kin", base_url=base_url, browser="never"))
    assert (rest.remaining, rest.set_aside, rest.ended) == (0, 0, "")
    assert stored_rows(settings) == undisturbed


def test_a_page_read_before_the_redesign_does_not_hide_that_its_newest_is_unread(settings, corpus, teach):
    """Every question was stored before the redesign, and looked at again after it."""
    posts = corpus["naver_kin"][:3]
    with Replica("naver_kin", posts) as healthy:
        plan = CrawlPlan("naver_kin", base_url=healthy.base_url, browser="never")
        crawl_site(settings, plan)
    with Replica("naver_kin", posts, port=int(healthy.base_url.rpartition(":")[2]), fault="redesign"):
        assert crawl_site(settings, replace(plan, refresh="all")).set_aside == 3
    for _ in range(2):  # the second knows it as well as the first
        report = reparse(settings, ReparsePlan("naver_kin", apply=True))
        assert (sum(report.unread.values()), report.settled) == (3, 0), report
        assert run_select(settings.database_url, ASIDE)["n"][0] == 3
    teach(mended)
    report = reparse(settings, ReparsePlan("naver_kin", apply=True, allow_loss=True))
    assert (report.unread, report.settled) == ({}, 3)
    assert run_select(settings.database_url, ASIDE)["n"][0] == 0


@pytest.mark.parametrize(("odd", "code"), [(1, 0), (5, 1)], ids=["one odd page", "more than a few"])
def test_odd_pages_that_nobody_reads_are_told_and_many_are_a_gap(settings, corpus, capsys, monkeypatch, odd, code):
    names = [post.external_id for post in corpus["naver_kin"][:40]]

    def reader(page: Page, salt: bytes | None) -> ParsedPage:
        parsed = naver_kin.read(page, salt)
        is_odd = any(f"docId={name}" in page.url for name in names[:odd]) and parsed.kind == "question"
        return ParsedPage("naver_kin", "unknown", None, None, (), (), parsed.parser_version) if is_odd else parsed

    monkeypatch.setattr(registry, "SITES", {**SITES, "naver_kin": replace(SITES["naver_kin"], read=reader)})
    (settings.root / "mundap.toml").write_text("[crawl]\nstop_on_drift = false\n", "utf-8")
    off = load_settings(settings.root / "mundap.toml")
    with Replica("naver_kin", corpus["naver_kin"][:40]) as replica:
        crawl_site(off, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never"))
    assert run(["reparse", "naver_kin", "--apply", "--config", str(settings.root / "mundap.toml")]) == code
    stay = "1 page stays" if odd == 1 else f"{odd} pages stay"
    told = f"{stay} unread, for which today's parser is no remedy yet (unknown_layout {odd})"
    assert told in capsys.readouterr().err
