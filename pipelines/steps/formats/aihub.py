"""What both AI Hub corpora share: JSON files in folders and zips, dialogues in one list of each."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from pipelines.steps.formats.dialogues import alternate, make_dialogue
from pipelines.steps.formats.encodings import Encoding, known_encoding
from pipelines.steps.formats.jsonstream import PassedOver, WrongShape, elements
from pipelines.steps.formats.members import Member, json_members, text_of
from pipelines.steps.formats.rows import CANNOT_GO_ON, SHOWN_CHARS, BadRow, Row
from warehouse.types import storable

LONGEST_TOPIC: Final = 200
Said = list[tuple[object, str]]


class OtherKind(TypeError):
    """A value of another kind than the corpus holds, in words for a user."""


def read_dialogues(
    path: Path, source: str, list_name: str, take: Callable[[Any], tuple[Said, str | None]], encoding: str | None
) -> Iterator[Row]:
    """Read every element of `list_name` in every file; `take` gives its (speaker, text) lines and its topic.

    `take` raises LookupError, TypeError or AttributeError where an element has another shape: it is set aside.

    Raises:
        Misuse: nothing at `path`, no JSON file in it, or an unknown encoding.
    """
    chosen = known_encoding(encoding) if encoding else None
    for member in json_members(path):
        if isinstance(member, BadRow):
            yield member
        else:
            yield from _in_member(member, source, list_name, take, chosen)


def _in_member(
    member: Member,
    source: str,
    list_name: str,
    take: Callable[[Any], tuple[Said, str | None]],
    encoding: Encoding | None,
) -> Iterator[Row]:
    number = 0
    try:
        with text_of(member, encoding) as text:
            for element in elements(text, list_name):
                number += 1
                yield _row(element, number, member.name, source, take)
    except (WrongShape, UnicodeDecodeError) as error:
        reason = _not_text(encoding) if isinstance(error, UnicodeDecodeError) else str(error)
        yield BadRow(number + 1, CANNOT_GO_ON + reason, "", member.name, ends_file=True)


def _not_text(encoding: Encoding | None) -> str:
    if encoding is None:
        return "it is neither UTF-8 nor CP949 text throughout"
    return f"it is not {encoding.upper()} text; drop --encoding, then it is told from the bytes"


def _row(element: Any, number: int, file: str, source: str, take: Callable[[Any], tuple[Said, str | None]]) -> Row:
    if isinstance(element, PassedOver):
        return BadRow(number, element.reason, storable(element.text), file)
    try:
        said, topic = take(element)
    except (LookupError, TypeError, AttributeError) as error:
        return BadRow(number, f"it has another shape: {_wrong(error)}", _shown(element), file)
    turns = alternate(said)
    if not turns:
        return BadRow(number, "nobody is answered in it", _shown(element), file)
    return make_dialogue(source, turns, topic=topic)


def _wrong(error: Exception) -> str:
    if isinstance(error, OtherKind):
        return str(error)
    return f"{error} is missing" if isinstance(error, KeyError) else "a value of another kind stands in its place"


def _shown(element: Any) -> str:
    return storable(json.dumps(element, ensure_ascii=False)[:SHOWN_CHARS])


def topic_only(topic: object) -> str | None:
    """Pass a topic that is a text, cut to what its column holds (UTF-16 units, as SQL Server counts); else None."""
    if not isinstance(topic, str):
        return None
    return storable(topic).strip().encode("utf-16-le")[: 2 * LONGEST_TOPIC].decode("utf-16-le", "ignore") or None


def texts_only(text: object) -> str:
    """Pass a text.

    Raises:
        OtherKind: it is something else.
    """
    if not isinstance(text, str):
        raise OtherKind("what was said is no text")
    return text


def speaker_only(speaker: object) -> str | int:
    """Pass what names a speaker.

    Raises:
        OtherKind: it is neither text nor number.
    """
    if not isinstance(speaker, str | int):
        raise OtherKind("a speaker is neither text nor number")
    return speaker
