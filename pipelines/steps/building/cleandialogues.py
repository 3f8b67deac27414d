"""All dialogues of the warehouse through a recipe and the quality filters, batch by batch, into a build's parts."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa

from cleaning.dialogues import CleanDialogue, clean_dialogues
from cleaning.quality import check, mark
from cleaning.recipe import Recipe
from pipelines.steps.building.orders import Order
from pipelines.steps.building.workforce import Workforce
from pipelines.version import rules_digest
from warehouse.datasets.parquet import ROW_SCHEMA
from warehouse.datasets.parts import Parts
from warehouse.records.dialogues import Dialogue, Dropped
from warehouse.store.dialogue_batches import DialogueBatch, dialogue_batches, read_batch

OnStep = Callable[[int, int | None, str], None]
BATCH_ROWS: Final = 5_000  # a killed export loses the work on one batch a worker at most

_COPIED: Final = ("dialogue_id", "source", "topic", "url", "asked_at", "label", "page_sha256", "parser_version")
_TEXTS: Final = ("thread", "asker_key", "answerer_key", "stored", "drop_rule", "drop_reason")
# A row of a part: what a shard needs, what splitting needs, and of a dropped one why. `stored` is the text as the
# warehouse has it, null where cleaning left it as it was.
PART_SCHEMA: Final[Any] = pa.schema(
    [
        *(ROW_SCHEMA.field(name).with_nullable(True) for name in (*_COPIED, "messages", "rules")),
        pa.field("first_load_id", pa.int64()),
        *(pa.field(name, pa.string()) for name in _TEXTS),
    ]
)


@dataclass(frozen=True, slots=True)
class CleanPart:
    """The key of a part, its rows, and whether an earlier run had made it."""

    key: str
    rows: int
    is_found: bool


def clean_all(engine: sa.Engine, recipe: Recipe, parts: Parts, force: Workforce, on_step: OnStep) -> list[CleanPart]:
    """Clean every dialogue, in order of (first load, id); what an earlier run made of the same rows is taken over."""
    done: list[CleanPart] = []
    under_way: deque[tuple[str, Order | None]] = deque()

    def finish() -> None:
        key, order = under_way.popleft()
        if order is not None and key not in parts:
            parts.write(key, order.result())
        done.append(CleanPart(key, parts.rows(key), order is None))
        on_step(sum(part.rows for part in done), None, "cleaning")

    def save() -> None:
        # At once and in any order, for what is not written is lost when this process is killed.
        for key, order in under_way:
            if order is not None and order.is_done() and key not in parts:
                parts.write(key, order.result())

    for batch in dialogue_batches(engine, rows=BATCH_ROWS):
        key = _key(recipe, batch)
        is_found = key in parts
        under_way.append((key, None if is_found else force.order(clean_batch, read_batch(engine, batch), recipe)))
        save()
        # So few at once that memory does not grow with the warehouse.
        while len(under_way) > force.ahead:
            finish()
    while under_way:
        finish()
        save()
    return done


def clean_batch(batch: Sequence[Dialogue], recipe: Recipe) -> pa.Table:
    """Clean a batch, drop what is not worth learning from, mark abusive words; all of it in order as one table."""
    cleaned, faults = clean_dialogues(batch, recipe)
    drops = {fault.row_id: fault for fault in faults}
    kept: dict[str, CleanDialogue] = {}
    for row in cleaned:
        if fault := check(row, written_by=row.dialogue.written_by):
            drops[fault.row_id] = fault
        else:
            kept[row.dialogue.dialogue_id] = mark(row)
    rows = [_row(one, kept.get(one.dialogue_id), drops.get(one.dialogue_id)) for one in batch]
    return pa.Table.from_pylist(rows, PART_SCHEMA)


def _row(stored: Dialogue, cleaned: CleanDialogue | None, fault: Dropped | None) -> dict[str, Any]:
    values = {name: getattr(stored, name) for name in (*_COPIED, "first_load_id", "thread")}
    text = "\n".join(turn.content for turn in stored.turns)
    if fault is not None:
        return values | {"stored": text, "drop_rule": fault.rule, "drop_reason": fault.reason}
    if cleaned is None:
        raise AssertionError(f"dialogue {stored.dialogue_id} is neither kept nor dropped")
    turns = cleaned.dialogue.turns
    is_same = text == "\n".join(turn.content for turn in turns)
    return values | {
        "messages": [{"role": turn.role, "content": turn.content} for turn in turns],
        "rules": cleaned.rules,
        "asker_key": next((turn.author_key for turn in turns if turn.role == "user"), None),
        "answerer_key": next((turn.author_key for turn in turns if turn.role == "assistant"), None),
        "stored": None if is_same else text,
    }


def _key(recipe: Recipe, batch: DialogueBatch) -> str:
    made_from = f"{rules_digest()}\n{recipe.text}\n{batch.digest}"
    return hashlib.sha256(made_from.encode()).hexdigest()[:32]


def drops_of(parts: Parts, done: Sequence[CleanPart]) -> Iterator[tuple[str, str]]:
    """The (dialogue_id, rule) of all that cleaning dropped."""
    for part in done:
        found = parts.read(part.key, ["dialogue_id", "drop_rule"])
        dropped = found.filter(pa.compute.is_valid(found["drop_rule"])).to_pydict()
        yield from zip(dropped["dialogue_id"], dropped["drop_rule"], strict=True)
