"""Where things stand: the leaderboard, and an overview of the warehouse."""

from collections.abc import Sequence
from typing import Any, Final

from pipelines.settings import Settings
from warehouse import lineage
from warehouse.connect import open_warehouse
from warehouse.loads import read_loads
from warehouse.query import run_select

Row = dict[str, Any]
BASELINES: Final = ("unigram_bits_per_char", "bigram_bits_per_char")


def ranking(settings: Settings) -> list[Row]:
    """Return the leaderboard, best first."""
    return lineage.leaderboard(open_warehouse(settings.database_url, read_only=True))


def leading(rows: Sequence[Row]) -> list[Row]:
    """Return the leaderboard's rows with the columns that a person compares; figures are bits per character."""
    return [
        {
            "run": f"{row['run'] or '-'} {row['model'] or ''}".strip(),
            "dataset": f"{row['dataset'] or '-'} {(row['dataset_version'] or '').rpartition('-')[2]}".strip(),
            "held out": f"{row['rows']:,} {row['split'] or ''} #{row['eval_set_sha256'][:6]}",
            "bits/char": row.get("bits_per_char"),
            "95 %": _interval(row),
            "uni-, bigram": ", ".join(f"{row[name]:.3f}" for name in BASELINES if name in row),
            "champion": "yes" if row["champion"] else "",
        }
        for row in rows
    ]


def _interval(row: Row) -> str:
    low, high = row.get("bits_per_char_low"), row.get("bits_per_char_high")
    return "-" if low is None or high is None else f"{low:.3f}-{high:.3f}"


def overview(settings: Settings) -> dict[str, list[Row]]:
    """Return the newest loads, the frontier by crawl and state, datasets and runs."""
    engine = open_warehouse(settings.database_url, read_only=True)
    url = settings.database_url
    frontier = "select site, topic, origin, state, count(*) as pages from frontier group by site, topic, origin, state"
    return {
        "loads": [
            {
                "load": entry.load_id,
                "command": entry.command,
                "outcome": entry.outcome,
                "started": entry.started_at.isoformat(timespec="seconds"),
                "counts": dict(entry.counts),
            }
            for entry in read_loads(engine, newest=10)
        ],
        "frontier": _rows(url, frontier),
        "datasets": _rows(url, "select * from dataset_growth"),
        "runs": ranking(settings),
    }


def _rows(url: str, sql: str) -> list[Row]:
    return [
        {str(key): value for key, value in row.items()} for row in run_select(url, sql, limit=50).to_dict("records")
    ]
