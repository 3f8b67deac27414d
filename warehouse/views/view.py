"""How a view and its columns are declared: each column shows a table's column, or is described where it is new.

SQL that the engines say differently is written `{month:q.asked_at}`, a word of `WORDS` and what it is said of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

NUMBER: Final = ("FLOAT", "FLOAT")

# Korean time has been UTC+9 without summer time since 1988, before all of our data. SQLite's datetime() cuts the
# fraction of a second, which stands from the 20th character on. Weekdays count from a Monday: 1900-01-01 was one.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "kst": "datetime({0}, '+9 hours') || substr({0}, 20)",
        "month": "strftime('%Y-%m', {0}, '+9 hours')",
        "day": "date({0}, '+9 hours')",
        "hour": "CAST(strftime('%H', {0}, '+9 hours') AS INTEGER)",
        "weekday": "(CAST(strftime('%w', {0}, '+9 hours') AS INTEGER) + 6) % 7 + 1",
        "minutes": "(strftime('%s', {1}) - strftime('%s', {0})) / 60.0",
    },
    "mssql": {
        "kst": "DATEADD(hour, 9, {0})",
        "month": "CONVERT(NCHAR(7), DATEADD(hour, 9, {0}), 126)",
        "day": "CAST(DATEADD(hour, 9, {0}) AS DATE)",
        "hour": "DATEPART(hour, DATEADD(hour, 9, {0}))",
        "weekday": "DATEDIFF(day, '19000101', DATEADD(hour, 9, {0})) % 7 + 1",
        # DATEDIFF overflows an INT of seconds beyond 68 years, and one such row would break the whole view.
        "minutes": "CAST(DATEDIFF_BIG(second, {0}, {1}) AS FLOAT) / 60",
    },
}


class Computed(NamedTuple):
    """A column that no table has: how it is made, its meaning, its unit, its type on SQLite and on SQL Server."""

    sql: str
    meaning: str
    unit: str = ""
    type: str = "INTEGER"
    type_mssql: str = "INTEGER"


@dataclass(frozen=True, slots=True)
class View:
    """One view: what a row of it is, its columns in order, and what follows them (FROM and so on).

    A column given as text, `alias.column`, shows that column of the table that the alias stands for.
    """

    meaning: str
    tables: Mapping[str, sa.Table]
    columns: Mapping[str, str | Computed]
    rest: str

    def select(self, dialect: str) -> str:
        """The SELECT on "sqlite" or "mssql", one column a line."""
        made = ((said if isinstance(said, str) else said.sql, name) for name, said in self.columns.items())
        words = {word: _Word(template) for word, template in _WORDS[dialect].items()}
        listed = ",\n    ".join(f"{sql} AS {name}" for sql, name in made)
        return f"SELECT\n    {listed}\n{self.rest}".format(**words)

    def described(self) -> dict[str, sa.Column[Any] | Computed]:
        """Each column by its name: the table's column that is shown, or what is new."""
        return {name: self._shown(said) if isinstance(said, str) else said for name, said in self.columns.items()}

    def _shown(self, path: str) -> sa.Column[Any]:
        alias, _, name = path.partition(".")
        return self.tables[alias].columns[name]


def same(alias: str, names: str) -> dict[str, str]:
    """Columns shown under their own names, which stand in `names` with blanks between.

    >>> same("q", "site topic")
    {'site': 'q.site', 'topic': 'q.topic'}
    """
    return {name: f"{alias}.{name}" for name in names.split()}


class _Word:
    """What stands before the colon in `{minutes:a, b}`; formatting it with what stands behind gives the SQL."""

    def __init__(self, template: str) -> None:
        self.template = template

    def __format__(self, said_of: str) -> str:
        return self.template.format(*said_of.split(", "))
