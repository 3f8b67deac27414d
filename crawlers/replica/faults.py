"""What can go wrong on a site, on request: each fault bends the answers of a healthy replica.

A fault may carry a number, `429:5`. Faults that pass (429, 503, slow, truncated) hit the first so many pages, the
others stay.
"""

import gzip
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

from crawlers.replica.exchange import Asked, Told, page
from warehouse.errors import Misuse

FAULTS: Mapping[str, str] = {
    "429": "the first pages are refused with Retry-After: 1",
    "429_date": "the first pages are refused with Retry-After as a date",
    "503": "the first pages fail",
    "slow": "the first pages take longer than anybody waits",
    "truncated": "the first pages end in the middle",
    "captcha": "after ten pages every page is a captcha",
    "login": "after ten pages every page is a login form",
    "deleted": "every question is gone",
    "empty": "every list is empty",
    "repeats": "every list page shows the first page again",
    "redesign": "every question comes, whole, in markup that nobody knows",
    "moved": "the text of every question stands where nobody looks for it",
    "charset": "pages are UTF-8 and say that they are EUC-KR",
    "gzip_bomb": "questions unpack to far more than they weigh",
    "redirect_loop": "questions lead to themselves",
    "redirect_offsite": "questions lead to another host",
    "redirect_refused": "questions lead to where robots.txt lets nobody go",
    "robots_refuse": "robots.txt forbids all",
    "robots_delay": "robots.txt asks for a fifth of a second between requests",
    "robots_404": "there is no robots.txt",
    "robots_500": "robots.txt cannot be had",
}
_PASSING = ("429", "429_date", "503", "slow", "truncated")
_TIMES = {**dict.fromkeys(_PASSING, 3), "captcha": 10, "login": 10}
# Attributes by which a parser finds a question's text: 지식iN's class, 판's id.
_MOVED = re.compile(rb'"(?:questionDetail|contentArea)"')
_BOMB_BYTES = 64_000_000
# Longer than the fetcher's own limit of 15 s.
SLOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault by name and how many pages it lets or hits."""

    name: str
    times: int


def parse_fault(text: str | None) -> Fault | None:
    """This reads `name` or `name:number`; Misuse for a name that is not known, listing those that are."""
    if not text:
        return None
    name, _, number = text.partition(":")
    if name not in FAULTS or (number and not (number.isascii() and number.isdigit())):
        raise Misuse(f"unknown fault {text!r}: use one of {', '.join(FAULTS)}, with :number where it counts")
    return Fault(name, int(number) if number else _TIMES.get(name, 0))


def is_question(asked: Asked) -> bool:
    """This tells a request for a question or post page."""
    last = asked.path.rstrip("/").rpartition("/")[2]
    return asked.path.startswith(("/qna/detail", "/qna/dirs/")) or (asked.path.startswith("/talk/") and last.isdigit())


def bend(fault: Fault, asked: Asked, told: Told, count: int, closing: threading.Event) -> Told:
    """This bends one healthy answer; `count` numbers the pages from 1, `closing` ends a slow one early."""
    if fault.name in _PASSING:
        return _passing(fault, told, closing) if count <= fault.times else told
    if fault.name in ("captcha", "login"):
        return page(f"fault_{fault.name}.html") if count > fault.times else told
    if fault.name == "charset":
        return replace(told, content_type="text/html; charset=euc-kr")
    if is_question(asked):
        return _question(fault, asked, told)
    return told


def unbent_list(fault: Fault | None, asked: Asked) -> Asked:
    """This is the request whose healthy answer a list fault shows in place of the one asked for."""
    if fault is None or is_question(asked) or asked.method == "POST" or asked.path.startswith("/ajax/"):
        return asked
    wanted = {"empty": "99999999", "repeats": "1"}.get(fault.name)
    return replace(asked, fields={**asked.fields, "page": wanted}) if wanted else asked


def _passing(fault: Fault, told: Told, closing: threading.Event) -> Told:
    if fault.name == "slow":
        closing.wait(SLOW_SECONDS)
        return told
    if fault.name == "truncated":
        return replace(told, cut=len(told.body) // 2)
    if fault.name == "503":
        return Told(503, "일시적인 오류입니다. 잠시 후 다시 시도해 주세요.".encode())
    # A date in the past asks for no wait beyond our own.
    wait = "1" if fault.name == "429" else "Mon, 02 Nov 2026 00:00:00 GMT"
    return Told(429, "요청이 너무 많습니다.".encode(), headers=(("Retry-After", wait),))


def _question(fault: Fault, asked: Asked, told: Told) -> Told:
    if fault.name == "deleted":
        return page("kin_gone.html") if asked.path.startswith("/qna/") else page("pann_gone.html")
    if fault.name == "moved":
        return replace(told, body=_MOVED.sub(rb'"v9-text"', told.body))
    if fault.name == "gzip_bomb":
        return Told(200, gzip.compress(bytes(_BOMB_BYTES), 1), headers=(("Content-Encoding", "gzip"),))
    if fault.name.startswith("redirect_"):
        elsewhere = {"redirect_offsite": "https://other.example.com/", "redirect_refused": "/qna/expertAnswer/1"}
        target = elsewhere.get(fault.name, asked.headers["x-asked-target"])
        return Told(302, b"", headers=(("Location", target),))
    return told
