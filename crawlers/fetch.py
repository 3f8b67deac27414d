"""One request over HTTP, safely: only to allowed hosts, bounded in size, time and redirects.

A 5xx, a 429, a timeout or a lost connection is Transient; what can never work is Permanent; every other answer comes
back as a Page for its content to be judged.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpcore
import httpx

from crawlers.bodies import ACCEPTED, read_body
from crawlers.charset import decide_charset
from crawlers.connection import Allowance, SafeBackend
from crawlers.politeness import retry_after_seconds
from crawlers.redirects import Form, Onward, follow, leads_to, unasked
from warehouse.errors import Permanent, Transient
from warehouse.records.pages import Page


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. `form` is a POST's body; `etag` and `last_modified` make a GET conditional."""

    url: str
    method: str = "GET"
    form: Form = ()
    etag: str | None = None
    last_modified: str | None = None
    referer: str | None = None

    @property
    def is_script_call(self) -> bool:
        """Whether the site expects its own script to be asking."""
        return self.method == "POST" or "/ajax/" in self.url


class HttpFetcher:
    """Fetches over HTTP; a context manager, one connection a host, no cookies.

    `allowed_hosts` holds `host` or `host:port`; nothing else is ever asked, redirects included. Those of them that
    are `named_hosts`, or numbers, may be on a private network.
    """

    def __init__(
        self,
        user_agent: str,
        allowed_hosts: frozenset[str],
        timeout_seconds: float = 15.0,
        max_bytes: int = 8_000_000,
        named_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._allowed_hosts = allowed_hosts
        self._timeout_seconds = timeout_seconds
        self._max_bytes = max_bytes
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "text/html,*/*;q=0.8",
            "Accept-Language": "ko,en;q=0.5",
            "Accept-Encoding": ACCEPTED,
        }
        self._allowance = Allowance()
        named = named_hosts | frozenset(filter(_is_number, allowed_hosts))
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_keepalive_connections=len(allowed_hosts),
            network_backend=SafeBackend(named, self._allowance),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """This gives the connections back."""
        self._pool.close()

    def fetch(self, request: Request, onward: Onward = unasked) -> Page:
        """This asks once, following up to five redirects within the allowed hosts, each told to `onward` before.

        The time limit is for each hop, from the connection to the last byte of the body.

        Raises:
            Transient: timeout, lost connection, a body cut short, 5xx, 429 (with the wait that was asked for).
            Permanent: a host that is not allowed, too many redirects or a circle of them, headers or a body over their
                limits.
        """
        page = follow(
            (request.url, request.method, request.form), partial(self._ask, request), self._allowed_hosts, onward
        )
        raise_for_status(page)
        return page

    def _ask(self, request: Request, url: str, method: str, form: Form) -> tuple[Page, str | None]:
        body = urlencode(form).encode() if method == "POST" else b""
        self._allowance.begin(self._timeout_seconds)
        try:
            parts = httpx.URL(url)
            target = httpcore.URL(scheme=parts.raw_scheme, host=parts.raw_host, port=parts.port, target=parts.raw_path)
            wanted = {"Host": parts.netloc.decode()} | self._headers | _headers(request, method, body)
            sending = [(name.encode(), value.encode()) for name, value in wanted.items()]
            with self._pool.stream(method, target, headers=sending, content=body or None) as response:
                self._allowance.head_is_read()
                headers = tuple((_text(name).lower(), _text(value)) for name, value in response.headers)
                coding = dict(headers).get("content-encoding", "")
                content = read_body(response.iter_stream(), coding, self._max_bytes, url)
        except httpcore.TimeoutException as error:
            raise Transient(f"no answer from {url} in {self._timeout_seconds:g} s: try again later") from error
        except (httpx.InvalidURL, httpcore.LocalProtocolError) as error:
            raise Permanent(f"{url!r} is no address that can be fetched ({error}): check it", "no_address") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            # The parser may give a long head up before the next of its bytes are asked for.
            self._allowance.require_short_head()
            reason = str(error) or type(error).__name__
            raise Transient(f"connection to {url} failed ({reason}): check the address, or try again later") from error
        page = Page(
            request.url, url, response.status, headers, content, decide_charset(dict(headers), content),
            datetime.now(UTC), request.method, urlencode(request.form).encode(),
        )  # fmt: skip
        return page, leads_to(page)


def raise_for_status(page: Page) -> None:
    """This raises Transient for 429 and 5xx, with the wait asked for."""
    if page.status != 429 and page.status < 500:
        return
    wait = retry_after_seconds(dict(page.headers).get("retry-after"), page.fetched_at)
    asked = "" if wait is None else f", asking for {wait:g} s"
    raise Transient(f"{page.final_url} answered {page.status}{asked}: try again later", wait, page.status)


def _headers(request: Request, method: str, body: bytes) -> dict[str, str]:
    wanted = {
        "If-None-Match": request.etag,
        "If-Modified-Since": request.last_modified,
        "Referer": request.referer,
        "X-Requested-With": "XMLHttpRequest" if request.is_script_call else None,
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8" if body else None,
        "Content-Length": str(len(body)) if method == "POST" else None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _is_number(host: str) -> bool:
    name = httpx.URL(f"http://{host}").host
    return name.replace(".", "").isdigit() or ":" in name
