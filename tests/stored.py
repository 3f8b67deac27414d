"""All dialogues of a warehouse, read as an export reads them."""

import sqlalchemy as sa

from warehouse.records.dialogues import Dialogue
from warehouse.store.dialogue_batches import dialogue_batches, read_batch


def stored_dialogues(engine: sa.Engine, rows: int = 5_000) -> list[Dialogue]:
    return [row for batch in dialogue_batches(engine, rows=rows) for row in read_batch(engine, batch)]
