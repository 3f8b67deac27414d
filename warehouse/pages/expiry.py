"""Raw pages do not stay for ever: their WARC records are erased at an age, and the ledger says when.

A file whose records are all old is removed; one that holds younger ones too is written anew without the old, under
a new name, and the ledger turns to it before the old file goes. So a kill at any point loses no young record; what it
leaves behind is a file that no row names, removed by a later run when it is old itself. Records without a ledger row
(orphans of a killed crawl) go with their file, old or written anew.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from warehouse.connect import database_now, in_transaction
from warehouse.errors import Transient
from warehouse.frontier.holders import is_gone
from warehouse.pages.snapshots import warcinfo
from warehouse.schema.crawling import page


@dataclass(frozen=True, slots=True)
class Expired:
    """What an expiry erased: `pages` of the ledger, whole `files` removed, `rewritten` ones, and the bytes freed."""

    pages: int = 0
    files: int = 0
    rewritten: int = 0
    bytes: int = 0

    def __add__(self, other: "Expired") -> "Expired":
        return Expired(
            self.pages + other.pages,
            self.files + other.files,
            self.rewritten + other.rewritten,
            self.bytes + other.bytes,
        )


def expire(engine: sa.Engine, folder: Path, before: datetime) -> Expired:
    """Erase the snapshots of pages fetched before a moment; a file that is being written is left for the next time.

    Raises:
        OSError: a file cannot be read, written or removed.
    """
    row = page.c
    is_old = sa.func.sum(sa.case((row.fetched_at < before, 1), else_=0))
    query = sa.select(row.warc_file, sa.func.count(), is_old).where(row.erased_at.is_(None)).group_by(row.warc_file)
    with engine.connect() as connection:
        files = {name: (number, old) for name, number, old in connection.execute(query).all()}
    total = Expired()
    for name, (number, old) in sorted(files.items()):
        if old and not _is_being_written(folder, name):
            total += _remove(engine, folder, name) if old == number else _rewrite(engine, folder, name, before)
    for file in sorted(folder.glob("*.warc.gz")):
        # By age too: another warehouse may own what this one has no row of.
        is_aged = datetime.fromtimestamp(file.stat().st_mtime, UTC) < before
        if file.name not in files and is_aged and not _is_being_written(folder, file.name):
            total += Expired(files=1, bytes=file.stat().st_size)
            file.unlink()
    return total


def _is_being_written(folder: Path, name: str) -> bool:
    try:
        return not is_gone((folder / f"{name}.writer").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False


def _remove(engine: sa.Engine, folder: Path, name: str) -> Expired:
    def work(connection: sa.Connection) -> int:
        erased = sa.update(page).where(page.c.warc_file == name, page.c.erased_at.is_(None))
        return connection.execute(erased.values(erased_at=database_now(connection))).rowcount

    pages = in_transaction(engine, work)
    file = folder / name
    size = file.stat().st_size if file.is_file() else 0
    file.unlink(missing_ok=True)
    (folder / f"{name}.writer").unlink(missing_ok=True)
    return Expired(pages=pages, files=1, bytes=size)


def _rewrite(engine: sa.Engine, folder: Path, name: str, before: datetime) -> Expired:
    row = page.c
    columns = (row.page_id, row.warc_offset, row.warc_length)
    kept = sa.select(*columns).where(row.warc_file == name, row.erased_at.is_(None), row.fetched_at >= before)
    with engine.connect() as connection:
        rows = connection.execute(kept.order_by(row.warc_offset)).all()
    new = f"{name.removesuffix('.warc.gz')}-{hashlib.sha256(before.isoformat().encode()).hexdigest()[:8]}.warc.gz"
    size, places = _copy(folder, name, new, rows)

    def work(connection: sa.Connection) -> int:
        moved = 0
        for page_id, offset in places.items():
            same = sa.update(page).where(row.page_id == page_id, row.warc_file == name, row.erased_at.is_(None))
            moved += connection.execute(same.values(warc_file=new, warc_offset=offset)).rowcount
        if moved != len(places):
            raise Transient(f"the snapshot file {name} changed while it was written anew; run the same command again")
        rest = sa.update(page).where(row.warc_file == name, row.erased_at.is_(None))
        return connection.execute(rest.values(erased_at=database_now(connection))).rowcount

    try:
        pages = in_transaction(engine, work)
    except BaseException:
        (folder / new).unlink(missing_ok=True)
        raise
    freed = (folder / name).stat().st_size - size
    (folder / name).unlink()
    (folder / f"{name}.writer").unlink(missing_ok=True)
    return Expired(pages=pages, rewritten=1, bytes=freed)


def _copy(folder: Path, name: str, new: str, rows: Sequence[Any]) -> tuple[int, dict[int, int]]:
    """Copy the records of these rows into a file of their own; gives its size and where each page begins in it."""
    places: dict[int, int] = {}
    with (folder / name).open("rb") as source, (folder / new).open("wb") as out:
        out.write(warcinfo(new))
        for page_id, offset, length in rows:
            source.seek(offset)
            places[page_id] = out.tell()
            out.write(source.read(length))
        out.flush()
        os.fsync(out.fileno())
        return out.tell(), places
