"""What stands on a stored row besides its own fields: its text's hash and length, and where the text comes from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from warehouse.records.pages import Answer, Question
from warehouse.types import storable

TEXT: Final = ("body", "body_length", "text_sha256", "page_sha256", "parser_version", "mask_version", "load_id")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where stored text comes from: snapshot, masking rules, load, and the moment of storing."""

    page_sha256: str
    mask_version: str
    load_id: int
    now: datetime


def text_values(row: Question | Answer, parser_version: str, provenance: Provenance) -> dict[str, Any]:
    """The columns `TEXT` of a row, but for its body; a row has changed where their hash has."""
    text = _text_of(row)
    return {
        "text_sha256": hashlib.sha256(json.dumps(text, ensure_ascii=False).encode()).hexdigest(),
        "body_length": sum(len(part) for part in text[:2] if isinstance(part, str)),
        "page_sha256": provenance.page_sha256,
        "parser_version": parser_version,
        "mask_version": provenance.mask_version,
        "load_id": provenance.load_id,
    }


def every_field(values: Mapping[str, Any], changed: bool) -> dict[str, Any]:
    """All values of a row to be written over what is stored."""
    # The load and the snapshot stay those that last changed the text.
    return {name: value for name, value in values.items() if changed or name not in ("load_id", "page_sha256")}


def _text_of(row: Question | Answer) -> list[Any]:
    body = None if row.body is None else storable(row.body)
    if isinstance(row, Question):
        return [None if row.title is None else storable(row.title), body]
    return [body, row.is_chosen, row.written_by, row.speaker]
