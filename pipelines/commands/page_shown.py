"""What `parse` shows of a page, and what to do where there is nothing to show."""

from collections.abc import Mapping
from typing import Any, Final

NEXT: Final[Mapping[str, str]] = {
    "unknown": "no layout known here: check that --url is the page's own address and FILE its whole HTML as served",
    "empty": "nothing on the page: open its address in a browser; if it shows something there, save it from there",
    "script_only": "its text comes by script: save it from a browser, or crawl with --browser always",
    "gone": "the site says that it is gone: nothing can be read from it",
    "login": "the site asks for a login first: only pages that everybody may see are read",
    "age": "the site asks for an age first: only pages that everybody may see are read",
    "captcha": "the site asks whether we are a person: wait, then ask more slowly (crawl --gap)",
    "blocked": "the site refuses us: wait, and ask it for leave",
    "error": "the site had an error: fetch the page again later",
}


def show_page(result: Mapping[str, Any]) -> None:
    """Print the records of one page as `parse` returns them, and for a page without any what to do next."""
    print(f"{result['site']}  {result['kind']}  layout {result['layout'] or '-'}  {result['parser_version']}")
    if hint := NEXT.get(result["kind"]):
        print(hint)
    for name in ("question", "answers", "links"):
        rows = result[name] if isinstance(result[name], list) else [result[name]] if result[name] else []
        for row in rows:
            print(f"\n[{name}]")
            print("\n".join(_field(key, value) for key, value in row.items() if value not in (None, "", [], {})))


def _field(key: str, value: object) -> str:
    """One field, its further lines under its first one."""
    first, *further = str(value).split("\n")
    return "\n".join((f"  {key:<20} {first}", *(f"  {'':<20} {line}".rstrip() for line in further)))
