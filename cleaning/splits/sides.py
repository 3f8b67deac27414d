"""Which dialogues are trained on and which are held out, so that nothing held out was seen in training."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from cleaning.splits.links import AnswerKeys

Side = Literal["train", "validation", "test"]

SIDES: Final[tuple[Side, ...]] = ("train", "validation", "test")
NO_SIDE: Final = -1
_ANSWERER: Final = "answerer"
_ANSWER: Final = "answer"
_SAID: Final = {
    "thread": "same thread",
    "asker": "same asker",
    _ANSWER: "equal answer",
    _ANSWERER: "same answerer",
}
# Of the bits of sides (1 train, 2 validation, 4 test): the one side where there is one.
_ONLY: Final = {1: 0, 2: 1, 4: 2}


@dataclass(frozen=True, slots=True)
class SplitColumns:
    """What links dialogues to one another, about 60 bytes a row.

    `ids` are ASCII bytes, `links` by kind (thread, asker, answerer) what `link_key` gives for each row, `answers` the
    same for its `answer_texts`, `known` the place in `SIDES` that earlier runs stored, or `NO_SIDE`.
    """

    ids: npt.NDArray[np.bytes_]
    first_loads: npt.NDArray[np.int64]
    links: Mapping[str, npt.NDArray[np.uint64]]
    answers: AnswerKeys
    known: npt.NDArray[np.int8]

    def take(self, rows: npt.NDArray[np.int64]) -> "SplitColumns":
        """Some of the rows."""
        links = {kind: keys[rows] for kind, keys in self.links.items()}
        return SplitColumns(self.ids[rows], self.first_loads[rows], links, self.answers.take(rows), self.known[rows])


def assign_sides(
    rows: SplitColumns,
    *,
    shares: tuple[float, float, float] = (0.9, 0.05, 0.05),
    answerer_limit: float = 0.05,
) -> tuple[npt.NDArray[np.int8], dict[int, str]]:
    """The place in `SIDES` of each row, and by row what links one to two sides (to be dropped as `split_conflict`).

    Rows are taken in order of (first load, dialogue id). A row takes the side of the earlier ones that it is linked to
    by thread, asker or an equal text of the answer (`answer_texts`), else the side that the hash of its id falls on,
    in the proportion of `shares`. Answerers link too while none holds more than `answerer_limit` of the rows; one who
    stands on two sides since a time when that did not hold links nothing. `known` sides were stored by earlier runs
    and never change: such a row conflicts only if an edit or another recipe made it equal to rows of another side.
    """
    links = _Links(rows, answerer_limit)
    sides = np.full(len(rows.ids), NO_SIDE, np.int8)
    conflicts: list[int] = []
    # Stored rows lead; the ids are compared byte by byte, as the warehouse does.
    order = np.lexsort((rows.ids, rows.first_loads, rows.known == NO_SIDE))
    known = rows.known.data
    for place in order.tolist():
        own = known[place]
        linked = links.linked(place, own)
        if linked and linked not in _ONLY:
            conflicts.append(place)
            continue
        side = _ONLY[linked] if linked else _hashed_side(rows.ids[place], shares)
        sides[place] = side
        links.note(place, side)
    # Told at the end, from all rows: when sides are known beforehand, other rows come first.
    return sides, {place: links.conflict(place, known[place]) for place in conflicts}


class _Links:
    """The sides on which what rows share was seen, as bits, by kind and number of what is shared."""

    def __init__(self, rows: SplitColumns, answerer_limit: float) -> None:
        self._shared: list[tuple[str, memoryview, bytearray]] = []
        for kind, keys in rows.links.items():
            numbered = _numbered(keys)
            if kind == _ANSWERER and numbered.most > answerer_limit * len(keys):
                continue
            if numbered.distinct:
                # What no row shares has a number of its own that is never noted.
                self._shared.append((kind, numbered.numbers.data, bytearray(numbered.distinct + 1)))
        answers = _numbered(rows.answers.keys)
        self._answers, self._answer_ends = answers.numbers.data, rows.answers.ends.data
        self._answered = bytearray(answers.distinct + 1)

    def linked(self, place: int, own: int) -> int:
        linked = 1 << own if own != NO_SIDE else 0
        for kind, numbers, seen in self._shared:
            on = seen[numbers[place]]
            if kind != _ANSWERER or (own == NO_SIDE and on in _ONLY):
                linked |= on
        return linked | self._answered_on(place)

    def note(self, place: int, side: int) -> None:
        for _, numbers, seen in self._shared:
            number = numbers[place]
            if number < len(seen) - 1:
                seen[number] |= 1 << side
        for number in self._answers_of(place):
            self._answered[number] |= 1 << side

    def conflict(self, place: int, own: int) -> str:
        by_side = {
            side: ["its own side"] * (number == own)
            + [_SAID[kind] for kind, numbers, seen in self._shared if seen[numbers[place]] & 1 << number]
            + [_SAID[_ANSWER]] * bool(self._answered_on(place) & 1 << number)
            for number, side in enumerate(SIDES)
        }
        return "linked to " + " and to ".join(
            f"{side} ({', '.join(kinds)})" for side, kinds in by_side.items() if kinds
        )

    def _answers_of(self, place: int) -> memoryview:
        return self._answers[self._answer_ends[place - 1] if place else 0 : self._answer_ends[place]]

    def _answered_on(self, place: int) -> int:
        on = 0
        for number in self._answers_of(place):
            on |= self._answered[number]
        return on


@dataclass(frozen=True, slots=True)
class _Numbered:
    """Keys as numbers from 0, those that are 0 as `distinct`; `most` is how often the commonest stands there."""

    numbers: npt.NDArray[np.int32]
    distinct: int
    most: int


def _numbered(keys: npt.NDArray[np.uint64]) -> _Numbered:
    distinct, counts = np.unique(keys[keys != 0], return_counts=True)
    numbers = np.where(keys == 0, len(distinct), np.searchsorted(distinct, keys)).astype(np.int32)
    return _Numbered(numbers, len(distinct), int(counts.max(initial=0)))


def _hashed_side(dialogue_id: bytes, shares: tuple[float, float, float]) -> int:
    place = int.from_bytes(hashlib.sha256(dialogue_id).digest()[:8], "big") / 2**64 * sum(shares)
    if place < shares[0]:
        return 0
    return 1 if place < shares[0] + shares[1] else 2
