"""The documents made from the definitions: the data dictionary and the analysts' cookbook.

`python -m warehouse.documents docs` (`make docs`) writes them; a test refuses stale ones.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.cookbook import Entry, entries
from warehouse.dictionary import describe
from warehouse.views import VIEWS

_MADE = "<!-- Made by `make docs` from {source}; change it there. -->"
_COLUMNS = ("column", "type", "type_mssql", "null", "key", "meaning", "unit", "allowed", "source", "personal")
_DICTIONARY = """\
# Data dictionary

Every table and view, column by column, from the one definition in `warehouse/schema` and `warehouse/views`; in a
terminal: `mundap describe [NAME]`. Moments are UTC; columns that end with `_kst` are Korean time. `source` says who
gives a value: `mundap`, `site` (read from a page), `server` (the HTTP answer), `user`, or the table's column
that a view shows. `personal` columns may point to a person; texts are masked before they are stored.
"""
_ANALYSTS = """\
# For analysts

{views} views answer most questions; [data-dictionary.md](data-dictionary.md) has every column of them. They are the
same on SQLite and on SQL Server, where readers see nothing else (`deploy/roles.sql`).

{table}

## Asking

```
mundap query 'select topic, count(*) as questions from questions group by topic'
mundap query --param topic=요리 --param since=2026-01-01T00:00+09:00 --format csv - < mine.sql > rows.csv
mundap browse
```

- One SELECT (or WITH … SELECT), read-only; 1,000 rows unless `--limit` says otherwise (0: all); `--format` table, csv,
  json (nothing rounded) or parquet. `-` reads the SQL from stdin.
- A column is written bare, or `[so]` where it must be quoted; a text in single quotes: SQLite takes "a double-quoted
  name" that it does not know for a text, without a word.
- Parameters are `:name` in the SQL and `--param name=value` behind it. A number is a number, `2026-01-01T00:00+09:00` a
  moment (kept in UTC, as the columns are), all else text; `--param id:text=0042` says the kind where it must not be
  guessed (an `external_id` is text).
- A moment without a zone is taken as UTC, and a note says so: `--param at:moment=2026-01-01` is 2026-01-01 09:00 in
  Korea; its Korean midnight is `--param at:moment=2026-01-01T00:00+09:00`. Columns that end with `_kst` hold Korean
  time without a zone: compare those of moments with `--param at:kst=2026-01-01`, days and months with plain text
  (`day_kst = '2026-01-01'`).
- A moment written into the SQL stands as the columns do, in UTC with a blank: `'2026-01-01 00:00'`. SQLite compares it
  as text, so that `'2026-01-01T00:00'` is later than all of that day; a note says so, the rows are what was asked for.
- Moments come out in UTC as `2026-01-01 00:00:00.000000`, Korean time where the column ends with `_kst`, neither with a
  zone, in table, csv and json alike. Parquet has a type for each column that has a view's or table's name, also where
  no row is found: moments with the zone UTC, `_kst` without one, flags, whole numbers, text. What you name yourself has
  the type of its values, or text where there is none.
- JSON has flags as SQLite has them, 1 and 0, and infinity as null. CSV does not tell null from an empty text:
  both are nothing between commas; where that matters take json or parquet.
- `mundap browse` opens the embedded warehouse in a web browser with these questions ready to run (the extra
  `mundap[browse]`: Datasette).

SQL that both engines understand: no `LIMIT` (use `--limit`, or `ROW_NUMBER()`), flags are compared (`is_chosen = 1`),
`GROUP BY` repeats the expression, `1.0 *` before a mean of whole numbers. Bound a time by `asked_at`, which an index
knows, and show `asked_at_kst`.

A count over all questions takes well under a second with 500,000 of them (`make bench ONLY=query`): lengths and counts
of answers stand on the question's row and in one index. What reads texts wants a topic and a time.

## Fifteen questions

Each is run on filled data by the tests, its answer held against a count in Python.
"""


def data_dictionary() -> str:
    """The data dictionary as Markdown."""
    parts = [_MADE.format(source="warehouse/schema and warehouse/views"), _DICTIONARY]
    for entry in describe():
        parts.append(f"## {entry['table']} ({entry['kind']})\n\n{entry['meaning']}\n")
        parts.append(_table(_COLUMNS, describe(entry["table"])))
    return "\n".join(parts)


def analysts() -> str:
    """The cookbook as Markdown."""
    views = [{"view": name, "a row is": view.meaning} for name, view in VIEWS.items()]
    head = _ANALYSTS.format(views=len(views), table=_table(("view", "a row is"), views).strip())
    parts = [_MADE.format(source="warehouse/cookbook and warehouse/documents.py"), head]
    return "\n".join([*parts, *(_recipe(place, entry) for place, entry in enumerate(entries(), start=1))])


def _recipe(place: int, entry: Entry) -> str:
    given = " ".join(f"--param {name}={value}" for name, value in entry.example.items())
    asked = [f"Parameters, for example: `{given}`", ""] if given else []
    notes = [entry.notes, ""] if entry.notes else []
    head = [f"### {place}. {entry.question}", "", entry.korean, "", *notes, *asked]
    return "\n".join([*head, "```sql", entry.sql, "```", ""])


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join(_cell(row, column) for column in columns) for row in rows]
    return "".join(f"| {line} |\n" for line in lines)


def _cell(row: Mapping[str, Any], column: str) -> str:
    value = row[column]
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).partition(" COLLATE")[0].replace("|", "\\|").replace("\n", " ")


def main(folder: Path) -> None:
    """Write both into `folder`."""
    (folder / "data-dictionary.md").write_text(data_dictionary(), "utf-8")
    (folder / "analysts.md").write_text(analysts(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
