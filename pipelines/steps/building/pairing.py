"""Dialogues of all crawled questions, batch by batch."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from cleaning.pairing import build_dialogues
from crawlers.sites.registry import SITES
from pipelines.steps.runner import Runner
from warehouse.records.dialogues import Dialogue
from warehouse.store.dialogue_store import store_dialogues
from warehouse.store.dialogues import dialogue_ids, remove_dialogues
from warehouse.store.questions import Thread, threads


def pair_all(engine: sa.Engine, load_id: int, run: Runner, on_rows: Callable[[int], None]) -> dict[str, int]:
    """Pair every stored question, store what is new or changed, and remove dialogues whose pair is no more."""
    counts = {"questions": 0, "dialogues": 0, "stored": 0, "unchanged": 0, "removed": 0}
    made: set[str] = set()
    for batch in threads(engine):
        ids, stored = run(_pair_batch, engine, load_id, batch)
        made |= ids
        counts["questions"] += len(batch)
        counts["stored"] += stored
        on_rows(counts["questions"])
    stale = dialogue_ids(engine, crawled=True) - made
    if stale:
        remove_dialogues(engine, sorted(stale))
    counts |= {"dialogues": len(made), "unchanged": len(made) - counts["stored"], "removed": len(stale)}
    return counts


def source_of(site: str, origin: str) -> str:
    """Name a crawled source: the site, and where it was not fetched from the real one, from where."""
    return site if origin == SITES[site].base_url else f"{site}@{origin}"


def _pair_batch(engine: sa.Engine, load_id: int, batch: list[Thread]) -> tuple[set[str], int]:
    dialogues: list[Dialogue] = []
    for thread in batch:
        dialogues += build_dialogues(
            thread.question,
            thread.answers,
            source=source_of(thread.question.site, thread.origin),
            page_sha256=thread.page_sha256,
            parser_version=thread.parser_version,
            first_load_id=thread.first_load_id,
        )
    stored: Any = store_dialogues(engine, dialogues, load_id)
    return {dialogue.dialogue_id for dialogue in dialogues}, stored.new + stored.changed
