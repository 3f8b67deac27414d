"""One request over HTTP, safely: only to allowed hosts, bounded in size, time and redirects.

A 5xx, a 429, a timeout or a lost connection is Transient; what can never work is Permanent; every other answer comes
back as a Page for its content to be judged.
"""

import codecs
import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import httpx

from crawlers.politeness import retry_after_seconds
from warehouse.errors import Permanent, Transient
from warehouse.records.pages import Page

_MAX_REDIRECTS = 5
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
# Korean pages that say EUC-KR are written in its superset.
_SUPERSETS = {"euc_kr": "cp949", "ks_c_5601-1987": "cp949", "iso8859-1": "cp1252", "ascii": "utf-8"}
# A site that sends a visitor to its login or captcha host has answered, in its own way.
_TELLING_TARGETS = ("captcha", "login")


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask. `form` is a POST's body; `etag` and `last_modified` make a GET conditional."""

    url: str
    method: str = "GET"
    form: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    referer: str | None = None

    @property
    def is_script_call(self) -> bool:
        """Whether the site expects its own script to be asking."""
        return self.method == "POST" or "/ajax/" in self.url


class HttpFetcher:
    """Fetches over HTTP; a context manager, one connection pool.

    `allowed_hosts` holds `host` or `host:port`; nothing else is ever asked, redirects included.
    """

    def __init__(
        self,
        user_agent: str,
        allowed_hosts: frozenset[str],
        timeout_seconds: float = 15.0,
        max_bytes: int = 8_000_000,
    ) -> None:
        self._allowed_hosts = allowed_hosts
        self._timeout_seconds = timeout_seconds
        self._max_bytes = max_bytes
        self._client = httpx.Client(
            headers={"User-Agent": user_agent, "Accept": "text/html,*/*;q=0.8", "Accept-Language": "ko,en;q=0.5"},
            timeout=timeout_seconds,
            # A proxy from the environment must not stand between us and a server on this machine.
            trust_env=not all(map(_is_loopback, allowed_hosts)),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """This gives the connections back."""
        self._client.close()

    def fetch(self, request: Request) -> Page:
        """This asks once, following up to five redirects within the allowed hosts.

        Raises:
            Transient: timeout, lost connection, a body cut short, 5xx, 429 (with the wait that was asked for).
            Permanent: a host that is not allowed, too many redirects, a body over `max_bytes`.
        """
        url, method, form = request.url, request.method, request.form
        deadline = time.monotonic() + self._timeout_seconds
        for _ in range(_MAX_REDIRECTS + 1):
            check_host(url, self._allowed_hosts)
            page, location = self._ask(request, url, method, form, deadline)
            if location is None:
                raise_for_status(page)
                return page
            if not is_allowed(location, self._allowed_hosts):
                return _sent_away(page, location)
            if page.status in (301, 302, 303):
                method, form = "GET", ()
            url = location
        raise Permanent(f"more than {_MAX_REDIRECTS} redirects from {request.url}: open it in a browser to see why")

    def _ask(
        self, request: Request, url: str, method: str, form: tuple[tuple[str, str], ...], deadline: float
    ) -> tuple[Page, str | None]:
        body = urlencode(form).encode() if method == "POST" else b""
        try:
            with self._client.stream(method, url, content=body or None, headers=_headers(request, body)) as response:
                content = self._read(response, deadline)
        except httpx.TimeoutException as error:
            raise Transient(f"no answer from {url} in {self._timeout_seconds:g} s: try again later") from error
        except httpx.InvalidURL as error:
            raise Permanent(f"{url!r} is no address that can be fetched: check it") from error
        except httpx.DecodingError as error:
            raise Permanent(f"{url} sent a body whose compression is broken: it is set aside") from error
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise Transient(f"connection to {url} failed ({reason}): check the address, or try again later") from error
        headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
        page = Page(
            request.url, url, response.status_code, headers, content, decide_charset(dict(headers), content),
            datetime.now(UTC), request.method, urlencode(request.form).encode(),
        )  # fmt: skip
        location = response.headers.get("location")
        if not response.is_redirect or location is None:
            return page, None
        try:
            return page, str(httpx.URL(url).join(location))
        except httpx.InvalidURL as error:
            raise Permanent(f"{url} redirects to {location!r}, which is no address: it is set aside") from error

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        received = bytearray()
        for chunk in response.iter_bytes(65_536):
            received += chunk
            if len(received) > self._max_bytes:
                raise Permanent(f"{response.url} holds more than {self._max_bytes:,} bytes: it is set aside")
            # The client's own limit is per read, so a body that drips would never end.
            if time.monotonic() > deadline:
                raise Transient(f"{response.url} was not through in {self._timeout_seconds:g} s: try again later")
        return bytes(received)


def decide_charset(headers: Mapping[str, str], body: bytes) -> str:
    """This picks the charset: header, then meta, then UTF-8, then CP949, the first that decodes without a fault.

    Where none does, the first that is known stands, and the text shows U+FFFD.
    """
    header = _HEADER_CHARSET.search(headers.get("content-type", ""))
    meta = _META_CHARSET.search(body[:4_096])
    named = (header[1] if header else None, meta[1].decode("ascii", "replace") if meta else None, "utf-8", "cp949")
    known = [charset for name in named if (charset := _known(name)) is not None]
    for charset in known:
        try:
            body.decode(charset)
        except UnicodeDecodeError:
            continue
        return charset
    return known[0]


def is_allowed(url: str, allowed_hosts: frozenset[str]) -> bool:
    """This tells whether a URL is http(s) to an allowed `host` (default port) or `host:port`."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if parts.scheme not in ("http", "https") or parts.userinfo:
        return False
    return parts.netloc.decode() in allowed_hosts


def check_host(url: str, allowed_hosts: frozenset[str]) -> None:
    """This raises Permanent for a URL that must not be asked."""
    if not is_allowed(url, allowed_hosts):
        raise Permanent(f"{url} is not on {', '.join(sorted(allowed_hosts))}: it is not fetched")


def raise_for_status(page: Page) -> None:
    """This raises Transient for 429 and 5xx, with the wait asked for."""
    if page.status != 429 and page.status < 500:
        return
    wait = retry_after_seconds(dict(page.headers).get("retry-after"), page.fetched_at)
    asked = "" if wait is None else f", asking for {wait:g} s"
    raise Transient(f"{page.final_url} answered {page.status}{asked}: try again later", wait)


def _headers(request: Request, body: bytes) -> dict[str, str]:
    wanted = {
        "If-None-Match": request.etag,
        "If-Modified-Since": request.last_modified,
        "Referer": request.referer,
        "X-Requested-With": "XMLHttpRequest" if request.is_script_call else None,
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8" if body else None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _sent_away(page: Page, location: str) -> Page:
    if any(word in location.lower() for word in _TELLING_TARGETS):
        return Page(
            page.url, location, page.status, page.headers, page.body, page.charset, page.fetched_at, page.method,
            page.request_body,
        )  # fmt: skip
    raise Permanent(f"{page.final_url} redirects off the site, to {location}: it is set aside")


def _known(name: str | None) -> str | None:
    try:
        found = codecs.lookup(name or "").name
        # The registry also knows transforms such as hex, which are no charsets.
        "".encode(found)
    except LookupError:
        return None
    return _SUPERSETS.get(found, found)


def _is_loopback(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
