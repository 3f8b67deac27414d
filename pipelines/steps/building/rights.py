"""Under which licence the texts of each source stand, and who must be asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from crawlers.replica.corpus import load_corpus
from crawlers.sites.registry import SITES

UNKNOWN: Final = "unknown: ask the owner"


@dataclass(frozen=True, slots=True)
class SourceRights:
    """One source of a dataset: its kept rows, the licence of its texts, and what is known of the rights in them."""

    source: str
    rows: int
    licence: str
    rights: str


# Licences as their owners give them (songys/Chatbot_data, e9t/nsmc, Smilegate SmileStyle; read in 2026-11).
_KNOWN: Final = {
    "chatbot-csv": ("mit", "Chatbot_data_for_Korean v1.0 (songys/Chatbot_data), MIT licence"),
    "nsmc": ("cc0-1.0", "Naver sentiment movie corpus (e9t/nsmc), CC0"),
    "smilestyle": ("cc-by-nc-4.0", "Smilegate SmileStyle, CC BY-NC 4.0: no commercial use"),
}
_OURS: Final = ("apache-2.0", "our own writing, shipped with Mundap under Apache-2.0")


def rights_of(kept_by_source: Mapping[str, int], threads: Mapping[str, Collection[str | None]]) -> list[SourceRights]:
    """Tell licence and rights of each source, the largest first; `threads` are those of copies of a site."""
    ranked = sorted(kept_by_source.items(), key=lambda pair: (-pair[1], pair[0]))
    return [SourceRights(source, rows, *_rights(source, threads.get(source, ()))) for source, rows in ranked]


def is_copy(source: str) -> bool:
    """Whether a source is a site fetched from elsewhere than from the real one."""
    site, _, origin = source.partition("@")
    return site in SITES and bool(origin)


def common_licence(sources: Sequence[SourceRights]) -> str:
    """Return the licence that all sources share, "other" where they differ or one is unknown."""
    shared = {given.licence for given in sources}
    return shared.pop() if len(shared) == 1 and UNKNOWN not in shared else "other"


def _rights(source: str, threads: Collection[str | None]) -> tuple[str, str]:
    site, _, origin = source.partition("@")
    if site not in SITES:
        return _KNOWN.get(source.partition(":")[0], (UNKNOWN, UNKNOWN))
    if not origin:
        return "other", SITES[site].rights
    # A replica serves the corpus that ships with it, or a file of the user's: its posts tell which.
    if _is_loopback(origin) and threads and all(thread and _post(thread) in _shipped_posts(site) for thread in threads):
        return _OURS
    return UNKNOWN, f"a copy of {SITES[site].name} served at {origin}; {UNKNOWN}"


def _is_loopback(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _post(thread: str) -> str:
    return thread.rpartition(":")[2]


@cache
def _shipped_posts(site: str) -> frozenset[str]:
    return frozenset(post.external_id for post in load_corpus().get(site, ()))
