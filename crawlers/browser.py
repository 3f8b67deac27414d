"""The same requests through a headless Chromium: for pages that need their script, with the same rows as result.

Pages are navigated to; what a page's own script would ask for (POST, AJAX) is asked by `fetch()` inside a page of the
same origin. Chromium tells no status to WebDriver, so it is read from the page's own navigation entry.
"""

from datetime import UTC, datetime
from types import TracebackType
from typing import Self, TypedDict
from urllib.parse import urlencode

import httpx
from selenium.common.exceptions import (
    NoAlertPresentException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from urllib3.exceptions import HTTPError

from crawlers.addresses import check_host, is_allowed
from crawlers.chromium import Chromium, start_chromium
from crawlers.fetch import Onward, Request, raise_for_status, sent_away, unasked
from warehouse.errors import Permanent, Transient
from warehouse.records.pages import Page

# A page that opens more boxes than this is stopped by ending its browser.
_MAX_ALERTS = 5
_STATUS = "const e = performance.getEntriesByType('navigation')[0]; return e ? e.responseStatus : 0"
_ASK = """
const [url, method, body, referer, done] = arguments;
const headers = {'X-Requested-With': 'XMLHttpRequest'};
if (body) headers['Content-Type'] = 'application/x-www-form-urlencoded; charset=UTF-8';
fetch(url, {method, headers, body: body || undefined, referrer: referer || undefined, redirect: 'follow'})
  .then(r => r.text().then(text => done({status: r.status, url: r.url, text, headers: [...r.headers]})))
  .catch(error => done({error: String(error)}));
"""


class _Asked(TypedDict, total=False):
    status: int
    url: str
    text: str
    headers: list[list[str]]
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

    def fetch(self, request: Request, onward: Onward = unasked) -> Page:
        """This asks once; the page's text is what stands in the browser after its scripts ran.

        Where a script's call is asked for and no page of its site is open, its referer is opened first, and `onward`
        is told before the call follows. Redirects inside the browser are not told, since it follows them by itself.

        Raises:
            Transient: timeout, no connection, 5xx, 429; BrowserFell for a browser that died.
            Permanent: a host that is not allowed (also after redirects), a page over `max_bytes`.
        """
        check_host(request.url, self._allowed_hosts)
        self._driver = self._start().driver
        try:
            page = self._ask_inside(request, onward) if request.is_script_call else self._navigate(request)
        except TimeoutException as error:
            # A page that is slow and a browser that hangs look the same from here.
            self._kill()
            raise Transient(f"no page from {request.url} in {self._timeout_seconds:g} s: try again later") from error
        except (HTTPError, OSError) as error:
            self._kill()
            raise BrowserFell(f"Chromium's driver is gone, with {request.url} not fetched: another is tried") from error
        except WebDriverException as error:
            page = self._failed(request, error)
        check_host(page.final_url, self._allowed_hosts)
        if len(page.body) > self._max_bytes:
            raise Permanent(f"{request.url} holds more than {self._max_bytes:,} bytes: it is set aside", "too_large")
        raise_for_status(page)
        return page

    def _start(self) -> Chromium:
        if self._running is None:
            self._running = start_chromium(
                self._user_agent, self._allowed_hosts, self._named_hosts, self._timeout_seconds
            )
        return self._running

    def _kill(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running = None

    def _failed(self, request: Request, error: WebDriverException) -> Page:
        said = (error.msg or type(error).__name__).strip().split("\n")[0]
        if "net::ERR_" not in said:
            self._kill()
            raise BrowserFell(f"Chromium fell over {request.url} ({said}): another is tried") from error
        where = self._driver.current_url
        if where.startswith("http") and not is_allowed(where, self._allowed_hosts):
            return sent_away(_page(request, request.url, 302, (), ""), where)
        raise Transient(f"Chromium could not open {request.url} ({said}): try again later") from error

    def _navigate(self, request: Request) -> Page:
        try:
            self._driver.get(request.url)
            said = self._alert_text()
            if said is None:
                status = int(self._driver.execute_script(_STATUS) or 200)
                return _page(request, self._driver.current_url, status, (), self._driver.page_source)
        except UnexpectedAlertPresentException as error:
            said = error.alert_text or ""
            self._alert_text()
        # The page spoke in a box and may already have gone back; what it said is all that there is to judge.
        box = f"<script>alert({_quoted(said)});history.back()</script>"
        return _page(request, request.url, 200, (), box)

    def _ask_inside(self, request: Request, onward: Onward) -> Page:
        origin = _origin(request.url)
        if _origin(self._driver.current_url) != origin:
            first = request.referer or f"{origin}/robots.txt"
            check_host(first, self._allowed_hosts)
            self._driver.get(first)
            onward(_page(request, first, 200, (), ""), request.url)
        body = urlencode(request.form) if request.method == "POST" else ""
        answer: _Asked = self._driver.execute_async_script(
            _ASK, request.url, request.method, body, request.referer or ""
        )
        if "error" in answer:
            raise Transient(f"connection to {request.url} failed ({answer['error']}): try again later")
        headers = tuple((name, value) for name, value in answer["headers"])
        return _page(request, answer["url"], answer["status"], headers, answer["text"])

    def _alert_text(self) -> str | None:
        """What the first box said; all of them are closed, since an open one would be taken for the next page's."""
        first = None
        for _ in range(_MAX_ALERTS):
            try:
                alert = self._driver.switch_to.alert
                first = first if first is not None else alert.text
                alert.dismiss()
            except NoAlertPresentException:
                return first
        self._kill()
        return first


def _page(request: Request, final_url: str, status: int, headers: tuple[tuple[str, str], ...], text: str) -> Page:
    return Page(
        request.url, final_url, status, headers, text.encode("utf-8", "replace"), "utf-8", datetime.now(UTC),
        request.method, urlencode(request.form).encode(), "browser",
    )  # fmt: skip


def _origin(url: str) -> str:
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return ""
    return f"{parts.scheme}://{parts.netloc.decode()}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", " ").replace('"', " ").replace("<", " ") + '"'
