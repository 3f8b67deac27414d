"""The data dictionary: what each table, column and view means, from the one definition of the schema."""

from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import registry

from warehouse.errors import Misuse
from warehouse.schema import metadata
from warehouse.views import VIEWS
from warehouse.views.view import Computed


def describe(table: str | None = None) -> list[dict[str, Any]]:
    """One entry a column of a table or view, or without `table` one entry a table and view.

    Raises:
        Misuse: no such table; the nearest names are given.
    """
    if table is None:
        tables = [_table(found) for _, found in sorted(metadata.tables.items())]
        return tables + [{"table": name, "kind": "view", "meaning": view.meaning} for name, view in VIEWS.items()]
    named = table.strip().lower()  # as SQL takes it
    if named in VIEWS:
        return [_view_column(named, name, shown) for name, shown in VIEWS[named].described().items()]
    if named not in metadata.tables:
        names = sorted([*metadata.tables, *VIEWS])
        near = get_close_matches(named, names, 3) or names
        said = f"no table {table}" if named else "the name is empty"
        raise Misuse(f"{said}; there is {', '.join(near)}")
    return [_column(found) for found in metadata.tables[named].columns]


def _table(table: sa.Table) -> dict[str, Any]:
    return {"table": table.name, "kind": "table", "meaning": table.comment or ""}


def _column(column: sa.Column[Any]) -> dict[str, Any]:
    info = column.info
    return {
        "table": column.table.name,
        "column": column.name,
        "type": column.type.compile(registry.load("sqlite")()),
        "type_mssql": column.type.compile(registry.load("mssql")()),
        "null": bool(column.nullable),
        "key": _key(column),
        "meaning": info["meaning"],
        "unit": info["unit"] or "",
        "allowed": ", ".join(info["allowed"]),
        "source": info["source"],
        "personal": info["personal"],
    }


def _view_column(view: str, name: str, shown: sa.Column[Any] | Computed) -> dict[str, Any]:
    if isinstance(shown, sa.Column):
        return _column(shown) | {"table": view, "column": name, "key": "", "source": f"{shown.table.name}.{shown.name}"}
    return {
        "table": view,
        "column": name,
        "type": shown.type,
        "type_mssql": shown.type_mssql,
        "null": True,
        "key": "",
        "meaning": shown.meaning,
        "unit": shown.unit,
        "allowed": "",
        "source": "mundap",
        "personal": False,
    }


def _key(column: sa.Column[Any]) -> str:
    if column.primary_key:
        return "primary"
    return "".join(f"-> {key.target_fullname}" for key in column.foreign_keys)
