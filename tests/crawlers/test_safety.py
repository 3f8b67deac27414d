"""What a fetcher must not do, whatever a server or a name server says."""

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpcore
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.bodies import read_body
from crawlers.fetch import HttpFetcher, Request
from warehouse.errors import Permanent, Transient

KIN = frozenset({"kin.naver.com"})
PUBLIC = "93.184.216.34"


def _resolver(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, ...]) -> list[str]:
    """Names lead to these addresses, a further look-up to the next of them; what is looked up is listed."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",), ("10.1.2.3",), ("192.168.0.1",), ("169.254.169.254",), ("0.0.0.0",), ("100.64.0.1",),
        ("224.0.0.1",), ("::1",), ("fe80::1%eth0",), ("fc00::1",), ("::ffff:10.0.0.1",), ("2002:7f00:1::1",),
        (PUBLIC, "127.0.0.1"),
    ],
    ids=", ".join,
)  # fmt: skip
def test_a_name_that_leads_to_a_private_network_is_refused(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    _resolver(monkeypatch, addresses)
    with HttpFetcher("Mundap", KIN) as fetcher, pytest.raises(Permanent, match="not on the public network"):
        fetcher.fetch(Request("https://kin.naver.com/"))


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _resolver(monkeypatch, (PUBLIC,), ("127.0.0.1",))
    gone_to: list[str] = []

    def connect(_: Any, host: str, *__: Any, **___: Any) -> None:
        gone_to.append(host)
        raise httpcore.ConnectError("no network here")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with HttpFetcher("Mundap", KIN) as fetcher, pytest.raises(Transient, match="failed"):
        fetcher.fetch(Request("https://kin.naver.com/"))
    assert (gone_to, asked) == ([PUBLIC], ["kin.naver.com"])


def test_a_name_is_private_only_where_the_user_named_it(opened: Any) -> None:
    replica, _ = opened()
    host = replica.base_url.removeprefix("http://").replace("127.0.0.1", "localhost")
    with HttpFetcher("Mundap", frozenset({host})) as fetcher, pytest.raises(Permanent, match="not on the public"):
        fetcher.fetch(Request(f"http://{host}/"))
    with HttpFetcher("Mundap", frozenset({host}), named_hosts=frozenset({host})) as fetcher:
        assert fetcher.fetch(Request(f"http://{host}/")).status == 200


@pytest.fixture
def server() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """A server that does this to the first who asks."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(answer: Callable[[socket.socket], None]) -> str:
        def act() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                try:
                    answer(connection)
                except ConnectionError:
                    return

        threads.append(threading.Thread(target=act))
        threads[-1].start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for thread in threads:
        thread.join(5)
    listener.close()


@pytest.mark.parametrize("piece", [10, 60_000], ids=["in small pieces", "in large ones"])
def test_headers_without_end_are_cut(server: Any, piece: int) -> None:
    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        # Many to one call, so that a busy machine sends them in time.
        lines = (b"X-A: " + b"a" * piece + b"\r\n") * max(1, 4_000 // piece)
        for _ in range(400_000 // len(lines) + 1):
            connection.sendall(lines)

    host = server(flood)
    with HttpFetcher("Mundap", frozenset({host})) as fetcher, pytest.raises(Permanent, match="64,000 bytes of headers"):
        fetcher.fetch(Request(f"http://{host}/"))


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"], ids=["headers", "body"])
def test_what_comes_drop_by_drop_is_cut(server: Any, head: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(60):
            connection.sendall(b"H")
            time.sleep(0.05)

    host = server(drip)
    patience = HttpFetcher("Mundap", frozenset({host}), timeout_seconds=0.4)
    with patience as fetcher, pytest.raises(Transient, match=r"in 0\.4 s"):
        fetcher.fetch(Request(f"http://{host}/"))


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "plain": ("", bytes),
    "identity": ("identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "gzip of two members": ("x-gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
    "deflate": ("Deflate", zlib.compress),
    "deflate without wrapping": ("deflate", _raw_deflate),
}


@pytest.mark.parametrize("packing", PACKINGS)
@settings(max_examples=25)
@given(st.binary(max_size=300), st.integers(1, 40))
def test_what_was_packed_is_unpacked(packing: str, body: bytes, size: int) -> None:
    coding, pack = PACKINGS[packing]
    packed = pack(body)
    chunks = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert read_body(chunks, coding, 300, "u") == body


def test_a_bomb_is_never_unpacked_beyond_the_limit() -> None:
    bomb = gzip.compress(bytes(64_000_000), 9)
    tracemalloc.start()
    with pytest.raises(Permanent, match="more than 1,000,000 bytes"):
        read_body([bomb], "gzip", 1_000_000, "u")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.parametrize(
    ("coding", "packed", "kind", "words"),
    [
        pytest.param("br", b"x", Permanent, "packed as 'br', which was not asked for", id="not asked for"),
        pytest.param("gzip, gzip", b"x", Permanent, "which was not asked for", id="packed twice"),
        pytest.param("gzip", gzip.compress(b"abc")[:-9], Transient, "cut short", id="cut short"),
        pytest.param("gzip", gzip.compress(b"abc") + b"rubbish", Permanent, "broken", id="rubbish behind"),
    ],
)
def test_a_body_that_does_not_unpack(coding: str, packed: bytes, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        read_body([packed], coding, 1_000, "u")


class _Leading(BaseHTTPRequestHandler):
    """`/1` leads to `/2` and so on without end, `/a` and `/b` to each other, `/s` to itself, a form to its own page."""

    def do_GET(self) -> None:
        self._lead({"/a": "/b", "/b": "/a", "/s": "/s", "/form": ""}.get(self.path) or self._onward())

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._lead(self.path)

    def _onward(self) -> str:
        number = self.path.removeprefix("/")
        return f"/{int(number) + 1}" if number.isdigit() else ""

    def _lead(self, target: str) -> None:
        self.server.asked.append(f"{self.command} {self.path}")  # type: ignore[attr-defined]
        self.send_response(303 if target else 200)
        if target:
            self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def leading() -> Iterator[tuple[str, list[str]]]:
    """The address of a server that leads on, and what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Leading)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"127.0.0.1:{server.server_port}", server.asked  # type: ignore[attr-defined]
    server.shutdown()
    thread.join()
    server.server_close()


def test_each_further_request_is_told_before_it_is_sent(leading: tuple[str, list[str]]) -> None:
    host, asked = leading
    told: list[tuple[int, int]] = []
    with HttpFetcher("Mundap", frozenset({host})) as fetcher, pytest.raises(Permanent, match="more than 5 redirects"):
        fetcher.fetch(Request(f"http://{host}/1"), lambda before, _: told.append((before.status, len(asked))))
    assert told == [(303, sent) for sent in range(1, 6)]


def test_a_circle_of_redirects_is_walked_once(leading: tuple[str, list[str]]) -> None:
    host, asked = leading
    with HttpFetcher("Mundap", frozenset({host})) as fetcher:
        for start in "as":
            with pytest.raises(Permanent, match=f"in a circle, back to http://{host}/{start}: open it") as caught:
                fetcher.fetch(Request(f"http://{host}/{start}"))
            assert caught.value.code == "redirects"
        assert asked == ["GET /a", "GET /b", "GET /s"]
        assert fetcher.fetch(Request(f"http://{host}/form", "POST", (("page", "2"),))).status == 200
    assert asked[3:] == ["POST /form", "GET /form"], "a form that is answered at its own address is no circle"
