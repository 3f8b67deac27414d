"""One entry of the load ledger around each command that writes to the warehouse."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from pipelines.settings import Settings
from pipelines.version import code_version
from warehouse.errors import MundapError
from warehouse.loads import begin_load, end_load


@dataclass(slots=True)
class Load:
    """A load under way; `counts` goes into the ledger when it ends."""

    load_id: int
    counts: dict[str, int] = field(default_factory=dict)
    outcome: str = "done"


@contextmanager
def load(settings: Settings, engine: sa.Engine, command: str) -> Iterator[Load]:
    """Begin a load, and end it: done (or as `outcome` says), stopped by one of our errors, or failed."""
    entry = Load(begin_load(engine, command, settings.sha256(), code_version()))
    try:
        yield entry
    except MundapError as error:
        end_load(engine, entry.load_id, f"stopped: {' '.join(str(error).split())}", entry.counts)
        raise
    except (KeyboardInterrupt, SystemExit):
        end_load(engine, entry.load_id, "broken off", entry.counts)
        raise
    except BaseException as error:
        end_load(engine, entry.load_id, f"failed: {type(error).__name__}", entry.counts)
        raise
    end_load(engine, entry.load_id, entry.outcome, entry.counts)


def keep_aside(settings: Settings, load_id: int, rows: Sequence[Mapping[str, object]]) -> Path:
    """Append rows that were set aside, with their reasons, to the load's JSONL file and return its path."""
    file = settings.folder / "set_aside" / f"load-{load_id}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        for row in rows:
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return file
