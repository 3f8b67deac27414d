"""Which of the cleaned dialogues go into a dataset, and on which side."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from cleaning.duplicates.all_pairs import Agreement, agreement
from cleaning.duplicates.representatives import settle
from cleaning.duplicates.search import first_of_clusters, jaccard
from cleaning.splits.contamination import Decontaminator
from cleaning.splits.sides import NO_SIDE, SIDES, assign_sides
from pipelines.steps.building.candidates import ID_BYTES, Candidates, Reasons, candidates
from pipelines.steps.building.cleandialogues import CleanPart
from warehouse.datasets.parts import Parts
from warehouse.records.dialogues import Dialogue

CHECKED_ROWS: Final = 5_000  # of which every pair is compared, to measure what signatures find


@dataclass(frozen=True, slots=True)
class Selected:
    """What becomes of all cleaned rows, in order of (first load, id).

    `sides` is the place of each in `SIDES`, or `NO_SIDE` for one that is not kept; `clusters` the id of its cluster,
    empty for one that cleaning dropped. `reasons` are rule and reason of what is dropped here. `agreement` tells how
    well near-copies were found.
    """

    sides: npt.NDArray[np.int8]
    clusters: npt.NDArray[np.bytes_]
    reasons: Reasons
    copies: npt.NDArray[np.float32]
    agreement: Agreement

    @property
    def kept(self) -> int:
        """How many rows are kept."""
        return int(np.count_nonzero(self.sides != NO_SIDE))

    @property
    def drops(self) -> Counter[str]:
        """How many rows are dropped here by each rule, near-copies apart."""
        return Counter(rule for rule, _ in self.reasons.values())

    def rule_of(self, row: int) -> tuple[str, str] | None:
        """Rule and reason by which a row is dropped here, None for one that is kept or was dropped before."""
        if row in self.reasons:
            return self.reasons[row]
        if self.copies[row] < 0:
            return None
        return "near_duplicate", near_copy_reason(self.clusters[row].decode(), float(self.copies[row]))


def select(
    engine: sa.Engine, parts: Parts, done: Sequence[CleanPart], against: Decontaminator | None = None
) -> Selected:
    """Drop what overlaps with an evaluation set, near-copies and dialogues linked to two sides; split the rest.

    The first of a cluster stays, or those of it whose side is stored.
    """
    total = sum(part.rows for part in done)
    sides = np.full(total, NO_SIDE, np.int8)
    clusters, copies = np.zeros(total, ID_BYTES), np.full(total, -1, np.float32)
    found = candidates(engine, parts, done, against)
    try:
        first = _representatives(found)
        for place in np.flatnonzero(first != np.arange(len(first))).tolist():
            copies[found.rows[place]] = _similarity(found.texts[place], found.texts[int(first[place])])
        checked = agreement(found.texts[:CHECKED_ROWS])
    finally:
        found.texts.close()
    clusters[found.rows] = found.split.ids[first]
    own = np.flatnonzero(first == np.arange(len(first)))
    assigned, conflicts = assign_sides(found.split.take(own))
    sides[found.rows[own]] = assigned
    reasons = found.overlapping
    for place, reason in conflicts.items():
        reasons[int(found.rows[own[place]])] = "split_conflict", reason
    return Selected(sides, clusters, reasons, copies, checked)


def sides_by_id(selected: Selected, ids: npt.NDArray[np.bytes_], start: int) -> dict[str, str]:
    """The sides of the kept ones among rows from `start` on, whose ids are given."""
    sides = selected.sides[start : start + len(ids)].tolist()
    return {row_id.decode(): SIDES[side] for row_id, side in zip(ids.tolist(), sides, strict=True) if side != NO_SIDE}


def compared_text(dialogue: Dialogue) -> str:
    """Join what is compared to find near-copies: all turns of a cleaned dialogue."""
    return " ".join(turn.content for turn in dialogue.turns)


def near_copy_reason(representative: str, similarity: float) -> str:
    """Word the reason of a dropped near-copy; `representative_of` reads it."""
    return f"a near-copy of {representative}, trigram Jaccard {similarity:.3f}"


def representative_of(reason: str) -> str | None:
    """Return the dialogue that a near-copy was dropped for, by the reason of its dropped row."""
    found = re.match(r"a near-copy of ([0-9a-f]{16})\b", reason)
    return found[1] if found else None


def _representatives(found: Candidates) -> npt.NDArray[np.int64]:
    """For each candidate the place of the one that stands for it, itself where it stays."""
    first = first_of_clusters(found.texts)
    for cluster in _clusters_of_known(first, found.split.known != NO_SIDE):
        names = {str(place): place for place in cluster}
        texts = {name: found.texts[place] for name, place in names.items()}
        known = {name for name, place in names.items() if found.split.known[place] != NO_SIDE}
        for name, standing in settle({name: str(cluster[0]) for name in names}, texts, known).items():
            first[names[name]] = names[standing]
    return first


def _clusters_of_known(first: npt.NDArray[np.int64], is_known: npt.NDArray[np.bool_]) -> Iterator[list[int]]:
    """The places of each cluster of two or more that has a known row, in order."""
    order = np.argsort(first, kind="stable")
    edges = np.flatnonzero(np.diff(first[order], prepend=-1, append=-1))
    for start, end in pairwise(edges.tolist()):
        if end - start > 1 and is_known[order[start:end]].any():
            yield order[start:end].tolist()


def _similarity(one: str, other: str) -> float:
    return 1.0 if one == other else jaccard(one, other)
