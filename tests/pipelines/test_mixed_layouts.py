"""A question seen in several layouts, some without the site's numbers: its rows are those of the layout with them."""

from dataclasses import replace

import pytest

from crawlers.replica.server import Replica
from pipelines.settings import Settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.steps.mending.reparse import ReparsePlan, reparse
from tests.pipelines.conftest import stored_rows
from warehouse.queries.query import run_select

ORDERS = [("E4", "mobile", "E4"), ("mobile", "E4"), ("E4", "mobile"), ("E3", "E4", "E3"), ("mobile", "E2", "E3", "E4")]


@pytest.fixture(scope="session")
def posts(corpus):
    """With follow-ups, with comments on answers (of which E3 shows the first without numbers), and plain ones."""
    commented = [post for post in corpus["naver_kin"] if any(answer.comments for answer in post.answers)]
    return (*corpus["naver_kin"][:4], *commented[:3])


def crawled(settings: Settings, posts, layouts) -> list:
    """The stored rows after a crawl in each of these layouts, one after the other, of the same site."""
    port = 0
    for number, era in enumerate(layouts):
        with Replica("naver_kin", posts, port=port, era=era) as replica:
            plan = CrawlPlan("naver_kin", base_url=replica.base_url, browser="never")
            report = crawl_site(settings, replace(plan, refresh="all" if number else None))
            port = int(replica.base_url.rpartition(":")[2])
        assert (report.ended, report.set_aside) == ("", 0)
    return stored_rows(settings)["answer"]


@pytest.fixture(scope="session")
def alone(tmp_path_factory, posts):
    rows = crawled(Settings(root=tmp_path_factory.mktemp("alone")), posts, ("E4",))
    assert {row[1] for row in rows} == {"answer", "comment", "follow_up"}
    return rows


@pytest.mark.parametrize("layouts", ORDERS, ids=">".join)
def test_every_order_of_layouts_gives_the_rows_of_the_numbered_one(settings, posts, alone, layouts):
    # Votes are told by few layouts and may be lost on demand; all else is what the layout with numbers told.
    assert [row[:-1] for row in crawled(settings, posts, layouts)] == [row[:-1] for row in alone]
    counted = "select count(*) as n from questions where answers_stored > answers_total"
    assert run_select(settings.database_url, counted)["n"][0] == 0
    told = {field.field.partition(".")[2] for field in reparse(settings, ReparsePlan("naver_kin")).fields}
    assert not told & {"body", "speaker", "is_chosen", "written_by"}, "every answer meets its own row"
    reparse(settings, ReparsePlan("naver_kin", apply=True, allow_loss=True))
    assert [row[:-1] for row in stored_rows(settings)["answer"]] == [row[:-1] for row in alone]
    assert reparse(settings, ReparsePlan("naver_kin")).fields == []
