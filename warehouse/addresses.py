"""The URL of a warehouse, as users write it, read in one place."""

import sqlalchemy as sa

from warehouse.errors import Misuse


def warehouse_url(url: str) -> sa.URL:
    """The URL in parts; SQL Server without a driver is reached through pymssql.

    Raises:
        Misuse: no database URL, or one of an engine other than SQLite and SQL Server. The text is not repeated: it may
            hold a password.
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
    return parsed
