"""What leaves a tab of a real Chromium: the address asked for, and nothing of which nobody was told."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from crawlers.browser import BrowserFetcher
from crawlers.chromium import find_chromium
from crawlers.errands import Answered
from crawlers.fetch import Request
from warehouse.errors import Permanent, Transient
from warehouse.records.pages import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="Chromium or its driver is not on this machine"),
]
LOADED = (
    '<link rel="stylesheet" href="/a.css"><link rel="prefetch" href="/a.html"><iframe src="/frame"></iframe>'
    '<img src="/a.png"><video src="/a.mp4"></video><p id="p">bare</p><script src="/a.js"></script>'
    '<script src="http://127.0.0.1:9/b.js"></script><script src="/c.js"></script>'
    '<script>window.open("/other"); navigator.sendBeacon("/beacon")</script>'
)
PAGES = {
    "/end": "the end",
    "/meta": '<meta http-equiv="refresh" content="0; url=/end">on',
    "/script": "<script>location.replace('/end')</script>on",
    "/later": "<p>here</p><script>setTimeout(() => location.href = '/end', 60000)</script>",
    "/loaded": LOADED,
    "/a.js": "fetch('/a.json').then(r => r.text()).then(text => document.getElementById('p').textContent = text)",
    "/a.json": "drawn",
    "/back": "<script>history.back()</script>",
    "/box": "<script>alert('gone'); history.back()</script>",
    "/boxes": "<script>while (true) alert('again')</script>",
    "/away": "stays<script>location.href = 'https://other.example.com/'</script>",
    "/login": "<script>location.href = 'https://login.example.com/in'</script>",
}
MOVED = {
    "/c.js": (302, "http://127.0.0.1:9/c.js"),
    "/1": (301, "/2"),
    "/2": (302, "/end"),
    "/ajax/g": (303, "/ajax/end"),
    "/ajax/p": (307, "/ajax/end"),
}
_HEAVY = b"<p>" + b"gone " * 6_000_000
HUGE = {"/huge": _HEAVY, "/bomb": gzip.compress(_HEAVY)}


class _Pages(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")  # type: ignore[attr-defined]
        status, target = MOVED.get(self.path, (200, ""))
        body = PAGES.get(self.path, "").encode()
        if self.path in HUGE:
            body = HUGE[self.path]
        self.send_response(503 if self.path == "/busy" else status)
        self.send_header("Content-Type", "text/javascript" if self.path.endswith(".js") else "text/html")
        for name, value in (("Location", target), ("Retry-After", "7" if self.path == "/busy" else "")):
            if value:
                self.send_header(name, value)
        if self.path == "/bomb":
            self.send_header("Content-Encoding", "gzip")
        if self.path == "/file":
            self.send_header("Content-Disposition", "attachment")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # Chromium hangs up on what is too large
            self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(server: Any) -> Iterator[BrowserFetcher]:
    with BrowserFetcher("Mundap/0.1", frozenset({f"127.0.0.1:{server.server_port}"}), timeout_seconds=10) as fetcher:
        yield fetcher


class Asker:
    """Fetches paths of the server; lists what it was asked, and what was told before."""

    def __init__(self, server: Any, browser: BrowserFetcher) -> None:
        self._base, self._browser = f"http://127.0.0.1:{server.server_port}", browser
        self.asked: list[str] = server.asked
        self.told: list[str] = []
        self.answers: list[int | None] = []

    def __call__(self, path: str, refuse: str = "", **more: Any) -> Page:
        def beside(method: str, url: str) -> Answered:
            self._tell(method, url)
            if refuse and url.endswith(refuse):
                raise Permanent("not this one")
            return lambda status, retry_after: self.answers.append(status)

        def onward(before: Page, url: str) -> None:
            self._tell(f"{before.status} GET", url)

        return self._browser.fetch(Request(self._base + path, **more), onward, beside)

    def _tell(self, how: str, url: str) -> None:
        path = url.removeprefix(self._base)
        told = [line for line in self.told if line.endswith(f"GET {path}")]
        assert self.asked.count(f"GET {path}") == len(told), "it is told before it is sent"
        self.told.append(f"{how} {path}")


@pytest.fixture
def ask(server: Any, browser: BrowserFetcher) -> Asker:
    server.asked = []
    return Asker(server, browser)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/end", []),
        ("/1", ["301 GET /2", "302 GET /end"]),
        ("/meta", ["200 GET /end"]),
        ("/script", ["200 GET /end"]),
    ],
    ids=["plain", "redirects", "meta tag", "script"],
)
def test_each_hop_is_told_before_it_is_sent(ask: Asker, path: str, told: list[str]) -> None:
    page = ask(path)
    assert (page.status, page.final_url[-4:], "the end" in page.text) == (200, "/end", True)
    assert (ask.told, ask.asked) == (told, [f"GET {path}", *(line[4:] for line in told)])


@pytest.mark.parametrize(
    ("path", "more", "asked"),
    [
        ("/ajax/g", {}, "GET /ajax/end"),
        ("/ajax/p", {"method": "POST", "form": (("page", "2"),)}, "POST /ajax/end"),
    ],
    ids=["GET", "POST"],
)
def test_a_scripts_call_is_followed_hop_by_hop(ask: Asker, path: str, more: dict[str, Any], asked: str) -> None:
    ask("/later")  # a page of the site is open
    ask.asked.clear()
    assert ask(path, **more).final_url.endswith("/ajax/end")
    assert len(ask.told) == 1 and ask.asked[1:] == [asked]


def test_of_a_pages_own_requests_scripts_alone_go_and_each_is_told(ask: Asker) -> None:
    assert '<p id="p">drawn</p>' in ask("/loaded").text
    # A script that fails is asked for once more by the page itself.
    assert set(ask.told) == {"GET /a.js", "GET /a.json", "GET /c.js"} and set(ask.answers) == {200, 302}
    ask("/end")  # what was still to come of the page comes no more
    assert ask.asked == ["GET /loaded", *ask.told, "GET /end"]


def test_a_request_that_may_not_go_is_left_out_alone(ask: Asker) -> None:
    assert '<p id="p">bare</p>' in ask("/loaded", refuse="/a.json").text
    assert set(ask.asked) == {"GET /loaded", "GET /a.js", "GET /c.js"} and set(ask.answers) == {200, 302}


@pytest.mark.parametrize(
    ("path", "final", "text"),
    [
        ("/later", "/later", "<p>here</p>"),
        ("/back", "/back", "<html"),
        ("/box", "/box", 'alert("gone")'),
        ("/boxes", "/boxes", 'alert("again")'),
        ("/away", "/away", "stays"),
        ("/login", "https://login.example.com/in", ""),
    ],
    ids=["leads on later", "goes back", "speaks", "speaks without end", "leads off the site", "leads to a login"],
)
def test_a_page_that_leads_nowhere_is_read_as_it_stands(ask: Asker, path: str, final: str, text: str) -> None:
    ask("/end")
    page = ask(path)
    assert page.final_url.endswith(final) and text in page.text
    assert (ask("/end").status, ask.asked, ask.told) == (200, ["GET /end", f"GET {path}", "GET /end"], [])


def test_what_shows_nothing_has_its_own_words(ask: Asker) -> None:
    with pytest.raises(Permanent, match="holds nothing to show, such as a download"):
        ask("/file")
    with pytest.raises(Transient, match="answered 503, asking for 7 s") as caught:
        ask("/busy")
    assert (caught.value.retry_after_seconds, caught.value.status) == (7.0, 503)


def test_a_hop_that_may_not_go_is_not_sent(server: Any, browser: BrowserFetcher) -> None:
    server.asked = []

    def refused(before: Page, url: str) -> None:
        raise Permanent("robots.txt refuses it")

    with pytest.raises(Permanent, match=r"robots\.txt refuses it"):
        browser.fetch(Request(f"http://127.0.0.1:{server.server_port}/1"), refused)
    assert server.asked == ["GET /1"]


@pytest.mark.parametrize("path", HUGE)
def test_a_page_that_is_too_large_is_not_waited_for(ask: Asker, browser: BrowserFetcher, path: str) -> None:
    ask("/end")
    processes = browser.process_ids
    with pytest.raises(Permanent, match="more than 8,000,000 bytes") as refused:
        ask(path)
    assert refused.value.code == "too_large"
    assert b"the end" in ask("/end").body
    assert browser.process_ids == processes
