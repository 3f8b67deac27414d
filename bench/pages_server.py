"""The replica's own pages from a server that is never the bottleneck: each page is rendered once, then served as bytes.

The replica's server runs in threads and renders at every request, which is right for a demo and would hide here what
is to be measured. Run as `python -m bench.pages_server SITE POSTS`; the first line printed is the base URL.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from bench.corpus import bench_posts
from crawlers.replica.exchange import Asked, Desk, Told
from crawlers.replica.kin import KinDesk
from crawlers.replica.pann import PannDesk
from crawlers.replica.posts import ReplicaPost

_DESKS: Mapping[str, Callable[[Sequence[ReplicaPost]], Desk]] = {"naver_kin": KinDesk, "nate_pann": PannDesk}
_ROBOTS = Told(200, b"User-agent: *\nDisallow: /qna/expertAnswer\nAllow: /\n", "text/plain; charset=utf-8")
_TOLD_HEADERS = (b"if-none-match", b"x-requested-with", b"referer", b"content-length")
# Beyond this many pages the oldest are rendered again when asked for, so that the server's memory stays bounded.
_KEPT_PAGES = 30_000

# Tells how often pages were asked for; no page of the site.
COUNTS_PATH = "/asked-so-far"

Key = tuple[str, str, bytes, bool]


class Rendered:
    """A desk's answers as bytes for the wire, rendered at the first request."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[Key, tuple[bytes, bytes]] = {}
        self._times: Counter[str] = Counter()

    @property
    def asked(self) -> Told:
        """How many requests for pages came, and for how many pages, as JSON."""
        return Told(200, json.dumps({"requests": sum(self._times.values()), "pages": len(self._times)}).encode())

    def answer(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> bytes:
        """Return the whole answer, 304 where the client holds the page already."""
        if target == COUNTS_PATH:
            return _on_the_wire(self.asked)[1]
        if target != "/robots.txt":
            self._times[f"{target}\n{body.decode()}"] += 1
        key = (method, target, body, "x-requested-with" in headers)
        if key not in self._kept:
            if len(self._kept) >= _KEPT_PAGES:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = self._render(method, target, body, headers)
        etag, whole = self._kept[key]
        if etag == headers.get("if-none-match", "").encode():
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"
        return whole

    def _render(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[bytes, bytes]:
        parts = urlsplit(target)
        fields = dict(parse_qsl(parts.query, keep_blank_values=True))
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        is_robots = parts.path == "/robots.txt"
        asked = Asked(method, parts.path, fields, form, headers)
        return _on_the_wire(_ROBOTS if is_robots else self._desk.respond(asked))


def _on_the_wire(told: Told) -> tuple[bytes, bytes]:
    head = f"HTTP/1.1 {told.status} Told\r\nContent-Type: {told.content_type}\r\nETag: {told.etag}\r\n"
    return told.etag.encode(), f"{head}Content-Length: {len(told.body)}\r\n\r\n".encode() + told.body


class _Connection(asyncio.Protocol):
    def __init__(self, rendered: Rendered) -> None:
        self._rendered = rendered
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request that has come."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            first, *lines = self._received[:end].split(b"\r\n")
            named = (line.partition(b":") for line in lines)
            headers = {
                name.lower().decode(): value.strip().decode()
                for name, _, value in named
                if name.lower() in _TOLD_HEADERS
            }
            whole = end + 4 + int(headers.get("content-length", "0"))
            if len(self._received) < whole:
                return
            body, self._received = self._received[end + 4 : whole], self._received[whole:]
            method, target, _ = first.decode().split(" ")
            self._transport.write(self._rendered.answer(method, target, body, headers))


async def serve(site_id: str, posts: int) -> None:
    """Serve on a free port of this machine until killed."""
    rendered = Rendered(_DESKS[site_id](bench_posts(site_id, posts)))
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(rendered), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2])))
