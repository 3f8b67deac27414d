"""The same requests through a headless Chromium: for pages that need their script, with the same rows as result.

Pages are navigated to; what a page's own script would ask for (POST, AJAX) is asked by `fetch()` inside a page of the
same origin, an empty one of ours. Redirects are followed one by one as over HTTP, those of a page's script or meta tag
too; what a page asks for besides itself is told to `beside` before.
"""

import json
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypedDict
from urllib.parse import urlencode

import httpx
from selenium.common.exceptions import WebDriverException
from urllib3.exceptions import HTTPError

from crawlers.addresses import is_allowed
from crawlers.chromium import Chromium, start_chromium
from crawlers.devtools import LineLost
from crawlers.errands import TOO_LARGE, Beside, Shown, free
from crawlers.fetch import Request, raise_for_status
from crawlers.redirects import Form, Onward, follow, is_telling, leads_to, unasked
from crawlers.tab import MARK
from warehouse.errors import Permanent, Transient
from warehouse.records.pages import Page

_ASK = """
(([url, method, body, referer]) => {
  const headers = {'X-Requested-With': 'XMLHttpRequest'};
  if (body) headers['Content-Type'] = 'application/x-www-form-urlencoded; charset=UTF-8';
  return fetch(url, {method, headers, body: body || undefined, referrer: referer || undefined})
    .then(r => r.text().then(text => ({url: r.url, text})))
    .catch(error => ({error: String(error)}));
})(%s)
"""
# A page drawn by scripts is not what its headers tell of; only these are for us.
_KEPT_HEADERS = ("location", "retry-after")


class _Asked(TypedDict, total=False):
    url: str
    text: str
    error: str


class BrowserFell(Transient):
    """Chromium or its driver died or hangs: no fault of the site, and the next fetch starts another browser."""


