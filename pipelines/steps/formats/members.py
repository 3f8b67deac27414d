"""The JSON files of a folder, a zip or a single path, zips within zips too; nothing is ever unpacked to disk by name.

So a member called `../../x.json` is read like any other: its name is only shown.
"""

import codecs
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from pipelines.steps.formats.encodings import Encoding
from pipelines.steps.formats.rows import BadRow
from warehouse.errors import Misuse
from warehouse.types import storable

DEEPEST_ZIP: Final = 4  # zips within zips; a zip bomb of the recursive kind has no bottom
LARGEST_INNER_ZIP_BYTES: Final = 32 * 1024**3
_CHUNK: Final = 1 << 20
_UTF8_NAME: Final = 0x800  # the flag bit of a name in UTF-8; AI Hub's zips are made on Korean Windows, in CP949
# What reading a damaged, encrypted or oddly packed member raises.
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file; `name` is its path below what was named, through all zips."""

    name: str
    open: Callable[[], IO[bytes]]


def json_members(path: Path) -> Iterator[Member | BadRow]:
    """Give every .json file, in the order of names; what cannot be read is there as a BadRow with its name.

    Raises:
        Misuse: nothing at `path`, a single file that is neither JSON nor a zip, or no JSON file in all of it.
    """
    if not path.exists():
        raise Misuse(f"nothing at {path}; check the path")
    found = False
    for member in _in_folder(path) if path.is_dir() else _in_file(path, path.name):
        found = True
        yield member
    if not found:
        raise Misuse(f"{path} holds no .json file; name the folder or zip that was downloaded")


def _in_folder(folder: Path) -> Iterator[Member | BadRow]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix.lower() in {".json", ".zip"} and not file.name.startswith("."):
            yield from _in_file(file, file.relative_to(folder).as_posix())


def _in_file(file: Path, name: str) -> Iterator[Member | BadRow]:
    if file.suffix.lower() == ".zip" or zipfile.is_zipfile(file):
        with file.open("rb") as data:
            yield from _in_zip(data, name, 1)
    elif file.suffix.lower() == ".json":
        yield Member(name, lambda: file.open("rb"))
    else:
        raise Misuse(f"{file} is neither .json nor a zip; name a file, folder or zip of the download")


def _in_zip(data: IO[bytes], name: str, depth: int) -> Iterator[Member | BadRow]:
    try:
        archive = zipfile.ZipFile(data)
    except _BROKEN as error:
        yield BadRow(0, f"the zip cannot be read: {error}", "", name, ends_file=True)
        return
    with archive:
        for info in sorted(archive.infolist(), key=_shown):
            inner = f"{name}/{_shown(info)}"
            if info.is_dir() or _is_litter(info.filename):
                continue
            if info.filename.lower().endswith(".zip"):
                yield from _inner_zip(archive, info, inner, depth)
            elif info.filename.lower().endswith(".json"):
                yield _fault(archive, info, inner) or Member(inner, lambda info=info: archive.open(info))  # type: ignore[misc]


def _inner_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, depth: int) -> Iterator[Member | BadRow]:
    if depth >= DEEPEST_ZIP or info.file_size > LARGEST_INNER_ZIP_BYTES:
        reason = "the zip stands too deep in other zips, or is too large; unpack it and import the folder"
        yield BadRow(0, reason, "", name, ends_file=True)
        return
    with TemporaryFile() as copy:
        try:
            with archive.open(info) as packed:
                while piece := packed.read(_CHUNK):
                    copy.write(piece)
        except _BROKEN as error:
            yield BadRow(0, f"the zip cannot be read: {error}", "", name, ends_file=True)
            return
        copy.seek(0)
        yield from _in_zip(copy, name, depth + 1)


def _fault(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> BadRow | None:
    """Read a member through once: its checksum stands at the end, and no row of a broken one must be kept."""
    try:
        with archive.open(info) as packed:
            while packed.read(_CHUNK):
                pass
    except _BROKEN as error:
        return BadRow(0, f"the member is broken: {storable(str(error))}", "", name, ends_file=True)
    return None


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")


def _shown(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8_NAME:
        return storable(info.filename)
    try:
        return info.filename.encode("cp437").decode("cp949")
    except UnicodeError:
        return storable(info.filename)


def text_of(member: Member, encoding: Encoding | None) -> io.TextIOWrapper:
    """Return a member's text: AI Hub writes UTF-8, with or without mark, and Korean Windows saves it in CP949.

    Where no encoding is named, the first letters beyond ASCII tell. It closes the member with itself.
    """
    chosen = encoding or _told(member)
    return io.TextIOWrapper(member.open(), encoding="utf-8-sig" if chosen == "utf-8" else chosen)


def _told(member: Member) -> Encoding:
    with member.open() as data:
        while piece := data.read(_CHUNK):
            if not piece.isascii():
                piece += data.read(_CHUNK)  # the first letter may be the piece's last byte
                # Much UTF-8 text is CP949 by chance in parts, hardly ever in a million bytes.
                return "cp949" if not _begins_as(piece, "utf-8") and _begins_as(piece, "cp949") else "utf-8"
    return "utf-8"


def _begins_as(data: bytes, encoding: Encoding) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(data)
    except UnicodeDecodeError:
        return False
    return True
