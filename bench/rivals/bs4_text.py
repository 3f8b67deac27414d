"""What every BeautifulSoup reader here does with a node."""

import re
from typing import Any

from bs4 import BeautifulSoup, Tag

from crawlers.dates import resolve

_ADDED = "button, script, style, .blind, .editorHeader, .se-oglink, .mobilewrite, .mweb_img, select, svg"
_DIGITS = re.compile(r"\d[\d,]*")


def soup_of(text: str) -> BeautifulSoup:
    """Parse a page with lxml, the fastest parser that BeautifulSoup has, and drop what a page adds to its texts."""
    soup = BeautifulSoup(text, "lxml")
    for node in soup.select(_ADDED):
        if node.name not in {"script", "style", "button"}:
            node.decompose()
    return soup


def text_of(node: Tag | None) -> str | None:
    """Return a node's lines."""
    if node is None:
        return None
    lines = (line.strip("\u200b\xa0 ") for line in node.stripped_strings)
    return "\n".join(line for line in lines if line) or None


def number_of(text: object) -> int | None:
    """Return the last number of a text."""
    found = _DIGITS.findall(str(text or ""))
    return int(found[-1].replace(",", "")) if found else None


def dated(name: str, raw: str | None, page: Any) -> dict[str, Any]:
    """Return the raw date and its moment; how dates are read is the same on both sides, for it is no markup."""
    return {f"{name}_raw": raw, f"{name}_at": resolve(raw, page.fetched_at)[0]}
