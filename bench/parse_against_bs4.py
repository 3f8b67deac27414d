"""Pages of each kind to records, beside BeautifulSoup with lxml reading the same fields."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from bench.corpus import bench_posts
from bench.equality import assert_equal
from bench.rivals import bs4_kin, bs4_pann
from bench.size import Size
from bench.surroundings import FULL_BYTES, surrounded
from bench.table import Figure, Report, paired
from crawlers.replica.exchange import Asked, Desk
from crawlers.replica.kin import KinDesk
from crawlers.replica.pann import PannDesk
from crawlers.sites.registry import SITES
from warehouse.records.pages import Link, Page, ParsedPage

SALT = b"bench"
AIM = 20
_NOW = datetime(2026, 11, 21, tzinfo=UTC)
_PAGES_OF_A_KIND = 30

Reader = Callable[[Page, bytes], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Pages of one kind, all of one site, with the rival that reads them."""

    name: str
    site: str
    pages: tuple[Page, ...]
    rival: Reader


def measure(size: Size) -> Report:
    """Parse every kind in turn with both, on one core, by CPU time; fields are compared first."""
    bare = tuple(_kinds())
    full = tuple(_in_full(kind) for kind in bare)
    fields = sum(_compare(kind) for kind in (*bare, *full))
    figures = [_figure(kind, size.rounds) for kind in full]
    pages = sum(len(kind.pages) for kind in full)
    return Report(
        f"parse: {pages} pages of {len(full)} kinds, {size.rounds} rounds in turn, CPU seconds",
        "bs4 + lxml",
        (_whole("all kinds", full, size), _whole("the replica's bare pages", bare, size), *figures),
        f"{fields:,} fields of questions, answers and list links: equal",
        (
            f"whole pages are filled up to {FULL_BYTES:,} bytes by menu, side lists, scripts and footer, as a site has",
            "them; the replica's are bare content. Further answers and comments are fragments, and stay as they are",
            "ours also tells the page's kind and reads layout, sellers, speakers, next pages",
        ),
    )


def _whole(name: str, kinds: tuple[Kind, ...], size: Size) -> Figure:
    ours, rival = zip(*(_spent(kinds) for _ in range(size.rounds)), strict=True)
    pages = sum(len(kind.pages) for kind in kinds)
    kib = sum(len(page.body) for kind in kinds for page in kind.pages) / 1024 / pages
    per_second = [pages / seconds for seconds in ours], [pages / seconds for seconds in rival]
    return paired(f"{name}, {kib:.1f} KiB", *per_second, unit="pages/s", at_least=AIM)


def _in_full(kind: Kind) -> Kind:
    return replace(kind, pages=tuple(replace(page, body=surrounded(page.body)) for page in kind.pages))


def ours_as_fields(parsed: ParsedPage, like: Mapping[str, Any]) -> dict[str, Any]:
    """Return our records cut down to the fields that the rival gives."""
    names = {field for answer in like["answers"] for field in answer}
    is_list = bool(like["links"])
    return {
        "question": {name: getattr(parsed.question, name) for name in like["question"]} if like["question"] else None,
        "answers": [{name: getattr(answer, name) for name in sorted(names)} for answer in parsed.answers],
        "links": [
            {"external_id": link.external_id, "title": link.title}
            for link in parsed.links
            if is_list and link.kind == "question"
        ],
    }


def _compare(kind: Kind) -> int:
    count = 0
    for page in kind.pages:
        rival = kind.rival(page, SALT)
        ours = ours_as_fields(SITES[kind.site].read(page, SALT), rival)
        assert_equal(f"{kind.name} {page.url}", _flat(ours), _flat(rival))
        count += len(_flat(ours))
    return count


def _flat(fields: Mapping[str, Any]) -> dict[Any, Any]:
    flat: dict[Any, Any] = {("question", name): value for name, value in (fields["question"] or {}).items()}
    for part in ("answers", "links"):
        flat |= {(part, n, name): value for n, row in enumerate(fields[part]) for name, value in row.items()}
    return flat


def _figure(kind: Kind, rounds: int) -> Figure:
    ours, rival = zip(*(_spent((kind,)) for _ in range(rounds)), strict=True)
    number = len(kind.pages)
    return paired(kind.name, [number / s for s in ours], [number / s for s in rival], unit="pages/s")


def _spent(kinds: tuple[Kind, ...]) -> tuple[float, float]:
    """Return CPU seconds of our parser and of the rival over the same pages, one right after the other."""
    ours = rival = 0.0
    for kind in kinds:
        ours += _timed(SITES[kind.site].read, kind.pages)
        rival += _timed(kind.rival, kind.pages)
    return ours, rival


def _timed(read: Callable[[Page, bytes], object], pages: tuple[Page, ...]) -> float:
    gc.collect()
    began = time.process_time()
    for page in pages:
        read(page, SALT)
    return time.process_time() - began


def _kinds() -> Iterator[Kind]:
    kin, pann = bench_posts("naver_kin", 600), bench_posts("nate_pann", 600)
    desk, other = KinDesk(kin), PannDesk(pann)
    questions = [_page(desk, Link("question", _kin_url(post.board, post.external_id))) for post in kin[:300:10]]
    leads = (link for page in questions for link in SITES["naver_kin"].read(page, None).links)
    more = [link for link in leads if "answerList" in link.url]
    lists = [
        Link("list", f"https://kin.naver.com/qna/list.naver?dirId={board}&page={number}")
        for board in dict.fromkeys(post.board for post in kin)
        for number in range(1, 6)
    ]
    yield Kind("지식iN question", "naver_kin", tuple(questions), bs4_kin.read_question)
    yield Kind("지식iN further answers", "naver_kin", _pages(desk, more), bs4_kin.read_more_answers)
    yield Kind("지식iN list", "naver_kin", _pages(desk, lists), bs4_kin.read_list)
    posts = [_page(other, Link("question", f"https://pann.nate.com/talk/{post.external_id}")) for post in pann[:300:10]]
    comments = [
        link for page in posts for link in SITES["nate_pann"].read(page, None).links if link.url.endswith("/load")
    ]
    channels = [
        Link("list", f"https://pann.nate.com/talk/{board}?page={number}")
        for board in dict.fromkeys(post.board for post in pann)
        for number in range(1, 4)
    ]
    yield Kind("판 post", "nate_pann", tuple(posts), bs4_pann.read_post)
    yield Kind("판 comments", "nate_pann", _pages(other, comments), bs4_pann.read_comments)
    yield Kind("판 list", "nate_pann", _pages(other, channels), bs4_pann.read_list)


def _kin_url(board: str, number: str) -> str:
    return f"https://kin.naver.com/qna/detail.naver?d1id={board[0]}&dirId={board}&docId={number}"


def _pages(desk: Desk, links: list[Link]) -> tuple[Page, ...]:
    return tuple(_page(desk, link) for link in islice(links, _PAGES_OF_A_KIND))


def _page(desk: Desk, link: Link) -> Page:
    parts = urlsplit(link.url)
    fields = dict(parse_qsl(parts.query, keep_blank_values=True))
    headers = {"x-requested-with": "XMLHttpRequest", "referer": link.url}
    method = "POST" if link.form else "GET"
    told = desk.respond(Asked(method, parts.path, fields, dict(link.form), headers))
    return Page(
        link.url, link.url, told.status, (), told.body, "utf-8", _NOW, method, urlencode(link.form).encode()
    )  # fmt: skip