class BrowserFetcher:
    """Fetches through one headless Chromium with a profile of its own; a context manager that leaves no process.

    A browser that died or hangs is replaced by the next fetch. Unready where Chromium or its driver is missing or does
    not start. Arguments are those of HttpFetcher.
    """

    def __init__(
        self,
        user_agent: str,
        allowed_hosts: frozenset[str],
        timeout_seconds: float = 15.0,
        max_bytes: int = 8_000_000,
        named_hosts: frozenset[str] = frozenset(),
    ) -> None:
        self._user_agent = user_agent
        self._allowed_hosts = allowed_hosts
        self._named_hosts = named_hosts
        self._timeout_seconds = timeout_seconds
        self._max_bytes = max_bytes
        self._running: Chromium | None = None
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The driver's and the browser's process, none while no browser runs."""
        return self._running.process_ids if self._running else ()

    def close(self) -> None:
        """This ends Chromium and its driver and removes the profile."""
        if self._running is not None:
            self._running.end()
            self._running = None

    def fetch(self, request: Request, onward: Onward = unasked, beside: Beside = free) -> Page:
        """This asks once; the page's text is what stands in the browser after its scripts ran.

        Up to five redirects are followed, each told to `onward` before; what a page asks for besides itself is told to
        `beside`.

        Raises:
            Transient: timeout, no connection, 5xx, 429; BrowserFell for a browser that died.
            Permanent: a host that is not allowed (also after redirects), a page over `max_bytes`, a download.
        """

        def ask(url: str, method: str, form: Form) -> tuple[Page, str | None]:
            self._start()
            if request.is_script_call:
                return self._ask_inside(request, url, method, form)
            return self._navigate(request, url, beside)

        try:
            page = follow((request.url, request.method, request.form), ask, self._allowed_hosts, onward)
        except TimeoutError as error:
            # A page that is slow and a browser that hangs look the same from here.
            self._kill()
            raise Transient(f"no page from {request.url} in {self._timeout_seconds:g} s: try again later") from error
        except (LineLost, HTTPError, OSError, WebDriverException) as error:
            said = str(getattr(error, "msg", None) or error).strip().split("\n")[0]
            self._kill()
            raise BrowserFell(f"Chromium fell over {request.url} ({said}): another is tried") from error
        if len(page.body) > self._max_bytes:
            raise self._too_large(request.url)
        raise_for_status(page)
        return page

    def _too_large(self, url: str) -> Permanent:
        return Permanent(f"{url} holds more than {self._max_bytes:,} bytes: it is set aside", "too_large")

    def _start(self) -> Chromium:
        if self._running is not None and not self._running.is_driven:
            self._kill()
        if self._running is None:
            self._running = start_chromium(
                self._user_agent, self._allowed_hosts, self._named_hosts, self._timeout_seconds, self._max_bytes
            )
        return self._running

    def _kill(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running = None

    def _navigate(self, request: Request, url: str, beside: Beside) -> tuple[Page, str | None]:
        tab = self._start().tab
        shown = tab.open(url, beside)
        if shown.is_redirect:
            return self._led_on(request, url, shown)
        if shown.error == TOO_LARGE:
            self._leave()
            raise self._too_large(url)
        if shown.error is not None and (shown.status or 0) < 400:  # an error without a page is an answer
            raise _not_opened(url, shown.error)
        stands = tab.read() if shown.said is None else shown
        self._leave()
        if stands.said is not None:
            # What its box said is all that there is to judge: the page may be about to go back.
            box = f"<script>alert({_quoted(stands.said)});history.back()</script>"
            return _page(request, url, shown, box), None
        at, text = stands.value
        at = at if is_allowed(at, self._allowed_hosts) else url  # a page that goes back leaves nothing
        page = _page(request, at, shown, text)
        return page, self._next_of(page, shown.leads_to)

    def _leave(self) -> None:
        try:
            self._start().tab.leave()
        except LineLost:  # a page that opens one box after another lets nobody leave
            self._kill()

    def _next_of(self, page: Page, goes_to: str | None) -> str | None:
        """Give where a page's own script leads on the site, or to a login or captcha; it is let lead nowhere else."""
        if goes_to is None or page.status >= 400:
            return None
        location = goes_to.partition("#")[0]
        is_for_us = is_allowed(location, self._allowed_hosts) or is_telling(location)
        return location if is_for_us and location != page.final_url.partition("#")[0] else None

    def _led_on(self, request: Request, url: str, shown: Shown) -> tuple[Page, str | None]:
        page = _page(request, url, shown, "")
        return page, leads_to(page)

    def _ask_inside(self, request: Request, url: str, method: str, form: Form) -> tuple[Page, str | None]:
        body = urlencode(form) if method == "POST" else ""
        wanted = json.dumps([url + MARK, method, body, request.referer or ""])
        shown = self._start().tab.call(_ASK % wanted, _origin(url))
        if shown.is_redirect:
            return self._led_on(request, url, shown)
        answer: _Asked = shown.value if shown.value else _Asked(error=shown.error or "no answer")
        if "error" in answer:
            raise Transient(f"connection to {url} failed ({answer['error']}): try again later")
        return _page(request, answer["url"], shown, answer["text"]), None


def _page(request: Request, final_url: str, shown: Shown, text: str) -> Page:
    headers = tuple((name, value) for name, value in shown.headers if name in _KEPT_HEADERS)
    return Page(
        request.url, final_url, shown.status or 200, headers, text.encode("utf-8", "replace"), "utf-8",
        datetime.now(UTC), request.method, urlencode(request.form).encode(), "browser",
    )  # fmt: skip


def _not_opened(url: str, said: str) -> Permanent | Transient:
    if "net::ERR_ABORTED" in said:
        return Permanent(f"{url} holds nothing to show, such as a download: it is set aside", "unfetchable")
    if "net::ERR_" in said:
        return Transient(f"Chromium could not open {url} ({said}): try again later")
    return Permanent(f"{url!r} is no address that can be fetched ({said}): check it", "no_address")


def _origin(url: str) -> str:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return ""
    return f"{parts.scheme}://{parts.netloc.decode()}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", " ").replace('"', " ").replace("<", " ") + '"'
