"""Each source of a dataset with its licence: known ones by name, the shipped corpus as ours, all others unknown."""

from collections import Counter
from dataclasses import replace

import pytest
import yaml

from cleaning.pairing import dialogue_id
from crawlers.replica.corpus import load_corpus
from pipelines.steps.building.prepare import prepare
from pipelines.steps.building.rights import UNKNOWN, SourceRights, common_licence
from pipelines.steps.building.rights import rights_of as rights_by_source
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from warehouse.records.dialogues import Dialogue, Turn

REPLICA = "naver_kin@http://127.0.0.1:8970"
SHIPPED = f"naver_kin:{load_corpus()['naver_kin'][0].external_id}"


def said(source: str, thread: str | None = None) -> Dialogue:
    turns = (Turn("user", "안녕하세요"), Turn("assistant", "네 안녕하세요"))
    return Dialogue(dialogue_id(source, str(thread)), source, "k", turns, thread=thread)


def rights_of(dialogues: list[Dialogue]) -> list[SourceRights]:
    threads = {row.source: {other.thread for other in dialogues if other.source == row.source} for row in dialogues}
    return rights_by_source(Counter(row.source for row in dialogues), threads)


@pytest.mark.parametrize(
    ("dialogue", "licence", "words"),
    [
        pytest.param(said(REPLICA, SHIPPED), "apache-2.0", "our own writing", id="the shipped corpus"),
        pytest.param(said(REPLICA, "naver_kin:1"), UNKNOWN, f"served at http://127.0.0.1:8970; {UNKNOWN}", id="a file"),
        pytest.param(said("naver_kin@http://10.0.0.9", SHIPPED), UNKNOWN, UNKNOWN, id="a copy elsewhere"),
        pytest.param(said("naver_kin", "naver_kin:1"), "other", "ask Naver first", id="the site itself"),
        pytest.param(said("chatbot-csv"), "mit", "Chatbot_data_for_Korean v1.0", id="chatbot csv"),
        pytest.param(said("csv:mine"), UNKNOWN, UNKNOWN, id="a user's file"),
    ],
)
def test_each_source_has_its_licence(dialogue: Dialogue, licence: str, words: str) -> None:
    (given,) = rights_of([dialogue])
    assert (given.source, given.rows, given.licence) == (dialogue.source, 1, licence)
    assert words in given.rights


def test_one_strange_post_on_a_replica_is_not_ours() -> None:
    ours = said(REPLICA, SHIPPED)
    assert rights_of([ours, replace(ours, thread="naver_kin:1")])[0].licence == UNKNOWN


def test_a_common_licence_is_one_that_all_share() -> None:
    assert common_licence(rights_of([said("chatbot-csv"), said("chatbot-csv")])) == "mit"
    assert common_licence(rights_of([said("chatbot-csv"), said(REPLICA, SHIPPED)])) == "other"
    assert common_licence(rights_of([said("csv:mine")])) == "other" == common_licence([])


def test_the_card_of_a_crawled_replica_says_apache(settings, serve) -> None:
    replica = serve(posts=12)
    crawl_site(settings, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never"))
    card = (prepare(settings, "kin").path / "README.md").read_text("utf-8")
    assert yaml.safe_load(card.split("---")[1])["license"] == "apache-2.0"
    line = next(line for line in card.splitlines() if line.startswith(f"| naver_kin@{replica.base_url} "))
    assert line.endswith("| apache-2.0 | our own writing, shipped with Mundap under Apache-2.0 |")
