"""Topics from the settings file reach the crawl."""

from pathlib import Path

import pytest

from pipelines.settings import Settings, load_settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.topics import topics_of
from tests.pipelines.conftest import stored_rows
from warehouse.errors import Misuse


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "mundap.toml").write_text(text, encoding="utf-8")
    return load_settings(folder / "mundap.toml")


def test_settings_add_to_a_topic(tmp_path):
    text = '[topics."연애"]\nchannels = ["c20011", "c20006"]\nqueries = ["반지"]\n'
    topic = topics_of(settings_of(tmp_path, text))["연애"]
    assert topic.directories == ("80101",)
    assert topic.channels == ("c20006", "c20025", "c20009", "c20011")
    assert topic.queries == ("반지",)


def test_settings_replace_a_topic_and_make_a_new_one(tmp_path):
    text = '[topics."연애"]\nreplace = true\ndirectories = ["8"]\n[topics."여행"]\ndirectories = ["9"]\n'
    topics = topics_of(settings_of(tmp_path, text))
    assert (topics["연애"].directories, topics["연애"].channels) == (("8",), ())
    assert topics["여행"].directories == ("9",)
    assert set(topics) == {"연애", "가족", "자격증", "요리", "여행"}


@pytest.mark.parametrize(
    ("line", "place"),
    [("directories = ['연애']", "directories"), ("channels = ['20006']", "channels"), ("boards = []", "boards")],
    ids=["directory by name", "channel without c", "unknown key"],
)
def test_a_place_that_is_none_is_told(tmp_path, line, place):
    with pytest.raises(Misuse, match=place):
        settings_of(tmp_path, f'[topics."연애"]\n{line}\n')


def test_a_topic_of_the_settings_is_crawled(tmp_path, serve):
    settings = settings_of(tmp_path, '[topics."바다"]\nqueries = ["김치찌개"]\n')
    report = crawl_site(settings, CrawlPlan("naver_kin", topic="바다", base_url=serve().base_url, browser="never"))
    assert report.stored > 0
    assert all("김치찌개" in f"{row[2]} {row[3]}" for row in stored_rows(settings)["question"])


def test_a_topic_without_a_list_on_this_site_is_told(tmp_path, serve):
    settings = settings_of(tmp_path, '[topics."바다"]\nchannels = ["c20034"]\n')
    with pytest.raises(Misuse, match=r"'바다' names no list of Naver 지식iN.*\[topics\.바다\]"):
        crawl_site(settings, CrawlPlan("naver_kin", topic="바다", base_url=serve().base_url, browser="never"))


@pytest.mark.parametrize("with_minors", [False, True], ids=["by default", "asked for"])
def test_boards_of_minors_are_crawled_only_when_asked_for(tmp_path, serve, with_minors):
    text = f'[crawl]\nwith_minors = {str(with_minors).lower()}\n[topics."십대"]\nchannels = ["c20038", "c20051"]\n'
    replica = serve("nate_pann")
    plan = CrawlPlan("nate_pann", topic="십대", base_url=replica.base_url, browser="never", max_pages=3)
    crawl_site(settings_of(tmp_path, text), plan)
    assert any("c20038" in request for request in replica.requests) is with_minors
