"""The URL of a warehouse, as users write it, read in one place."""

from typing import Final

import sqlalchemy as sa

from warehouse.errors import Misuse

# What `pymssql.connect` takes beside the parts of a URL (pymssql 2.4) and a user may want to set.
_KNOWN: Final = frozenset({"appname", "charset", "encryption", "login_timeout", "tds_version", "timeout"})


def warehouse_url(url: str) -> sa.URL:
    """The URL in parts; SQL Server without a driver is reached through pymssql.

    Raises:
        Misuse: no database URL, one of an engine other than SQLite and SQL Server, or an unknown option behind a `?`.
            The text is not repeated: it may hold a password.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # the latter for a port that is no number
        # The cause, too, repeats the text.
        raise Misuse("the warehouse URL cannot be read; write sqlite:///path or mssql+pymssql://…") from None
    if parsed.drivername == "mssql":
        parsed = parsed.set(drivername="mssql+pymssql")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite", "mssql+pymssql"}:
        raise Misuse(f"no warehouse on {parsed.drivername}; write sqlite:///path or mssql+pymssql://…")
    unknown = sorted({*parsed.query} - _KNOWN) if parsed.drivername == "mssql+pymssql" else []
    if unknown:
        known = ", ".join(sorted(_KNOWN))
        raise Misuse(f"the warehouse URL has an unknown option {', '.join(unknown)}; known are {known}")
    return parsed
