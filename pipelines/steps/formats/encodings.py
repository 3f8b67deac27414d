"""Which encoding a text file is in, told from its bytes, and its lines decoded, a foreign one never guessed at.

Korean files are UTF-8 or CP949. A file put together from both is read in the one that most of its lines are in;
the other lines keep their bytes as lone surrogates, so that whoever takes the text sees that it is none.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal, TextIO

from pipelines.steps.formats.bounds import LONGEST_BYTES, too_long
from warehouse.errors import Misuse

Encoding = Literal["utf-8", "cp949"]
_NAMES: Final[dict[str, Encoding]] = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8", "cp949": "cp949", "euc-kr": "cp949"
}  # fmt: skip
_UTF8_MARK: Final = b"\xef\xbb\xbf"
# The bytes of one Hangul syllable in UTF-8 (U+AC00-U+D7A3); as CP949 they would be rare Hanja.
_HANGUL_IN_UTF8: Final = re.compile(rb"[\xea-\xed][\x80-\xbf]{2}")
_FOREIGN: Final = re.compile("[\udc80-\udcff]")
_CUT: Final = "\ud800"  # stands behind a line that was cut; no text file can hold it


def known_encoding(name: str) -> Encoding:
    """Return the encoding that a user names.

    Raises:
        Misuse: it is neither UTF-8 nor CP949.
    """
    if name.lower() not in _NAMES:
        raise Misuse(f"no encoding {name!r}; known are utf-8 and cp949")
    return _NAMES[name.lower()]


def encoding_of(path: Path, named: str | None = None) -> Encoding:
    """Return the encoding that was named, or tell UTF-8 from CP949 by the lines valid in the one or only the other.

    Raises:
        Misuse: no such file, an unknown encoding, one that the file is not in, or a file that is no text in either.
    """
    if named:
        return _confirmed(path, known_encoding(named))
    votes = {"utf-8": 0, "cp949": 0, "ascii": 0, "none": 0}
    for line in _raw_lines(path):
        votes[_vote(line)] += 1
    if votes["cp949"] > votes["utf-8"]:
        return "cp949"
    if votes["none"] and not votes["utf-8"] and votes["ascii"] <= 1:
        raise Misuse(f"{path} is neither UTF-8 nor CP949 text; save it as UTF-8, or name its encoding with --encoding")
    return "utf-8"


def _confirmed(path: Path, named: Encoding) -> Encoding:
    """Pass the named encoding, unless every line beyond ASCII is in the other one: then the name is wrong."""
    other: Encoding = "cp949" if named == "utf-8" else "utf-8"
    found = False
    for line in _raw_lines(path):
        if line.isascii():
            continue
        if not _is_foreign(line, named) or not _fits(line, other):
            return named
        found = True
    if found:
        raise Misuse(f"{path} is {other.upper()}, not {named.upper()}; drop --encoding, it is told from the bytes")
    return named


def lines_of(path: Path, encoding: Encoding) -> Iterator[str]:
    """Give a file's lines with their ends.

    A line that is not in `encoding` is there with its bytes above 127 as U+DC80 to U+DCFF; commas, quotes and line
    ends are right in it all the same. Of one longer than 16 MiB only the beginning is there, marked as cut.

    Raises:
        Misuse: no such file, or one in UTF-16.
    """
    for line in _raw_lines(path):
        if len(line) > LONGEST_BYTES:
            yield line[:LONGEST_BYTES].decode(encoding, "replace") + _CUT
        else:
            yield line.decode("ascii", "surrogateescape") if _is_foreign(line, encoding) else line.decode(encoding)


def unreadable_reason(text: str, encoding: Encoding) -> str | None:
    """Say why a text of `lines_of` cannot be read, None where it can."""
    if text.isascii():
        return None
    if _CUT in text:
        return too_long("line")
    if not _FOREIGN.search(text):
        return None
    data = text.encode("utf-8", "surrogateescape")
    other: Encoding = "cp949" if encoding == "utf-8" else "utf-8"
    if _fits(data, other):
        return f"the file is {encoding.upper()}, this text is {other.upper()}"
    return f"this text is neither UTF-8 nor CP949; the file is {encoding.upper()}"


def shown_bytes(text: str) -> str:
    """Return a text of `lines_of` fit to be printed: in the other encoding, or with U+FFFD for what is in neither."""
    data = text.replace(_CUT, "").encode("utf-8", "surrogateescape")
    # A text that holds other letters already is of two encodings at once.
    if _FOREIGN.sub("", text).isascii() and not _fits(data, "utf-8") and _fits(data, "cp949"):
        return data.decode("cp949")
    return data.decode("utf-8", "replace")


def _raw_lines(path: Path) -> Iterator[bytes]:
    if path.is_dir():
        raise Misuse(f"{path} is a folder; name a file in it")
    if not path.is_file():
        raise Misuse(f"no file at {path}; check the path")
    # Latin-1 gives each byte back; without translation lines end as the csv module wants them to, at \r too.
    with path.open(encoding="latin-1", newline="") as lines:
        for number, data in enumerate(_bounded(lines)):
            if number == 0 and data.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise Misuse(f"{path} is UTF-16 text; save it as UTF-8, then run the same command again")
            yield data.removeprefix(_UTF8_MARK) if number == 0 else data


def _bounded(lines: TextIO) -> Iterator[bytes]:
    """Give lines one byte over the longest at most; the rest of a longer one is passed over."""
    while line := lines.readline(LONGEST_BYTES + 1):
        yield line.encode("latin-1")
        while len(line) > LONGEST_BYTES and not line.endswith(("\n", "\r")):
            line = lines.readline(LONGEST_BYTES + 1)


def _vote(line: bytes) -> str:
    if line.isascii() or len(line) > LONGEST_BYTES:  # a cut one may end in half a character
        return "ascii"
    # CP949 text is hardly ever valid UTF-8, while much UTF-8 text is valid CP949.
    return "utf-8" if _fits(line, "utf-8") else "cp949" if _fits(line, "cp949") else "none"


def _is_foreign(line: bytes, encoding: Encoding) -> bool:
    if not _fits(line, encoding):
        return True
    return encoding == "cp949" and bool(_HANGUL_IN_UTF8.search(line)) and _fits(line, "utf-8")


def _fits(data: bytes, encoding: Encoding) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
