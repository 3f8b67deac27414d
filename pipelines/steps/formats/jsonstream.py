"""The elements of one array of a JSON object, one at a time: AI Hub puts a whole corpus into one object.

Written here because the standard library reads JSON whole only, and one file of AI Hub holds 100 MB and more.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TextIO

from pipelines.steps.formats.bounds import LONGEST_BYTES, is_too_long, too_long
from pipelines.steps.formats.rows import SHOWN_CHARS
from warehouse.errors import Permanent

CHUNK_CHARS: Final = 1 << 20
_LONGEST_WORD: Final = 16  # characters: -Infinity or \uXXXX; a fault nearer to the end may be a word cut short
_BROKEN_OFF: Final = "it breaks off in the middle"
_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n\ufeff]*")
_IN_TEXT: Final = re.compile(r'["\\]')
_OUTSIDE: Final = re.compile(r'["{}\[\],]')


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Stands for a value that was not read, with the reason; `text` is its beginning."""

    reason: str
    text: str


class WrongShape(Permanent):
    """The text is no JSON object that holds the array; the message says what is there instead."""


def elements(text: TextIO, name: str) -> Iterator[Any]:
    """Give the elements of the array under `name`, whatever stands before and behind it.

    One longer than 16 MiB, or with a whole number that Python does not read, is there as a `PassedOver`.

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
        if not isinstance(key, str):
            raise WrongShape("a name in it is no text, or longer than 16 MiB")
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
                raise WrongShape(_BROKEN_OFF)

    def take(self, wanted: str) -> None:
        """Pass over one character."""
        if (found := self.peek()) != wanted:
            raise WrongShape(f"{wanted!r} is missing before {found!r}")
        self._at += 1

    def value(self) -> Any:
        """Return the next value, or a `PassedOver`."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except RecursionError:
                raise WrongShape("it is nested too deeply") from None
            except json.JSONDecodeError as error:
                if not self._may_be_cut(error):
                    raise WrongShape(f"no JSON: {error.msg}") from None
                if len(self._held) - self._at > LONGEST_BYTES:
                    return self._passed_over(too_long("element"))
                is_cut = error.pos >= len(self._held) or error.msg.startswith("Unterminated")
                if not self._more():
                    raise WrongShape(_BROKEN_OFF if is_cut else f"no JSON: {error.msg}") from None
                continue
            except ValueError:
                return self._passed_over("a whole number in it has more than 4,300 digits")
            # A number near the end may go on beyond it: of 1.5e there is 1.5 to be had.
            if self._ended or end + _LONGEST_WORD < len(self._held):
                return self._within_bounds(value, end)
            self._more()

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated") or error.pos > len(self._held) - _LONGEST_WORD

    def _within_bounds(self, value: Any, end: int) -> Any:
        begin, self._at = self._at, end
        text = self._held[begin:end]
        return PassedOver(too_long("element"), text[:SHOWN_CHARS]) if is_too_long(text) else value

    def _passed_over(self, reason: str) -> PassedOver:
        """Pass over a value without holding it: to the bracket or quotation mark that closes it."""
        shown = PassedOver(reason, self._held[self._at : self._at + SHOWN_CHARS])
        depth, in_text = 0, False
        while True:
            found = (_IN_TEXT if in_text else _OUTSIDE).search(self._held, self._at)
            if found is None or found.end() == len(self._held):
                # One character stays, for what stands behind it.
                self._at = found.start() if found else len(self._held)
                if not self._more():
                    raise WrongShape(_BROKEN_OFF)
                continue
            mark = found[0]
            if depth == 0 and not in_text and mark in ",]}":  # behind a number
                self._at = found.start()
                return shown
            self._at = found.end() + (mark == "\\")
            if mark == '"':
                in_text = not in_text
            elif mark in "[{":
                depth += 1
            elif mark in "]}":
                depth -= 1
            if depth == 0 and not in_text and mark in '"]}':
                return shown

    def _more(self) -> bool:
        """Read on, twice as much as is held, so that a long value is not tried again and again."""
        if self._ended:
            return False
        held = len(self._held) - self._at
        piece = self._text.read(min(max(CHUNK_CHARS, held), max(CHUNK_CHARS, LONGEST_BYTES + 1 - held)))
        self._held, self._at = self._held[self._at :] + piece, 0
        self._ended = not piece
        return not self._ended
