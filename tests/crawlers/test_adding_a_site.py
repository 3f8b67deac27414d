"""docs/adding-a-site.md is followed to the letter: its module, its entry and its pages run as they are printed."""

import json
import re
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import crawlers.sites
from crawlers.sites import registry
from crawlers.sites.registry import Site
from tests.crawlers.test_cases import expected_of, page_of
from warehouse.records.pages import Link, Page

GUIDE = Path(__file__).parents[2] / "docs" / "adding-a-site.md"
BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS: Mapping[str, str] = {name: text for _, name, text in BLOCK.findall(GUIDE.read_text(encoding="utf-8"))}


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    """The guide's module stands where the guide puts it, for the length of a test."""
    module = ModuleType("crawlers.sites.village_board")
    exec(compile(BLOCKS["crawlers/sites/village_board.py"], "village_board.py", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(crawlers.sites, "village_board", module, raising=False)
    entry: Site = eval(BLOCKS["registry"], {"Site": Site, "village_board": module})
    monkeypatch.setattr(registry, "SITES", {**registry.SITES, entry.id: entry})
    return entry


def page(name: str, url: str) -> Page:
    return Page(url, url, 200, (), BLOCKS[name].encode(), "utf-8", datetime(2026, 10, 7, 3, 30, tzinfo=UTC))


def test_the_post_gives_the_records_of_its_case(site: Site) -> None:
    case = json.loads(BLOCKS["case.json"])
    parsed = site.read(page_of(case, BLOCKS["post.html"].encode()), None)
    wanted = asdict(expected_of(site.id, case, parsed.parser_version))
    assert asdict(parsed) == wanted


def test_lists_lead_on_and_end(site: Site) -> None:
    found = site.read(page("list.html", "https://board.example.org/posts"), None)
    post = Link("question", "https://board.example.org/post/12", "12", "이사 떡 돌려야 하나요?")
    assert (found.kind, found.links) == ("list", (post, Link("next", "https://board.example.org/posts?page=2")))
    assert site.read(page("past_the_end.html", "https://board.example.org/posts?page=2"), None).kind == "empty"


def test_a_deleted_post_is_gone(site: Site) -> None:
    assert site.read(page("deleted.html", "https://board.example.org/post/13"), None).kind == "gone"


def test_one_post_has_one_key(site: Site) -> None:
    urls = ("https://board.example.org/post/12?from=list", "https://board.example.org/post/12/")
    assert {site.link_key(Link("question", url)) for url in urls} == {"q:12"}


def test_a_crawl_stores_the_post(site: Site, board: str, tmp_path: Path) -> None:
    from pipelines.settings import Settings
    from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
    from warehouse.queries.query import run_select

    settings = Settings(root=tmp_path)
    report = crawl_site(settings, CrawlPlan(site.id, base_url=board, browser="never"))
    assert (report.fetched, report.stored, report.remaining) == (3, 1, 0)
    rows = run_select(settings.database_url, "select url, title from question", limit=9)
    assert [tuple(row) for row in zip(rows["url"], rows["title"], strict=True)] == [
        ("https://board.example.org/post/12", "이사 떡 돌려야 하나요?")
    ]


class Board(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        names = {"/posts": "list.html", "/posts?page=2": "past_the_end.html", "/post/12": "post.html"}
        is_robots = self.path == "/robots.txt"
        body = b"User-agent: *\nAllow: /\n" if is_robots else BLOCKS[names[self.path]].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain" if is_robots else "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def board() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Board)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
