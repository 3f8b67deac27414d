"""When a page is looked at again: sooner where it changed since the last look, later where it did not.

The interval is halved by a change and doubled by a look that found none (an unchanged answer, 304, or the same
records), within bounds:

| page | first | least | most |
|---|---|---|---|
| list, and its further pages | 20 hours | 1 hour | 5 days |
| question, and its further answers | 7 days | 1 day | 180 days |

Twenty hours, so that a daily crawl finds every list due and the same command run again at once finds none. The rest
are choices of ours: what is asked on these sites is answered within days and then stays as it is.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from warehouse.records.pages import ParsedPage

_HOUR: Final = 3_600.0
_DAY: Final = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Pace:
    """Bounds of an interval, in seconds."""

    first: float
    least: float
    most: float


LISTS: Final = Pace(20 * _HOUR, _HOUR, 5 * _DAY)
THREADS: Final = Pace(7 * _DAY, _DAY, 180 * _DAY)


def next_interval(kind: str, previous_seconds: float | None, *, is_changed: bool) -> float:
    """Seconds until a page of this frontier kind is due again; without a previous interval the first one.

    >>> next_interval("list", None, is_changed=True) / 3600, next_interval("list", 72_000.0, is_changed=True) / 3600
    (20.0, 10.0)
    >>> next_interval("question", 604_800.0, is_changed=False) / 86_400
    14.0
    """
    pace = THREADS if kind in ("question", "thread") else LISTS
    if previous_seconds is None:
        return pace.first
    wanted = previous_seconds / 2 if is_changed else previous_seconds * 2
    return min(max(wanted, pace.least), pace.most)


def content_sha256(parsed: ParsedPage | None, link_keys: Iterable[str]) -> str:
    """Hash of what a page says: texts and links, not views and votes, which move without anybody writing."""
    question = parsed.question if parsed else None
    texts = [question.title, question.body] if question else []
    answers = [[row.kind, row.external_id, row.body, row.is_chosen] for row in (parsed.answers if parsed else ())]
    told = json.dumps([texts, answers, sorted(link_keys)], ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()
