"""One Chromium tab, request by request: nothing leaves it that was not let go (DevTools protocol, domain Fetch).

Chromium would follow redirects, load what a page names, and ask for icons, all by itself. Here every request stops
twice: before it leaves, and when its answer begins. Of a page's own requests only those that make its text are let go
(scripts, and what they ask for), one after the other, each told before. A redirect is stopped and left to the caller.
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from crawlers.addresses import is_allowed
from crawlers.devtools import Line, LineLost
from crawlers.errands import TOO_LARGE, Answered, Beside, Errand, Shown, free
from warehouse.errors import Permanent

MARK: Final = "#ours"  # a fragment, which is never sent, tells a script's call of ours from the page's own

_STAGES = [{"urlPattern": "*", "requestStage": stage} for stage in ("Request", "Response")]
_STANDS = "[location.href, document.documentElement ? document.documentElement.outerHTML : '']"
_NEEDED = ("Script", "XHR", "Fetch")
_LEADING = ("metaTagRefresh", "httpHeaderRefresh", "scriptInitiated", "formSubmissionGet", "anchorClick")
_LEADS_ON_SECONDS = 1.0  # a page that leads on later than this is there to be read
# A loaded page whose scripts ask for more is given so long after each answer, and so long for one answer.
_QUIET_SECONDS = 0.3
_PATIENCE_SECONDS = 5.0
_MAX_BOXES = 5  # a page that opens more is given up


class Tab:
    """The only tab of a browser. `timeout_seconds` is the time for one errand; what `beside` takes does not count.

    A page of more than `max_bytes` (unpacked) is not waited for: its error is TOO_LARGE.

    Methods raise LineLost where Chromium hangs or died, TimeoutError where an answer takes too long.
    """

    def __init__(self, line: Line, allowed_hosts: frozenset[str], timeout_seconds: float, max_bytes: int) -> None:
        self._line, self._allowed_hosts, self._timeout_seconds = line, allowed_hosts, timeout_seconds
        self._max_bytes = max_bytes
        self._waiting: deque[dict[str, Any]] = deque()
        self._under_way: tuple[str, Answered] | None = None
        # The origin of our own empty page, nothing on a blank one, None while a site's page is open.
        self._stands_on: str | None = None
        for command in ("Page.enable", "Network.enable"):
            line.send(command)
        line.send("Network.setBypassServiceWorker", bypass=True)
        line.send("Network.setCacheDisabled", cacheDisabled=True)  # what is on record as sent was sent
        line.send("Fetch.enable", patterns=_STAGES)

    def open(self, url: str, beside: Beside = free) -> Shown:
        """This asks for a page, and returns when it is loaded, has spoken in a box, or leads elsewhere.

        An open page is left before, which takes time: `leave` it sooner where a turn to send is waited for.
        """
        self.leave()
        self._stands_on = None
        errand = self._begin("page", beside, "Page.navigate", url=url)
        shown = errand.shown
        return self._run(
            errand,
            lambda: bool(shown.error or shown.is_redirect or shown.said is not None or self._is_quiet(errand)),
        )

    def call(self, expression: str, origin: str) -> Shown:
        """This lets a script ask for an address that ends in MARK, on an empty page that stands in for the site's.

        No request is sent for that page: we answer it ourselves.
        """
        if self._stands_on != origin:
            self.leave()
            errand = self._begin("stand-in", free, "Page.navigate", url=f"{origin}/")
            self._run(errand, lambda: errand.is_replied and errand.is_loaded)
            self._stands_on = origin
        values = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        asked = self._begin("call", free, "Runtime.evaluate", **values)
        return self._run(asked, lambda: asked.is_replied or asked.shown.is_redirect)

    def read(self) -> Shown:
        """This is the open page as it stands: `value` is [address, markup]."""
        errand = self._begin("read", free, "Runtime.evaluate", expression=_STANDS, returnByValue=True)
        return self._run(errand, lambda: errand.is_replied)

    def leave(self) -> None:
        """This leaves the open page: none of its scripts does anything more, and there is no way back to it."""
        if self._stands_on is not None:
            return
        errand = self._begin("leave", free, "Page.navigate", url="about:blank")
        self._run(errand, lambda: errand.is_replied and errand.is_loaded)
        self._line.send("Page.resetNavigationHistory")
        self._stands_on = ""

    def _begin(self, kind: str, beside: Beside, command: str, **values: Any) -> Errand:
        errand = Errand(kind, beside, time.monotonic() + self._timeout_seconds)
        errand.reply = self._line.send(command, **values)
        return errand

    def _run(self, errand: Errand, is_done: Callable[[], bool]) -> Shown:
        try:
            while not is_done():
                if self._waiting and self._under_way is None:
                    self._let_go(errand, self._waiting.popleft())
                elif event := self._line.receive(self._seconds_left(errand)):
                    self._heed(errand, event, event.get("params", {}))
        finally:
            if self._under_way:
                self._under_way[1](None, None)
            with suppress(LineLost):
                for paused in self._waiting:
                    self._refuse(paused)
            self._waiting.clear()
            self._under_way = None
        return errand.shown

    def _seconds_left(self, errand: Errand) -> float:
        left = errand.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, _QUIET_SECONDS) if errand.is_loaded else left

    def _is_quiet(self, errand: Errand) -> bool:
        if not errand.is_loaded or errand.shown.leads_to:
            return errand.is_loaded
        silent = time.monotonic() - errand.heard_at
        if self._waiting or self._under_way:
            return silent > _PATIENCE_SECONDS
        return silent > _QUIET_SECONDS or not errand.asked_for_more

    def _heed(self, errand: Errand, event: dict[str, Any], told: dict[str, Any]) -> None:
        name, is_main = event.get("method"), told.get("frameId") == self._line.tab_id
        if name == "Fetch.requestPaused":
            begins = "responseStatusCode" in told or "responseErrorReason" in told
            (self._answer_begins if begins else self._wants_to_leave)(errand, told)
        elif name == "Page.javascriptDialogOpening":
            errand.shown.said = errand.shown.said if errand.shown.said is not None else str(told.get("message", ""))
            errand.boxes += 1
            if errand.boxes > _MAX_BOXES:
                raise LineLost("its page opens one box after another")
            self._line.send("Page.handleJavaScriptDialog", accept=False)
        elif name == "Page.frameStoppedLoading" and is_main:
            errand.is_loaded = errand.kind in ("leave", "stand-in") or errand.shown.status is not None
            errand.heard_at = time.monotonic()
        elif name == "Network.dataReceived" and told["requestId"] == errand.key:
            errand.received_bytes += told["dataLength"]
            if errand.received_bytes > self._max_bytes:
                errand.shown.error = TOO_LARGE
        elif name in ("Page.frameScheduledNavigation", "Page.frameRequestedNavigation") and is_main:
            if told.get("reason") in _LEADING and told.get("delay", 0) <= _LEADS_ON_SECONDS:
                self._leads_on(errand, told["url"])
        elif event.get("id") == errand.reply:
            errand.is_replied = True
            errand.shown.note_reply(event)

    def _leads_on(self, errand: Errand, url: str) -> None:
        if errand.kind == "page" and errand.shown.status is not None and url.startswith("http"):
            errand.shown.leads_to = errand.shown.leads_to or url

    def _wants_to_leave(self, errand: Errand, told: dict[str, Any]) -> None:
        kind, request, shown = told["resourceType"], told["request"], errand.shown
        is_page = kind == "Document" and told["frameId"] == self._line.tab_id
        is_asked = is_page if errand.kind == "page" else request.get("urlFragment") == MARK
        may_ask = errand.kind in ("page", "call")
        if errand.key is None and may_ask and is_asked:
            errand.key = _key(told)
            self._line.send("Fetch.continueRequest", requestId=told["requestId"])
        elif is_page and errand.kind == "stand-in":
            headers = [{"name": "Content-Type", "value": "text/html"}]
            self._line.send(
                "Fetch.fulfillRequest", requestId=told["requestId"], responseCode=200, responseHeaders=headers, body=""
            )
        elif is_page:
            if request["method"] == "GET":
                self._leads_on(errand, request["url"])
            self._refuse(told, "Aborted")
        elif (
            may_ask
            and kind in _NEEDED
            and "Sec-Purpose" not in request["headers"]  # a prefetch
            and is_allowed(request["url"], self._allowed_hosts)
            and (shown.status or 200) < 400
        ):
            errand.asked_for_more = True
            self._waiting.append(told)
        else:
            self._refuse(told)

    def _let_go(self, errand: Errand, told: dict[str, Any]) -> None:
        began = time.monotonic()
        try:
            answered = errand.beside(told["request"]["method"], told["request"]["url"])
        except Permanent:
            self._refuse(told)
            return
        now = time.monotonic()
        errand.deadline += now - began
        errand.heard_at = now
        self._under_way = (_key(told), answered)
        self._line.send("Fetch.continueRequest", requestId=told["requestId"])

    def _answer_begins(self, errand: Errand, told: dict[str, Any]) -> None:
        status: int | None = told.get("responseStatusCode")
        headers = tuple((row["name"].lower(), row["value"]) for row in told.get("responseHeaders", ()))
        if _key(told) == errand.key:
            errand.shown.status, errand.shown.headers = status, headers
            if errand.shown.is_redirect:
                self._refuse(told, "Aborted")
                return
        elif self._under_way and _key(told) == self._under_way[0]:
            self._under_way[1](status, dict(headers).get("retry-after"))
            self._under_way = None
            errand.heard_at = time.monotonic()
        if status is None:
            self._refuse(told, told["responseErrorReason"])
        else:
            self._line.send("Fetch.continueResponse", requestId=told["requestId"])

    def _refuse(self, told: dict[str, Any], reason: str = "BlockedByClient") -> None:
        self._line.send("Fetch.failRequest", requestId=told["requestId"], errorReason=reason)


def _key(told: dict[str, Any]) -> str:
    """Name a request, the same at both of its stops."""
    return str(told.get("networkId") or told["requestId"])
