"""Pages kept as they came, as WARC: one file a process, a page's records on disk before it is counted.

A file opens with a `warcinfo` record, written together with its first page. Beside a file that is being written
stands `FILE.writer`, which names the process. When that process is gone, the next start cuts what it left
half-written.
"""

import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import FileIO
from pathlib import Path
from types import TracebackType

from warehouse.disk import sync, unwritable
from warehouse.errors import Permanent
from warehouse.frontier.holders import is_gone, this_process
from warehouse.pages.warc import pack, pack_info, unpack
from warehouse.records.pages import Page

_CHUNK = 1 << 20
ROBOTS_NOTE = "obey; where robots.txt refuses, the permission on record stands in the ledger (table robots)"


@dataclass(frozen=True, slots=True)
class SnapshotRef:
    """Where a page lies: file name in the snapshot folder, first byte, length in bytes; `sha256` is of the body."""

    file: str
    offset: int
    length: int
    sha256: str


class SnapshotWriter:
    """Appends pages to this process's own file in `folder`; usable by one thread at a time, and as a context."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.folder = folder
        started = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        self.file = f"{re.sub(r'[^A-Za-z0-9_-]+', '-', prefix)}-{started}-{os.getpid()}.warc.gz"
        self._mark = folder / f"{self.file}.writer"
        with _plain(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._mark.write_text(this_process(), encoding="utf-8")
            self._out = (folder / self.file).open("xb", buffering=0)
            sync(folder)
        self._flushed = 0

    def write(self, page: Page) -> SnapshotRef:
        """Append one page; it is on disk when this returns.

        Raises:
            Unready: no disk space or no leave to write; the file then ends with its last whole record.
        """
        ref = self.append(page)
        self.flush()
        return ref

    def append(self, page: Page) -> SnapshotRef:
        """Append one page, which is on disk only after `flush`; raises as `write` does."""
        record = pack(page)
        begin = self._out.tell()
        opening = b"" if begin else warcinfo(self.file)
        with self._whole_records(begin):
            _write_all(self._out, opening + record)
        sha256 = hashlib.sha256(page.body).hexdigest()
        return SnapshotRef(self.file, begin + len(opening), len(record), sha256)

    def flush(self) -> None:
        """Bring all that was appended to disk; pages of a flush that fails are not in the file any more."""
        with self._whole_records(self._flushed):
            os.fsync(self._out.fileno())
        self._flushed = self._out.tell()

    @contextmanager
    def _whole_records(self, end: int) -> Iterator[None]:
        with _plain(self.folder):
            try:
                yield
            except OSError:
                self._out.truncate(end)
                self._out.seek(end)
                raise

    def close(self) -> None:
        """Finish the file; one without a record is removed."""
        empty = self._out.tell() == 0
        self._out.close()
        if empty:
            (self.folder / self.file).unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)

    def __enter__(self) -> "SnapshotWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def warcinfo(file: str) -> bytes:
    """The record that opens the file of this name."""
    info = {
        "software": f"mundap/{version('mundap')}",
        "format": "WARC File Format 1.1",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "robots": ROBOTS_NOTE,
        "description": "pages as decoded by the fetcher; those drawn by a browser are resource records",
    }
    return pack_info(file, info)


def read_snapshot(folder: Path, ref: SnapshotRef) -> Page:
    """The page as it was fetched.

    Raises:
        Permanent: the file is gone (expired or taken down) or its bytes are not those that were written.
    """
    try:
        with (folder / ref.file).open("rb") as file:
            file.seek(ref.offset)
            record = file.read(ref.length)
    except OSError as error:
        raise Permanent(f"the snapshot {ref.file} cannot be read ({error.strerror}); fetch the page again") from error
    page = unpack(record)
    if page is None or hashlib.sha256(page.body).hexdigest() != ref.sha256:
        raise Permanent(f"the snapshot {ref.file} at byte {ref.offset} is damaged; fetch the page again")
    return page


def cut_torn_tail(folder: Path) -> int:
    """Cut half-written records off files whose writer is gone and give the number of bytes cut."""
    cut = 0
    for mark in sorted(folder.glob("*.warc.gz.writer")):
        file = folder / mark.name.removesuffix(".writer")
        # What is not there any more, another start has seen to, or the writer itself at its end.
        with _plain(folder), suppress(FileNotFoundError):
            if not is_gone(mark.read_text(encoding="utf-8")):
                continue
            if file.exists():
                cut += _cut(file)
            mark.unlink(missing_ok=True)
    return cut


def _cut(file: Path) -> int:
    whole = max(_member_ends(file), default=0)
    torn = file.stat().st_size - whole
    if torn:
        with file.open("r+b") as out:
            out.truncate(whole)
            os.fsync(out.fileno())
    if not whole:
        file.unlink()
    return torn


def _member_ends(file: Path) -> Iterator[int]:
    """Offsets at which whole gzip members end, up to the first damaged one."""
    with file.open("rb") as stream:
        read, member, pending = 0, zlib.decompressobj(wbits=31), b""
        while pending or (pending := stream.read(_CHUNK)):
            try:
                member.decompress(pending)
            except zlib.error:
                return
            read += len(pending) - len(member.unused_data)
            pending = member.unused_data
            if member.eof:
                yield read
                member = zlib.decompressobj(wbits=31)


def _write_all(out: FileIO, record: bytes) -> None:
    rest = memoryview(record)
    while rest:
        rest = rest[out.write(rest) :]


@contextmanager
def _plain(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(error, "snapshots", folder) from error
