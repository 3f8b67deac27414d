from datetime import UTC, datetime

import pytest

from crawlers.robots import Robots, allows, crawl_delay, read_robots, robots_url
from warehouse.errors import Transient
from warehouse.records.pages import Page

AGENT = "Mundap/0.1 (+mailto:examplebot@example.com)"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
# Rules such as both sites had in 2026-09; the contact address holds the name of another robot.
PANN = "User-agent: *\nDisallow: /\n\nUser-agent: Googlebot\nAllow: /talk/\n"
KIN = "User-agent: *\nDisallow: /expert/\n\nUser-agent: ExampleBot\nDisallow: /\n"


def robots(text: str, status: int = 200) -> Robots:
    url = "https://kin.naver.com/robots.txt"
    return read_robots(url, Page(url, url, status, (), text.encode(), "utf-8", NOW), NOW)


@pytest.mark.parametrize(
    ("text", "status", "url", "allowed"),
    [
        pytest.param(PANN, 200, "https://pann.nate.com/talk/1", False, id="pann refuses everybody"),
        pytest.param(KIN, 200, "https://kin.naver.com/qna/detail.naver?docId=1", True, id="kin lets questions be read"),
        pytest.param(KIN, 200, "https://kin.naver.com/expert/1", False, id="kin shuts its experts"),
        pytest.param("", 200, "https://a.example/x", True, id="an empty file allows"),
        pytest.param("<html>404</html>", 200, "https://a.example/x", True, id="a page in its place holds no rule"),
        pytest.param("x", 404, "https://a.example/x", True, id="no file allows"),
        pytest.param("User-agent: *\nAllow: /", 500, "https://a.example/x", False, id="a failing server is closed"),
        pytest.param("", 302, "https://a.example/x", False, id="sent away to a login is closed"),
        pytest.param("", 429, "https://a.example/x", False, id="too many requests is closed"),
    ],
)
def test_rules_are_obeyed(text: str, status: int, url: str, allowed: bool) -> None:
    assert allows(robots(text, status), url, AGENT) is allowed


def test_an_unreachable_server_is_closed_and_kept_as_such() -> None:
    kept = read_robots("https://a.example/robots.txt", Transient("no answer"), NOW)
    assert kept.status is None
    assert not allows(kept, "https://a.example/x", AGENT)
    assert crawl_delay(kept, AGENT) is None


def test_the_delay_asked_of_us_is_read() -> None:
    assert crawl_delay(robots("User-agent: mundap\nCrawl-delay: 7\n"), AGENT) == 7.0
    assert crawl_delay(robots("User-agent: other\nCrawl-delay: 7\n"), AGENT) is None


def test_the_hash_names_the_bytes() -> None:
    assert robots("a").sha256 != robots("b").sha256
    assert robots_url("https://kin.naver.com:8443/qna?x=/y") == "https://kin.naver.com:8443/robots.txt"
