"""Views of how rows came in: loads, requests, pages set aside, fetched pages."""

from collections.abc import Mapping
from typing import Final

from warehouse.schema.columns import load
from warehouse.schema.crawling import frontier, page
from warehouse.schema.hosts import request
from warehouse.views.koreantime import KOREAN, day, kst
from warehouse.views.view import NUMBER, Computed, View, same

_REASON_CODE: Final = "COALESCE(f.reason_code, 'other')"


def _requests(condition: str, meaning: str) -> Computed:
    return Computed(f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)", meaning, "requests")


_LOADS: Final = View(
    "The ledger: one row for each command that wrote to the warehouse.",
    {"l": load},
    {
        **same("l", "load_id command code_version settings_sha256 started_at"),
        "started_at_kst": kst("l.started_at", "when it began"),
        "ended_at": "l.ended_at",
        "ended_at_kst": kst("l.ended_at", "when it ended"),
        "minutes": Computed(
            "{minutes:l.started_at, l.ended_at}",
            "how long it ran, 1.5 for 90 seconds",
            "minutes",
            *NUMBER,
        ),
        **same("l", "outcome reason counts"),
    },
    "FROM [load] AS l",  # LOAD is reserved in T-SQL; SQLite takes the brackets as well
)

_CRAWL_HEALTH: Final = View(
    "Requests a host and day: answered, gone, pushed back, and the pace.",
    {"r": request},
    {
        "host": "r.host",
        "day_kst": day("r.sent_at", "day of the requests"),
        "requests": Computed("COUNT(*)", "requests sent", "requests"),
        "answered": _requests("r.status BETWEEN 200 AND 299", "answered with 200 to 299"),
        "unchanged": _requests("r.status = 304", "answered with 304: nothing new"),
        "gone": _requests("r.status IN (404, 410)", "answered with 404 or 410"),
        "pushed_back": _requests("r.status = 429 OR r.status >= 500", "answered with 429, or 500 and above"),
        "unanswered": _requests("r.status IS NULL", "not answered at all"),
        "mean_elapsed_seconds": Computed(
            "AVG(r.elapsed_seconds)", "mean time until the answer was whole", "seconds", *NUMBER
        ),
        "min_gap_seconds": Computed("MIN(r.gap_seconds)", "least gap before a request", "seconds", *NUMBER),
    },
    "FROM request AS r\nGROUP BY r.host, {day:r.sent_at}",
)

_SET_ASIDE_PAGES: Final = View(
    "Pages set aside, a crawl and reason; mundap crawl --retry set_aside.",
    {"f": frontier},
    {
        **same("f", "site topic origin"),
        "reason_code": Computed(
            _REASON_CODE, "why, as one short word; other where none is known", "", "VARCHAR(30)", "NVARCHAR(30)"
        ),
        "reason": Computed("MAX(f.reason)", "one of the reasons in words", "", "TEXT", "NVARCHAR(max)"),
        "pages": Computed("COUNT(*)", "pages set aside for that reason", "pages"),
        "newest_at": Computed(
            "MAX(f.visited_at)", "when the newest of them was asked for", "UTC", "TEXT", "DATETIME2(6)"
        ),
        "newest_at_kst": Computed(
            "{kst:MAX(f.visited_at)}", "when the newest of them was asked for", KOREAN, "TEXT", "DATETIME2(6)"
        ),
    },
    f"FROM frontier AS f WHERE f.state = 'set_aside'\nGROUP BY f.site, f.topic, f.origin, {_REASON_CODE}",
)

_PAGES: Final = View(
    "One row a fetched page; dialogues, questions and answers name theirs by page_sha256, which is `sha256` here. Its "
    "url is the address fetched, which may differ from the canonical one in questions.url: join by the hash.",
    {"p": page},
    {
        **same("p", "page_id site origin url final_url status kind layout parser_version fetched_by fetched_at"),
        "fetched_at_kst": kst("p.fetched_at", "when it was fetched"),
        **same("p", "sha256 body_bytes erased_at load_id"),
    },
    "FROM page AS p",
)

VIEWS: Final[Mapping[str, View]] = {
    "loads": _LOADS,
    "crawl_health": _CRAWL_HEALTH,
    "set_aside_pages": _SET_ASIDE_PAGES,
    "pages": _PAGES,
}
