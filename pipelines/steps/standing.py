"""Where things stand: an overview of the warehouse."""

from typing import Any, Final

from pipelines.settings import Settings
from pipelines.steps.training.runs import runs
from warehouse.connect import open_warehouse
from warehouse.hosts.pauses import HostState, read_hosts
from warehouse.loads import read_loads
from warehouse.queries.query import run_select

Row = dict[str, Any]
SET_ASIDE: Final = (
    "select site, topic, origin, reason_code, pages, newest_at_kst, reason from set_aside_pages order by pages desc"
)


def overview(settings: Settings) -> dict[str, list[Row]]:
    """Return the newest loads, the frontier by crawl and state, what was set aside, datasets, and runs of any state."""
    engine = open_warehouse(settings.database_url, read_only=True)
    url = settings.database_url
    frontier = "select site, topic, origin, state, count(*) as pages from frontier group by site, topic, origin, state"
    return {
        "loads": [
            {
                "load": entry.load_id,
                "command": entry.command,
                "outcome": entry.outcome,
                "reason": entry.reason,
                "started": entry.started_at.isoformat(timespec="seconds"),
                "counts": dict(entry.counts),
            }
            for entry in read_loads(engine, newest=10)
        ],
        "frontier": _rows(url, frontier),
        "set_aside": _rows(url, SET_ASIDE),
        "hosts": [_host(state) for state in read_hosts(engine)],
        "datasets": _rows(url, "select * from dataset_growth"),
        "runs": runs(settings),
    }


def _host(state: HostState) -> Row:
    """A stop is named with its end, so that nobody wonders why a crawl does nothing."""
    pause = state.pause
    return {
        "host": state.host,
        "state": {"wait": "waits", "rest": "rests", "stop": "stopped"}[pause.kind] if pause else "open",
        "until": pause.until.isoformat(timespec="seconds") if pause else None,
        "why": pause.why if pause else None,
        "slowed to seconds": state.slow_gap_seconds or None,
    }


def _rows(url: str, sql: str) -> list[Row]:
    return [
        {str(key): value for key, value in row.items()} for row in run_select(url, sql, limit=50).to_dict("records")
    ]
