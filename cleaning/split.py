"""Which dialogues are trained on and which are held out, so that nothing held out was seen in training."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

Side = Literal["train", "validation", "test"]
_Link = tuple[str, str]  # its kind and what is shared

SIDES: Final[tuple[Side, ...]] = ("train", "validation", "test")
_ANSWERER: Final = "answerer"
_SAID: Final = {
    "cluster": "near-copies",
    "thread": "same thread",
    "asker": "same asker",
    "answer": "equal answer",
    _ANSWERER: "same answerer",
}


@dataclass(frozen=True, slots=True)
class SplitRow:
    """What links a dialogue to others; `answer_norm` is its answer as `duplicates.normalise` gives it."""

    dialogue_id: str
    first_load_id: int
    cluster_id: str
    thread: str | None
    asker_key: str | None
    answer_norm: str
    answerer_key: str | None


def assign_splits(
    rows: Sequence[SplitRow],
    *,
    known: Mapping[str, str] | None = None,
    shares: tuple[float, float, float] = (0.9, 0.05, 0.05),
    answerer_limit: float = 0.05,
) -> tuple[dict[str, Side], dict[str, str]]:
    """The side of each row by id, and by id what links a row to two sides (to be dropped as `split_conflict`).

    Rows are taken in order of (first load, dialogue id). A row takes the side of the earlier ones that it is
    linked to by cluster, thread, asker or equal normalised answer, else the side that the hash of its id falls
    on, in the proportion of `shares`. Answerers link too while none holds more than `answerer_limit` of the
    rows; one who stands on two sides since a time when that did not hold links nothing. `known` sides were stored
    by earlier runs and never change: such a row conflicts only if an edit or another recipe made it equal to rows
    of another side.
    """
    stored = known or {}
    by_answerer = _answerers_link(rows, answerer_limit)
    sides: dict[str, Side] = {}
    conflicts: dict[str, tuple[Sequence[_Link], Side | None]] = {}
    seen: dict[_Link, set[Side]] = {}
    for row in sorted(rows, key=lambda row: (row.dialogue_id not in stored, row.first_load_id, row.dialogue_id)):
        links = list(_links(row, by_answerer))
        own = cast("Side | None", stored.get(row.dialogue_id))
        linked = _linked_sides(links, seen, own)
        if len(linked) > 1:
            conflicts[row.dialogue_id] = links, own
            continue
        side = next(iter(linked), None) or _hashed_side(row.dialogue_id, shares)
        sides[row.dialogue_id] = side
        for link in links:
            seen.setdefault(link, set()).add(side)
    # Told at the end, from all rows: when sides are known beforehand, other rows come first.
    return sides, {dialogue_id: _conflict(*found, seen) for dialogue_id, found in conflicts.items()}


def _linked_sides(links: Sequence[_Link], seen: Mapping[_Link, set[Side]], own: Side | None) -> set[Side]:
    linked = {own} if own else set()
    for link in links:
        on = seen.get(link, set())
        if link[0] != _ANSWERER or (own is None and len(on) == 1):
            linked |= on
    return linked


def _answerers_link(rows: Sequence[SplitRow], limit: float) -> bool:
    counts = Counter(row.answerer_key for row in rows if row.answerer_key)
    return not counts or max(counts.values()) <= limit * len(rows)


def _links(row: SplitRow, by_answerer: bool) -> Iterator[_Link]:
    named = {
        "cluster": row.cluster_id,
        "thread": row.thread,
        "asker": row.asker_key,
        "answer": row.answer_norm,
        _ANSWERER: row.answerer_key if by_answerer else None,
    }
    return ((kind, key) for kind, key in named.items() if key)


def _conflict(links: Sequence[_Link], own: Side | None, seen: Mapping[_Link, set[Side]]) -> str:
    by_side = {
        side: ["its own side"] * (side == own) + [_SAID[link[0]] for link in links if side in seen.get(link, ())]
        for side in SIDES
    }
    return "linked to " + " and to ".join(f"{side} ({', '.join(kinds)})" for side, kinds in by_side.items() if kinds)


def _hashed_side(dialogue_id: str, shares: tuple[float, float, float]) -> Side:
    place = int.from_bytes(hashlib.sha256(dialogue_id.encode()).digest()[:8], "big") / 2**64 * sum(shares)
    if place < shares[0]:
        return "train"
    return "validation" if place < shares[0] + shares[1] else "test"
