"""Dialogues that overlap with a named evaluation set, so that nobody is measured on what was trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cleaning.dialogues import CleanDialogue
from cleaning.duplicates.search import normalise
from cleaning.splits.overlap import ExactIndex
from warehouse.records.dialogues import Dropped

RULE: Final = "evaluation_overlap"
# Shorter texts (감사합니다, 잘 모르겠어요) are like too much that is said everywhere: they are found where a turn says
# just them.
LEAST_LETTERS: Final = 10
# A text of this length that stands whole in a turn was quoted; a shorter one may stand there by chance.
LEAST_QUOTED: Final = 20
_BASE: Final = np.uint64(0x100000001B3)
_Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class EvaluationTexts:
    """The texts of one evaluation set; `name` stands in the rule of what is dropped for it."""

    name: str
    texts: tuple[str, ...]

    @property
    def short(self) -> int:
        """How many are of fewer than ten letters."""
        return sum(len(normalise(text)) < LEAST_LETTERS for text in self.texts)


class Decontaminator:
    """Evaluation sets that dialogues are held against.

    A dialogue overlaps when one of its turns, or all of them together, is nearly equal to an evaluation text
    (trigram Jaccard of at least 0.8, exactly), or when an evaluation text of 20 letters or more stands whole in it.
    A text of fewer than ten letters overlaps with a turn, or a dialogue, that equals it. Letters are what
    `duplicates.normalise` leaves.
    """

    def __init__(self, sets: Sequence[EvaluationTexts]) -> None:
        found: dict[str, str] = {}
        self._short: dict[str, str] = {}
        for one in sets:
            for said in filter(None, map(normalise, one.texts)):
                (found if len(said) >= LEAST_LETTERS else self._short).setdefault(said, one.name)
        self._texts, self._names = list(found), list(found.values())
        self._index = ExactIndex(self._texts)
        self._quoted: dict[int, list[int]] = {}
        for place, text in enumerate(self._texts):
            if len(text) >= LEAST_QUOTED:
                self._quoted.setdefault(int(_windows(text[:LEAST_QUOTED])[0]), []).append(place)
        self._anchors = np.array(sorted(self._quoted), np.uint64)

    def split(self, rows: Sequence[CleanDialogue]) -> tuple[list[CleanDialogue], list[Dropped]]:
        """The dialogues that overlap with none of the sets, and those that do, each in order."""
        owners, texts = [], []
        for place, row in enumerate(rows):
            turns = [turn.content for turn in row.dialogue.turns]
            for text in dict.fromkeys((*turns, " ".join(turns))):
                owners.append(place)
                texts.append(normalise(text))
        reasons = self._reasons(owners, texts)
        kept = [row for place, row in enumerate(rows) if place not in reasons]
        return kept, [_dropped(rows[place], *reasons[place]) for place in sorted(reasons)]

    def _reasons(self, owners: Sequence[int], texts: Sequence[str]) -> dict[int, tuple[str, str]]:
        """By dialogue the set that it overlaps with, and how."""
        reasons: dict[int, tuple[str, str]] = {}
        for pair in self._index.overlaps(texts):
            how = "equal to" if pair.jaccard == 1 else f"nearly equal (trigram Jaccard {pair.jaccard:.3f}) to"
            reasons.setdefault(owners[pair.place], (self._names[pair.indexed], f"{how} a text of"))
        for place, text in enumerate(texts):
            if text in self._short:
                reasons.setdefault(owners[place], (self._short[text], "equal to a text of"))
            if owners[place] not in reasons and (found := self._quoted_in(text)) is not None:
                reasons[owners[place]] = self._names[found], "holds a whole text of"
        return reasons

    def _quoted_in(self, text: str) -> int | None:
        if len(text) < LEAST_QUOTED or not len(self._anchors):
            return None
        hashes = _windows(text)
        places = np.minimum(np.searchsorted(self._anchors, hashes), len(self._anchors) - 1)
        for anchor in np.unique(hashes[self._anchors[places] == hashes]).tolist():
            for place in self._quoted[anchor]:
                if self._texts[place] in text:
                    return place
        return None


def overlap_counts(drops: Mapping[str, int]) -> Mapping[str, int]:
    """How many were dropped for each evaluation set, by its name; `drops` counts dropped rows by rule."""
    return {rule.removeprefix(f"{RULE}:"): rows for rule, rows in drops.items() if rule.startswith(f"{RULE}:")}


def _dropped(row: CleanDialogue, name: str, how: str) -> Dropped:
    dialogue = row.dialogue
    text = "\n".join(turn.content for turn in dialogue.turns)
    return Dropped(dialogue.dialogue_id, f"{RULE}:{name}", f"{how} the evaluation set {name}", text)


def _windows(text: str) -> _Hashes:
    """A hash of each stretch of 20 letters."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = len(codes) - LEAST_QUOTED + 1
    hashes = np.zeros(count, np.uint64)
    for place in range(LEAST_QUOTED):
        hashes = hashes * _BASE + codes[place : place + count]
    return hashes
