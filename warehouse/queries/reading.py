"""Opening an SQLite file to read it, also where nothing may be written: a read-only mount, folder or file."""

import os
import sqlite3
from pathlib import Path


def connect_to_read(path: Path, *, wait_seconds: float = 10) -> sqlite3.Connection:
    """A connection that cannot write.

    SQLite needs to write beside a file in WAL mode even to read it (sqlite.org/wal.html, "Read-Only Databases"). Where
    the folder forbids that, and no rows wait in a -wal file, the file is opened as one that nobody changes
    (`immutable=1`): what another machine writes to it meanwhile is not seen.

    Raises:
        sqlite3.OperationalError: it cannot be opened.
    """
    where = path.resolve().as_uri()
    connection = sqlite3.connect(f"{where}?mode=ro", uri=True, timeout=wait_seconds, check_same_thread=False)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if not _stands_still(path):
            raise
        return sqlite3.connect(f"{where}?immutable=1", uri=True, check_same_thread=False)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _stands_still(path: Path) -> bool:
    waiting = path.with_name(f"{path.name}-wal")
    return not os.access(path.resolve().parent, os.W_OK) and not (waiting.exists() and waiting.stat().st_size)
