"""The replica's server: one site on a port of this machine, in threads."""

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from crawlers.replica.exchange import Asked, Desk, Told
from crawlers.replica.faults import bend, parse_fault, unbent_list
from crawlers.replica.kin import KinDesk
from crawlers.replica.pann import PannDesk
from crawlers.replica.posts import ReplicaPost
from warehouse.errors import Misuse

_ROBOTS = {
    "robots_refuse": (200, "User-agent: *\nDisallow: /\n"),
    "robots_delay": (200, "User-agent: *\nCrawl-delay: 0.2\n"),
    "robots_404": (404, "not found"),
    "robots_500": (500, "error"),
}
_ALLOWING = (200, "User-agent: *\nDisallow: /qna/expertAnswer\nAllow: /\n")
_MAX_FORM_BYTES = 100_000
_DESKS: Mapping[str, Callable[[Sequence[ReplicaPost], str], Desk]] = {"naver_kin": KinDesk, "nate_pann": PannDesk}


# An era by the name that 지식iN's pages have in it, with what 판 looked like beside it.
ERAS: Mapping[str, Mapping[str, str]] = {
    "E4": {"naver_kin": "E4", "nate_pann": "2026"},
    "E3": {"naver_kin": "E3", "nate_pann": "2014"},
    "E2": {"naver_kin": "E2", "nate_pann": "2014"},
    "mobile": {"naver_kin": "mobile", "nate_pann": "mobile"},
}


class Replica:
    """Serves one site's posts on 127.0.0.1 from the moment it is made; a context manager.

    `port` 0 takes any free port; `era` is one of ERAS. OSError where the port is taken; Misuse for an unknown site,
    fault or era.
    """

    def __init__(
        self, site_id: str, corpus: Sequence[ReplicaPost], port: int = 0, fault: str | None = None, era: str = "E4"
    ) -> None:
        if site_id not in _DESKS:
            raise Misuse(f"no replica of {site_id!r}: use one of {', '.join(_DESKS)}")
        if era not in ERAS:
            raise Misuse(f"no era {era!r}: use one of {', '.join(ERAS)}")
        self._fault = parse_fault(fault)
        is_redesigned = self._fault is not None and self._fault.name == "redesign"
        self._desk = _DESKS[site_id](corpus, "redesign" if is_redesigned else ERAS[era][site_id])
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._requests: list[str] = []
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        """Where the site answers, without a path."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def is_closed(self) -> bool:
        """Whether the site has gone."""
        return self._closing.is_set()

    @property
    def requests(self) -> tuple[str, ...]:
        """Every request so far, as `METHOD path?query`, robots.txt among them."""
        with self._lock:
            return tuple(self._requests)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """This stops answering and frees the port."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def respond(self, asked: Asked, target: str) -> Told:
        """This answers one request, bent by the fault if there is one."""
        with self._lock:
            self._requests.append(f"{asked.method} {target}")
            count = sum(not request.endswith(" /robots.txt") for request in self._requests)
        if asked.path == "/robots.txt":
            status, text = _ROBOTS.get(self._fault.name if self._fault else "", _ALLOWING)
            return Told(status, text.encode(), "text/plain; charset=utf-8")
        told = self._desk.respond(unbent_list(self._fault, asked))
        if self._fault is None:
            return told
        return bend(self._fault, asked, told, count, self._closing)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], replica: Replica) -> None:
        self.replica = replica
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about a client that hung up; anything else is a defect and shows its trace."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Without this a small answer waits 40 ms for the client's acknowledgement (measured: 23 pages/s, else 1,713).
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 30
    server: _Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer({})

    def do_POST(self) -> None:
        """Answer a POST."""
        length = self.headers.get("Content-Length", "0")
        content = self.rfile.read(min(int(length), _MAX_FORM_BYTES)) if length.isdigit() else b""
        self._answer(dict(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True)))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the one who asks keeps the ledger."""

    def _answer(self, form: dict[str, str]) -> None:
        if self.server.replica.is_closed:  # a connection kept alive must not outlive the site
            self.close_connection = True
            return
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()} | {"x-asked-target": self.path}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), form, headers)
        told = self.server.replica.respond(asked, self.path)
        is_known = self.command == "GET" and told.status == 200 and asked.headers.get("if-none-match") == told.etag
        self._send(Told(304, b"", told.content_type) if is_known else told, told.etag)

    def _send(self, told: Told, etag: str) -> None:
        self.send_response(told.status)
        self.send_header("Content-Type", told.content_type)
        if told.status in (200, 304):
            self.send_header("ETag", etag)
        for name, value in told.headers:
            self.send_header(name, value)
        if told.status != 304:
            self.send_header("Content-Length", str(len(told.body)))
        self.end_headers()
        if told.status != 304:
            self.wfile.write(told.body[: told.cut])
        self.close_connection = self.close_connection or told.cut is not None
