"""One headless Chromium with its driver: started with the site's hosts only, ended without a process left over."""

import os
import shutil
import signal
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.chrome.remote_connection import ChromeRemoteConnection
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.remote.client_config import ClientConfig
from urllib3.exceptions import HTTPError

from crawlers.addresses import public_addresses
from crawlers.devtools import Line, LineLost
from crawlers.leftovers import end_leftovers, new_profile, note_leader
from crawlers.tab import Tab
from warehouse.errors import Unready

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Measured on Chromium 156, 2026-11: starts in a container, keeps quiet on the network, leaves pictures out.
_FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-breakpad",
    "--blink-settings=imagesEnabled=false", "--no-proxy-server", "--lang=ko",
)  # fmt: skip
# How long the driver may take beyond the page's own time before it counts as hung.
_GRACE_SECONDS = 10
_SCHEMES = ("http", "https", "ws", "wss")


@dataclass(frozen=True, slots=True)
class Chromium:
    """A running browser, its driver, and its only tab."""

    driver: webdriver.Remote
    line: Line
    tab: Tab
    service: Service
    profile: tempfile.TemporaryDirectory[str]

    @property
    def process_ids(self) -> tuple[int, ...]:
        """The driver's and the browser's process."""
        return (self.service.process.pid, int(self.driver.capabilities["goog:processID"]))

    @property
    def is_driven(self) -> bool:
        """Whether the driver still runs: without it nobody ends the browser in the end."""
        return self.service.process.poll() is None

    def end(self) -> None:
        """This lets the browser end by itself, then makes sure."""
        with suppress(WebDriverException, HTTPError, OSError):
            self.driver.quit()
        self.kill()

    def kill(self) -> None:
        """This ends browser and driver at once and removes the profile: a hung one cannot be asked to go."""
        self.line.close()
        for process_id in self.process_ids:
            # The driver leads a group of its own, with the whole browser in it; a browser that outlived its driver
            # still stands in that group.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process_id, signal.SIGKILL)
        self.service.process.wait()
        with suppress(HTTPError, OSError):
            self.service.stop()
        self.profile.cleanup()


def find_chromium() -> tuple[str, str] | None:
    """This finds (browser, driver) on the PATH, None where either is missing."""
    browser = next((path for name in _BROWSERS if (path := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


def start_chromium(
    user_agent: str, allowed_hosts: frozenset[str], named_hosts: frozenset[str], timeout_seconds: float, max_bytes: int
) -> Chromium:
    """This starts a browser that finds no host but the allowed ones, each at the address checked now.

    Raises:
        Unready: Chromium or its driver is missing or does not start.
        Permanent, Transient: an allowed host leads to a private address, or is not known just now.
    """
    found = find_chromium()
    if found is None:
        raise Unready("Chromium and its driver are not on this machine: apt-get install chromium chromium-driver")
    rules = _resolver_rules(allowed_hosts, named_hosts)
    end_leftovers()
    profile = new_profile()
    service = Service(executable_path=found[1], popen_kw={"start_new_session": True})
    try:
        service.start()
        note_leader(profile.name, service.process.pid)
        driver = _driver(service, _options(found[0], user_agent, profile.name, rules), timeout_seconds)
        line = Line(driver.capabilities["goog:chromeOptions"]["debuggerAddress"], timeout_seconds + _GRACE_SECONDS)
        tab = Tab(line, allowed_hosts, timeout_seconds, max_bytes)
    except (WebDriverException, HTTPError, OSError, LineLost) as error:
        if service.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(service.process.pid, signal.SIGKILL)
        profile.cleanup()
        said = str(getattr(error, "msg", None) or error).strip().split("\n")[0]
        raise Unready(f"Chromium does not start ({said}): run `{found[0]} --version`") from error
    _close_other_hosts(driver, allowed_hosts)
    return Chromium(driver, line, tab, service, profile)


def _options(binary: str, user_agent: str, profile: str, rules: str) -> webdriver.ChromeOptions:
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*_FLAGS, f"--user-data-dir={profile}", f"--user-agent={user_agent}", f"--host-resolver-rules={rules}"):
        options.add_argument(flag)
    # An alert is content here: it is read, then closed by us.
    options.unhandled_prompt_behavior = "ignore"
    # The tab is watched by ourselves; a driver that waits for it to load would wait for what we hold back.
    options.page_load_strategy = "none"
    # The driver lets pages open further tabs, which nobody watches.
    options.add_experimental_option("excludeSwitches", ["disable-popup-blocking"])
    nothing: dict[str, Any] = {"download_restrictions": 3, "profile.default_content_setting_values.notifications": 2}
    options.add_experimental_option("prefs", nothing)
    return options


def _driver(service: Service, options: webdriver.ChromeOptions, timeout_seconds: float) -> webdriver.Remote:
    patience = int(timeout_seconds + _GRACE_SECONDS)
    client = ClientConfig(remote_server_addr=service.service_url, timeout=patience, ignore_certificates=False)
    executor = ChromeRemoteConnection(service.service_url, ignore_proxy=True, client_config=client)
    driver = webdriver.Remote(command_executor=executor, options=options)
    driver.set_script_timeout(timeout_seconds)
    return driver


def _resolver_rules(allowed_hosts: frozenset[str], named_hosts: frozenset[str]) -> str:
    """Name by name to the address that was checked, and nothing else is found: no second look-up can turn a name."""
    rules = []
    for allowed in sorted(allowed_hosts):
        parts = httpx.URL(f"https://{allowed}")
        if allowed in named_hosts or _is_number(parts.host):
            rules.append(f"EXCLUDE {parts.host}")
        else:
            address = public_addresses(parts.host, parts.port or 443, named_hosts)[0]
            rules.append(f"MAP {parts.host} {f'[{address}]' if ':' in address else address}")
    return " , ".join([*dict.fromkeys(rules), "MAP * ~NOTFOUND"])


def _close_other_hosts(driver: webdriver.Remote, allowed_hosts: frozenset[str]) -> None:
    """What a page loads or asks for besides itself goes to the allowed hosts and ports only (DevTools protocol)."""
    first = [
        {"urlPattern": f"{scheme}://{host}/*", "block": False}
        for host in sorted(allowed_hosts)
        for scheme in ("http", "https")
    ]
    rest = [{"urlPattern": f"{scheme}://*:*/*", "block": True} for scheme in _SCHEMES]
    for command, values in (("Network.enable", {}), ("Network.setBlockedURLs", {"urlPatterns": first + rest})):
        # Older browsers know no list of exceptions; the resolver's rules hold there alone.
        with suppress(WebDriverException):
            driver.execute("executeCdpCommand", {"cmd": command, "params": values})


def _is_number(host: str) -> bool:
    return host.replace(".", "").isdigit() or ":" in host
