"""Staging tables of SQL Server's bulk loads: the same columns as the tables they lead to, but nullable and untyped.

pymssql's bulk copy makes '' NULL, cuts trailing spaces, and cuts moments to milliseconds (tried with 2.4.6 in
2026-11). So moments stand here as ISO text, and behind each text of any length stands how many spaces it ends with.
A load's rows are gone when it ends; on SQLite the tables stay empty.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from warehouse.schema.columns import column, metadata
from warehouse.schema.content import dialogue, turn
from warehouse.types import Body, Key, Moment, row_id

SPACES = "_spaces"
_LONGEST_ISO = 40
_NOT_STAGED = ("side",)


def _staging(target: sa.Table) -> sa.Table:
    name = f"staged_{target.name}"
    return sa.Table(
        name,
        metadata,
        column("staged_id", row_id(), "number of the staged row", primary_key=True),
        column("batch", Key(32), "random name of the batch that it belongs to", null=True),
        *(staged for found in target.columns if found.name not in _NOT_STAGED for staged in _staged(found)),
        sa.Index(None, "batch", "dialogue_id"),
        comment=f"Rows on their way into `{target.name}` by bulk load on SQL Server; empty between loads.",
    )


def _staged(found: sa.Column[Any]) -> Iterator[sa.Column[Any]]:
    said = f"as in {found.table.name}.{found.name}"
    personal = bool(found.info["personal"])
    if isinstance(found.type, Body):
        yield column(found.name, Body(), f"{said}, without the spaces at its end", null=True, personal=personal)
        yield column(found.name + SPACES, sa.Integer(), f"spaces at the end of {found.name}", unit="spaces", null=True)
    elif isinstance(found.type, Moment):
        yield column(found.name, Key(_LONGEST_ISO), f"{said}, as ISO text in UTC", null=True)
    else:
        kind = Key(found.type.length) if isinstance(found.type, Key) else sa.BigInteger()
        yield column(found.name, kind, said, null=True, personal=personal)


staged_dialogue = _staging(dialogue)
staged_turn = _staging(turn)
