"""What crosses from one split to another, found exactly, with memory for the held-out rows alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cleaning.duplicates.search import normalise
from cleaning.splits.links import LEAST_LINKING_LETTERS
from cleaning.splits.overlap import ExactIndex


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A kept dialogue as it stands in its split.

    `text` is all its turns, `answers` its assistant's turns, `links` what must not cross by kind (thread, asker).
    """

    dialogue_id: str
    split: str
    text: str
    answers: tuple[str, ...]
    links: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Leak:
    """Two rows on different sides and what they share: `near_duplicate`, `answer` or a kind of link."""

    kind: str
    one: str
    one_split: str
    other: str
    other_split: str
    jaccard: float | None = None


class HeldOut:
    """All rows that are not trained on; the rest pass by in batches.

    >>> def row(name, split, answer):
    ...     return AuditRow(name, split, "뭐 먹지? " + answer, (answer,), {"thread": None})
    >>> held = HeldOut([row("a", "test", "김치찌개 먹어요")])
    >>> [leak.kind for leak in held.leaks([row("b", "train", "김치찌개 먹어요!"), row("c", "train", "몰라")])]
    ['near_duplicate', 'answer']
    """

    def __init__(self, rows: Sequence[AuditRow]) -> None:
        self._places = [(row.dialogue_id, row.split) for row in rows]
        self._index = ExactIndex([row.text for row in rows])
        self._keys: dict[tuple[str, str], dict[str, str]] = {}
        for row in rows:
            for key in _keys(row):
                self._keys.setdefault(key, {}).setdefault(row.split, row.dialogue_id)

    def leaks(self, rows: Sequence[AuditRow]) -> Iterator[Leak]:
        """What `rows` share with held-out rows of another split, each row, kind and other row once."""
        for found in self._index.overlaps([row.text for row in rows]):
            row, (other, split) = rows[found.place], self._places[found.indexed]
            if split != row.split:
                yield Leak("near_duplicate", row.dialogue_id, row.split, other, split, found.jaccard)
        for row in rows:
            yield from dict.fromkeys(self._shared(row))

    def _shared(self, row: AuditRow) -> Iterator[Leak]:
        for kind, key in _keys(row):
            for split, other in self._keys.get((kind, key), {}).items():
                if split != row.split:
                    yield Leak(kind, row.dialogue_id, row.split, other, split)


def _keys(row: AuditRow) -> Iterator[tuple[str, str]]:
    turns = [normalise(turn) for turn in row.answers]
    whole = normalise(" ".join(row.answers))
    for answer in dict.fromkeys([whole, *(turn for turn in turns if len(turn) >= LEAST_LINKING_LETTERS)]):
        if answer:
            yield "answer", answer
    yield from ((kind, key) for kind, key in row.links.items() if key)
