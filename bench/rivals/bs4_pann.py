"""판's pages read with BeautifulSoup, field by field as our parser gives them."""

import re
from typing import Any

from bs4 import BeautifulSoup, Tag

from bench.rivals.bs4_text import dated, number_of, soup_of, text_of
from crawlers.authors import author_key
from crawlers.sites.boards import PANN_CHANNELS
from warehouse.records.pages import Page

Fields = dict[str, Any]
_POST = re.compile(r"/talk/(\d+)")
_ID = re.compile(r"content_area_(?:dl_)?(\d+)")


def read_post(page: Page, salt: bytes) -> Fields:
    """Return a post with the comments that its page shows."""
    soup = soup_of(page.text)
    found = _POST.search(page.url)
    assert found is not None
    asker = text_of(soup.select_one(".info .writer"))
    board = _board(soup)
    question = {
        "external_id": found[1],
        "title": text_of(soup.select_one(".post-tit-info h1")),
        "body": text_of(soup.select_one("#contentArea")),
        "topic_id": board,
        "topic": PANN_CHANNELS[board] if board else None,
        "author_key": author_key("nate_pann", asker or "", salt),
        **dated("asked", text_of(soup.select_one(".info .date")), page),
        "views": number_of(text_of(soup.select_one(".info .count"))),
        "answers_total": number_of(text_of(soup.select_one(".cmt_tit .num"))) or 0,
    }
    return {"question": question, "answers": _comments(soup, page, salt), "links": []}


def read_comments(page: Page, salt: bytes) -> Fields:
    """Return a page of comments."""
    return {"question": None, "answers": _comments(soup_of(page.text), page, salt), "links": []}


def read_list(page: Page, salt: bytes) -> Fields:
    """Return a channel's posts as links, once each."""
    once: dict[str, Fields] = {}
    for anchor in soup_of(page.text).select("#ppl_area li h2 a, table.talk_list td.subject a"):
        found = _POST.search(str(anchor["href"]))
        if found:
            once.setdefault(found[1], {"external_id": found[1], "title": text_of(anchor)})
    return {"question": None, "answers": [], "links": list(once.values())}


def _board(soup: BeautifulSoup) -> str | None:
    meta = soup.select_one("meta[name=description]")
    rest = str(meta["content"]).partition("채널 : ")[2] if meta else ""
    names = [board for board, name in PANN_CHANNELS.items() if rest.startswith(name)]
    return max(names, key=lambda board: len(PANN_CHANNELS[board]), default=None)


def _comments(soup: BeautifulSoup, page: Page, salt: bytes) -> list[Fields]:
    once: dict[str, Fields] = {}
    for item in soup.select("dl.cmt_item"):
        found = _ID.search(str(item["id"]))
        if found is None:
            continue
        is_best = str(item["id"]).startswith("beple_")
        if found[1] in once:
            once[found[1]]["is_chosen"] |= is_best
            continue
        once[found[1]] = _comment(item, found[1], len(once) + 1, page, salt) | {"is_chosen": is_best}
    return list(once.values())


def _comment(item: Tag, number: str, position: int, page: Page, salt: bytes) -> Fields:
    name = item.select_one("dt .nameui")
    return {
        "external_id": number,
        "kind": "comment",
        "parent_external_id": None,
        "position": position,
        "body": text_of(item.select_one("dd.usertxt span")),
        "author_key": author_key("nate_pann", str(name["title"]) if name else "", salt),
        "author_grade": None,
        **dated("answered", text_of(item.select_one("dt i")), page),
        "votes_up": number_of(text_of(item.select_one("dd.n_good"))),
        "votes_down": number_of(text_of(item.select_one("dd.n_bad"))),
    }
