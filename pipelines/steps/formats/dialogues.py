"""What a row of a file holds made a Dialogue, or set aside."""

import hashlib
import json
import unicodedata
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from cleaning.pairing import dialogue_id
from pipelines.steps.formats.rows import SHOWN_CHARS, BadRow, Row
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.types import storable

_LARGEST_LABEL: Final = 2**31  # the column is a 32-bit INTEGER on SQL Server
_KEY: Final = json.JSONEncoder(ensure_ascii=False).encode


def make_pair(line: int, source: str, texts: tuple[Any, Any], label: Any = None, key: Any = None) -> Row:
    """Make a question and its answer a dialogue; set aside what has no text or a label that is no whole number."""
    shown = storable(_KEY(texts)[:SHOWN_CHARS])
    for name, text in zip(("question", "answer"), texts, strict=True):
        if not isinstance(text, str | None):
            return BadRow(line, f"the {name} is {kind_of(text)}, not text", shown)
    if not all(text and text.strip() for text in texts):
        return BadRow(line, "the question or the answer has no text", shown)
    turns = (Turn("user", storable(texts[0])), Turn("assistant", storable(texts[1])))
    return make_labelled(line, source, turns, label, key)


def kind_of(value: object) -> str:
    """Name the kind of a JSON value, as reasons do.

    >>> kind_of(float("nan")), kind_of([]), kind_of(True)
    ('a number', 'a list', 'true or false')
    """
    if isinstance(value, bool):
        return "true or false"
    kinds = {int: "a number", float: "a number", list: "a list", dict: "an object", str: "text"}
    return kinds.get(type(value), "null")


def make_labelled(line: int, source: str, turns: tuple[Turn, ...], label: Any, key: Any) -> Row:
    """Make turns a dialogue; set them aside where there is a label that is no whole number."""
    number = None if label in (None, "") else _whole_number(label)
    if number is None and label not in (None, ""):
        shown = storable(_KEY([turn.content for turn in turns]))[:SHOWN_CHARS]
        return BadRow(line, f"the label {storable(str(label))[:60]!r} is no whole number that can be stored", shown)
    return make_dialogue(source, turns, number, key)


def make_dialogue(
    source: str, turns: tuple[Turn, ...], label: int | None = None, key: Any = None, topic: str | None = None
) -> Dialogue:
    """Make turns a dialogue, keyed by `key` or else by the NFC of turns and label (design, section 3)."""
    if key in (None, ""):
        text = _KEY([*([turn.role, turn.content] for turn in turns), label])
        key = hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:32]
    key = storable(str(key))
    return Dialogue(dialogue_id(source, key), source, key, turns, label=label, topic=topic)


def alternate(said: Sequence[tuple[object, str]]) -> tuple[Turn, ...]:
    """Give (speaker, text) lines as turns of user and assistant in turn, as ChatHuman's loader did.

    One speaker's consecutive lines are joined by a space, lines without text left out; a trailing user turn is cut.
    """
    spoken = [(speaker, text.strip()) for speaker, text in said if text.strip()]
    joined = [" ".join(text for _, text in group) for _, group in groupby(spoken, key=lambda line: line[0])]
    joined = joined[: len(joined) // 2 * 2]
    return tuple(Turn("assistant" if n % 2 else "user", storable(text)) for n, text in enumerate(joined))


def _whole_number(label: Any) -> int | None:
    """Return a label as a whole number that can be stored, None where it is none."""
    try:
        number = int(label)
        if isinstance(label, bool) or (isinstance(label, float) and number != label):
            return None
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < _LARGEST_LABEL else None
