"""What a long build has made so far, as Arrow files: a later run of the same build finds it again."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa

from warehouse.disk import unwritable
from warehouse.errors import Transient, Unready

_ENDING = ".arrow"
_HALF = ".half"


class Parts:
    """A build's folder; each part is a table under the hash of what it was made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __contains__(self, key: str) -> bool:
        return (self.folder / f"{key}{_ENDING}").is_file()

    def write(self, key: str, table: pa.Table) -> None:
        """Put a part there, whole or not at all."""
        half, whole = self.folder / f"{key}{_HALF}", self.folder / f"{key}{_ENDING}"
        with pa.OSFile(str(half), "wb") as file, _writer(file, table.schema) as writer:
            writer.write_table(table.combine_chunks())
        half.replace(whole)

    def rows(self, key: str) -> int:
        """The number of rows of a part."""
        return int(self.read(key, ["dialogue_id"]).num_rows)

    def read(self, key: str, columns: list[str] | None = None) -> pa.Table:
        """A part, or some columns of it."""
        with pa.OSFile(str(self.folder / f"{key}{_ENDING}"), "rb") as file:
            schema = pa.ipc.open_file(file).schema
            wanted = None if columns is None else [schema.get_field_index(name) for name in columns]
            options = pa.ipc.IpcReadOptions(included_fields=wanted)
            return pa.ipc.open_file(file, options=options).read_all()


@contextmanager
def building(folder: Path) -> Iterator[Parts]:
    """The parts of one build, for this process alone.

    They are removed when the build is through, fails, or cannot write here; what a killed or stopped one has made, or
    one that ended as Transient or Unready elsewhere, stays for the next run.

    Raises:
        Transient: another process builds there.
        Unready: no disk space or no leave to write.
    """
    try:
        lock = _lock(folder)
        try:
            for half in folder.glob(f"*{_HALF}"):
                half.unlink()
            _remove_empty_beside(folder)
            yield Parts(folder)
        finally:
            os.close(lock)
    except OSError as error:
        _remove(folder)
        raise unwritable(error, "the dataset", folder) from error
    except (Transient, Unready, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:
        _remove(folder)
        raise
    _remove(folder)


def _lock(folder: Path) -> int:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue  # found empty and removed by another build, before it was locked
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if folder.is_dir() and folder.stat().st_ino == os.fstat(lock).st_ino:
                return lock
        except BlockingIOError as error:
            os.close(lock)
            raise Transient(f"{folder.name} is being built by another process; run this again at its end") from error
        os.close(lock)  # its builder has just ended and removed it


def _remove_empty_beside(folder: Path) -> None:
    """Remove what killed builds of other datasets left, where they had made nothing yet."""
    for other in folder.parent.iterdir():
        with suppress(OSError):  # no folder, not empty, or gone meanwhile
            if other == folder or any(other.iterdir()):
                continue
            lock = os.open(other, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # its builder may be about to write
                other.rmdir()
            finally:
                os.close(lock)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # builds of other datasets
        folder.parent.rmdir()


def _writer(file: pa.OSFile, schema: pa.Schema) -> pa.ipc.RecordBatchFileWriter:
    return pa.ipc.new_file(file, schema, options=pa.ipc.IpcWriteOptions(compression="lz4"))
