"""How much of a file is taken into memory at once: what is longer is set aside unread."""

from typing import Final

# Whatever stands in one line is in memory several times over; a text of 2 MB is well within.
LONGEST_BYTES: Final = 16 * 1024 * 1024


def too_long(what: str) -> str:
    """Say that a piece of a file is longer than is read.

    >>> too_long("line")
    'the line is longer than 16 MiB; break it up'
    """
    return f"the {what} is longer than {LONGEST_BYTES // 1024**2} MiB; break it up"


def is_too_long(text: str) -> bool:
    """Whether a text takes more bytes than that as UTF-8, lone surrogates counted as three.

    >>> is_too_long("가"), is_too_long("가" * 6_000_000)
    (False, True)
    """
    # A character is four bytes at most, so that few texts are counted.
    return 4 * len(text) > LONGEST_BYTES and len(text.encode("utf-8", "surrogatepass")) > LONGEST_BYTES
