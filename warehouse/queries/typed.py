"""The rows of a query as an Arrow table: a column that has a view's (or table's) name has its type, too.

Names have one type throughout the dictionary. An expression under a name of its own keeps the type of its values.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from warehouse.schema import metadata
from warehouse.types import Moment
from warehouse.views import VIEWS
from warehouse.views.koreantime import KOREAN
from warehouse.views.view import Computed

UTC_MOMENT: Final = pa.timestamp("us", "UTC")
KST_MOMENT: Final = pa.timestamp("us")  # without a zone: the column's name says it


def arrow_table(rows: pd.DataFrame) -> pa.Table:
    """The rows with the types of the dictionary; what has none, and no value either, is text.

    Raises:
        pa.ArrowInvalid, pa.ArrowTypeError: a column holds values of several kinds.
    """
    columns = {str(name): _column(str(name), rows[name].tolist()) for name in rows.columns}
    return pa.table(columns)


@cache
def arrow_types() -> dict[str, pa.DataType]:
    """The Arrow type of every column name of views and tables."""
    shown: dict[str, sa.Column[Any] | Computed] = {}
    for view in VIEWS.values():
        shown |= view.described()
    for table in metadata.sorted_tables:
        if not table.name.startswith("staged_"):
            shown |= {column.name: column for column in table.columns}
    return {name: type_of(column) for name, column in shown.items()}


def type_of(column: sa.Column[Any] | Computed) -> pa.DataType:
    """The Arrow type of a table's or a view's column."""
    if isinstance(column, Computed):
        if column.type_mssql == "DATETIME2(6)":
            return KST_MOMENT if column.unit == KOREAN else UTC_MOMENT
        computed = {"INTEGER": pa.int64(), "FLOAT": pa.float64(), "DATE": pa.date32()}
        return computed.get(column.type_mssql, pa.string())
    if isinstance(column.type, Moment):
        return UTC_MOMENT
    kinds = ((sa.Boolean, pa.bool_()), (sa.Integer, pa.int64()), (sa.Float, pa.float64()))
    return next((arrow for kind, arrow in kinds if isinstance(column.type, kind)), pa.string())


def _column(name: str, values: list[Any]) -> pa.Array:
    known = arrow_types().get(name)
    if known is not None:
        try:
            return pa.array([_READ.get(known, _as_it_is)(value) for value in values], known)
        except (ValueError, TypeError):  # of Arrow's own as well: somebody's expression under this name
            pass
    found = pa.array(values)
    return found.cast(pa.string()) if pa.types.is_null(found.type) else found


def _as_it_is(value: Any) -> Any:
    return value


def _utc(value: Any) -> datetime | None:
    moment = _naive(value)
    return moment and moment.replace(tzinfo=UTC)


def _naive(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _flag(value: Any) -> bool | None:
    if value not in (0, 1, None):
        raise ValueError("no flag")
    return None if value is None else bool(value)


def _whole(value: Any) -> Any:
    if isinstance(value, float):  # Arrow would cut it without a word
        raise ValueError("no whole number")
    return value


_READ: Final[dict[pa.DataType, Callable[[Any], Any]]] = {
    UTC_MOMENT: _utc,
    KST_MOMENT: _naive,
    pa.date32(): _day,
    pa.bool_(): _flag,
    pa.int64(): _whole,
}
