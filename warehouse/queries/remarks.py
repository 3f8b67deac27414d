"""What a query may mean otherwise than it says: moments that are compared as text."""

import re
from datetime import UTC, datetime

from warehouse.addresses import warehouse_url
from warehouse.queries.select_text import strings_of

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*")


def remarks(url: str, sql: str) -> list[str]:
    """A sentence about each moment in the text that the engine would not compare as one.

    SQLite holds moments as text with a blank between day and time, so that 2026-10-26T00:00 is later than all of that
    day; SQL Server knows the T, but leaves an offset out.
    """
    on_sqlite = warehouse_url(url).get_backend_name() == "sqlite"
    written = [text for text in strings_of(sql) if _MOMENT.fullmatch(text)]
    return [said for text in dict.fromkeys(written) if (said := _remark(text, on_sqlite))]


def _remark(text: str, on_sqlite: bool) -> str | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None and not (on_sqlite and "T" in text):
        return None
    stored = moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    typed = text if moment.tzinfo else f"{text}+09:00"
    why = "as text, which stored moments are not written like" if on_sqlite else "without its offset"
    return (
        f"'{text}' is compared {why}: write '{stored.isoformat(' ', 'microseconds')}' (UTC, as stored), or :at and "
        f"--param at:moment={typed}"
    )
