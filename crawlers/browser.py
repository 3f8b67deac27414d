"""The same requests through a headless Chromium: for pages that need their script, with the same rows as result.

Pages are navigated to; what a page's own script would ask for (POST, AJAX) is asked by `fetch()` inside a page of the
same origin. Chromium tells no status to WebDriver, so it is read from the page's own navigation entry.
"""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypedDict
from urllib.parse import urlencode

import httpx
from selenium import webdriver
from selenium.common.exceptions import (
    NoAlertPresentException,
    TimeoutException,
    UnexpectedAlertPresentException,
    WebDriverException,
)
from selenium.webdriver.chrome.service import Service
from urllib3.exceptions import HTTPError

from crawlers.fetch import Request, check_host, raise_for_status
from warehouse.errors import Permanent, Transient, Unready
from warehouse.records.pages import Page

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Measured on Chromium 156, 2026-11: starts in a container, keeps quiet on the network, leaves pictures out.
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--blink-settings=imagesEnabled=false",
)  # fmt: skip
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


def find_chromium() -> tuple[str, str] | None:
    """This finds (browser, driver) on the PATH, None where either is missing."""
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


class BrowserFetcher:
    """Fetches through one headless Chromium with a profile of its own; a context manager that leaves no process.

    Unready where Chromium or its driver is missing or does not start. Arguments are those of HttpFetcher.
    """

    def __init__(
        self,
        user_agent: str,
        allowed_hosts: frozenset[str],
        timeout_seconds: float = 15.0,
        max_bytes: int = 8_000_000,
    ) -> None:
        found = find_chromium()
        if found is None:
            raise Unready("Chromium and its driver are not on this machine: apt-get install chromium chromium-driver")
        self._allowed_hosts = allowed_hosts
        self._timeout_seconds = timeout_seconds
        self._max_bytes = max_bytes
        self._profile = tempfile.TemporaryDirectory(prefix="mundap-chromium-", ignore_cleanup_errors=True)
        try:
            self._driver = _start(found, user_agent, Path(self._profile.name), timeout_seconds)
        except WebDriverException as error:
            self._profile.cleanup()
            raise Unready(f"Chromium does not start ({_first_line(error)}): run `{found[0]} --version`") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """This ends Chromium and its driver and removes the profile."""
        try:
            self._driver.quit()
        except (WebDriverException, HTTPError):
            # A browser that is gone cannot be asked to quit; its driver still can.
            self._driver.service.stop()
        finally:
            self._profile.cleanup()

    def fetch(self, request: Request) -> Page:
        """This asks once; the page's text is what stands in the browser after its scripts ran.

        Raises:
            Transient: timeout, no connection, 5xx, 429, a browser that fell.
            Permanent: a host that is not allowed (also after redirects), a page over `max_bytes`.
        """
        check_host(request.url, self._allowed_hosts)
        try:
            page = self._ask_inside(request) if request.is_script_call else self._navigate(request)
        except TimeoutException as error:
            raise Transient(f"no page from {request.url} in {self._timeout_seconds:g} s: try again later") from error
        except HTTPError as error:
            raise Transient(f"Chromium's driver is gone, with {request.url} not fetched: try again later") from error
        except WebDriverException as error:
            raise Transient(f"Chromium could not open {request.url} ({_first_line(error)}): try again later") from error
        check_host(page.final_url, self._allowed_hosts)
        if len(page.body) > self._max_bytes:
            raise Permanent(f"{request.url} holds more than {self._max_bytes:,} bytes: it is set aside")
        raise_for_status(page)
        return page

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

    def _ask_inside(self, request: Request) -> Page:
        origin = _origin(request.url)
        if _origin(self._driver.current_url) != origin:
            self._driver.get(request.referer or f"{origin}/robots.txt")
        body = urlencode(request.form) if request.method == "POST" else ""
        answer: _Asked = self._driver.execute_async_script(
            _ASK, request.url, request.method, body, request.referer or ""
        )
        if "error" in answer:
            raise Transient(f"connection to {request.url} failed ({answer['error']}): try again later")
        headers = tuple((name, value) for name, value in answer["headers"])
        return _page(request, answer["url"], answer["status"], headers, answer["text"])

    def _alert_text(self) -> str | None:
        try:
            alert = self._driver.switch_to.alert
            text = alert.text
            alert.dismiss()
        except NoAlertPresentException:
            return None
        return text


def _start(found: tuple[str, str], user_agent: str, profile: Path, timeout_seconds: float) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = found[0]
    for flag in (*_FLAGS, f"--user-data-dir={profile}", f"--user-agent={user_agent}", "--lang=ko"):
        options.add_argument(flag)
    # An alert is content here: it is read, then closed by us.
    options.unhandled_prompt_behavior = "ignore"
    nothing: dict[str, Any] = {"download_restrictions": 3, "profile.default_content_setting_values.notifications": 2}
    options.add_experimental_option("prefs", nothing)
    driver = webdriver.Chrome(options=options, service=Service(executable_path=found[1]))
    driver.set_page_load_timeout(timeout_seconds)
    driver.set_script_timeout(timeout_seconds)
    return driver


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


def _first_line(error: WebDriverException) -> str:
    return (error.msg or type(error).__name__).strip().split("\n")[0]
