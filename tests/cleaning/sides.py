"""Dialogues given one by one to the rule of sides, which takes columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cleaning.splits.links import AnswerKeys, answer_texts, link_key
from cleaning.splits.sides import NO_SIDE, SIDES, SplitColumns, assign_sides

LINKS = {"thread": "thread", "asker": "asker_key", "answerer": "answerer_key"}
PLACES = {None: NO_SIDE} | {side: place for place, side in enumerate(SIDES)}


@dataclass(frozen=True, slots=True)
class SplitRow:
    """What links one dialogue to others, its answers normalised."""

    dialogue_id: str
    first_load_id: int = 1
    thread: str | None = None
    asker_key: str | None = None
    answer_norm: str = ""
    answerer_key: str | None = None
    turns_norm: tuple[str, ...] = ()


def sides_of(
    rows: Sequence[SplitRow], known: Mapping[str, str] | None = None, **more: object
) -> tuple[dict[str, str], dict[str, str]]:
    """The side of each row by id, and by id what links a row to two sides."""
    stored = known or {}
    answers = [answer_texts(row.answer_norm, row.turns_norm) for row in rows]
    columns = SplitColumns(
        ids=np.array([row.dialogue_id.encode() for row in rows], np.bytes_),
        first_loads=np.array([row.first_load_id for row in rows], np.int64),
        links={kind: np.array([link_key(getattr(row, n)) for row in rows], np.uint64) for kind, n in LINKS.items()},
        answers=AnswerKeys(
            np.array([link_key(text) for texts in answers for text in texts], np.uint64),
            np.cumsum([len(texts) for texts in answers], dtype=np.int64),
        ),
        known=np.array([PLACES[stored.get(row.dialogue_id)] for row in rows], np.int8),
    )
    sides, conflicts = assign_sides(columns, **more)
    ids = [row.dialogue_id for row in rows]
    placed = {ids[place]: SIDES[side] for place, side in enumerate(sides.tolist()) if side != NO_SIDE}
    return placed, {ids[place]: reason for place, reason in conflicts.items()}
