"""The elements of one array of a JSON object, one at a time: AI Hub puts a whole corpus into one object.

Written here because the standard library reads JSON whole only, and one file of AI Hub holds 100 MB and more.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, TextIO

from warehouse.errors import Permanent

CHUNK_CHARS: Final = 1 << 20
LONGEST_ELEMENT_CHARS: Final = 1 << 26  # one dialogue is some thousand characters
_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n\ufeff]*")


class WrongShape(Permanent):
    """The text is no JSON object that holds the array; the message says what is there instead."""


def elements(text: TextIO, name: str) -> Iterator[Any]:
    """Give the elements of the array under `name`, whatever stands before and behind it.

    Raises:
        WrongShape: no JSON, no object, no such array, or broken off in the middle.
    """
    window = _Window(text)
    if window.peek() != "{":
        raise WrongShape("it is no JSON object")
    window.take("{")
    found = False
    while window.peek() != "}":
        key = window.value()
        window.take(":")
        if key == name and window.peek() == "[":
            found = True
            yield from _array(window)
        else:
            window.value()
        if window.peek() != "}":
            window.take(",")
    if not found:
        raise WrongShape(f"it holds no list {name!r}")


def _array(window: "_Window") -> Iterator[Any]:
    window.take("[")
    while window.peek() != "]":
        yield window.value()
        if window.peek() != "]":
            window.take(",")
    window.take("]")


class _Window:
    """A piece of the text, read on as far as the next value needs."""

    def __init__(self, text: TextIO) -> None:
        self._text, self._held, self._at, self._ended = text, "", 0, False

    def peek(self) -> str:
        """Return the next character that is no space."""
        while True:
            found = _SPACE.match(self._held, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                raise WrongShape("it breaks off in the middle")

    def take(self, wanted: str) -> None:
        """Pass over one character."""
        if (found := self.peek()) != wanted:
            raise WrongShape(f"{wanted!r} is missing before {found!r}")
        self._at += 1

    def value(self) -> Any:
        """Return the next value."""
        self.peek()
        while True:
            begin = self._at  # reading on moves it
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except RecursionError:
                raise WrongShape("it is nested too deeply") from None
            except ValueError as error:
                if len(self._held) - self._at > LONGEST_ELEMENT_CHARS or not self._more():
                    raise WrongShape(self._fault(error, begin)) from None
                continue
            # A number at the very end may go on beyond it.
            if end < len(self._held) or not self._more():
                self._at = end
                return value

    def _fault(self, error: ValueError, begin: int) -> str:
        if not isinstance(error, json.JSONDecodeError):  # whole numbers of more than 4,300 digits
            return "a whole number in it has more than 4,300 digits"
        if self._ended and (error.pos - begin >= len(self._held) or error.msg.startswith("Unterminated")):
            return "it breaks off in the middle"
        return f"no JSON: {error.msg}"

    def _more(self) -> bool:
        """Read on, twice as much as is held, so that a long value is not tried again and again."""
        if self._ended:
            return False
        piece = self._text.read(max(CHUNK_CHARS, len(self._held) - self._at))
        self._held, self._at = self._held[self._at :] + piece, 0
        self._ended = not piece
        return not self._ended
