"""Rendered training dialogues in, what a unigram and a bigram model pay for held-out answers out.

A trained model that does not beat them has learnt nothing worth its cost. Both use the model's own tokenizer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from modeling.render import Rendered

DISCOUNT = 0.75  # absolute discounting, as in the sanity figures on the public chat pairs (measured 2026-11)


@dataclass(frozen=True, slots=True)
class NGrams:
    """Token counts: `unigrams` by id; bigrams as sorted codes (first * size + second) with their counts.

    `followers` counts different tokens seen after each id, `starts` how often an id has any token after it.
    """

    size: int
    unigrams: NDArray[np.int64]
    codes: NDArray[np.int64]
    counts: NDArray[np.int64]
    followers: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def count(cls, rendered: Sequence[Rendered], size: int) -> Self:
        """Every token of every dialogue counts; a bigram never reaches over the end of one."""
        sequences = [np.asarray(item.ids, dtype=np.int64) for item in rendered]
        pairs = [ids[:-1] * size + ids[1:] for ids in sequences]
        codes, counts = np.unique(np.concatenate([*pairs, np.zeros(0, np.int64)]), return_counts=True)
        return cls(
            size=size,
            unigrams=np.bincount(np.concatenate([*sequences, np.zeros(0, np.int64)]), minlength=size),
            codes=codes,
            counts=counts,
            followers=np.bincount(codes // size, minlength=size),
            starts=np.bincount(codes // size, weights=counts, minlength=size).astype(np.int64),
        )

    def unigram(self, tokens: NDArray[np.int64]) -> NDArray[np.float64]:
        """Probability of each token: discounted counts, the rest spread evenly over the vocabulary."""
        total = int(self.unigrams.sum())
        if not total:
            return np.full(len(tokens), 1 / self.size)
        left_over = DISCOUNT * np.count_nonzero(self.unigrams) / total
        kept = np.maximum(self.unigrams[tokens] - DISCOUNT, 0) / total
        return np.asarray(kept + left_over / self.size, dtype=np.float64)

    def bigram(self, before: NDArray[np.int64], tokens: NDArray[np.int64]) -> NDArray[np.float64]:
        """Probability of each token after the one before it: discounted counts, the rest to the unigram."""
        lower = self.unigram(tokens)
        if not len(self.codes):
            return lower
        wanted = before * self.size + tokens
        at = np.minimum(np.searchsorted(self.codes, wanted), len(self.codes) - 1)
        seen = np.where(self.codes[at] == wanted, self.counts[at], 0)
        starts = self.starts[before]
        divisor = np.maximum(starts, 1)
        mixed = np.maximum(seen - DISCOUNT, 0) / divisor + DISCOUNT * self.followers[before] / divisor * lower
        return np.asarray(np.where(starts > 0, mixed, lower), dtype=np.float64)

    def unigram_nats(self, rendered: Sequence[Rendered]) -> NDArray[np.float64]:
        """Nats that each dialogue's answers cost."""
        return np.array([-np.log(self.unigram(tokens)).sum() for _, tokens in map(_answers, rendered)])

    def bigram_nats(self, rendered: Sequence[Rendered]) -> NDArray[np.float64]:
        """Nats that each dialogue's answers cost."""
        return np.array([-np.log(self.bigram(before, tokens)).sum() for before, tokens in map(_answers, rendered)])


def _answers(item: Rendered) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The answers' tokens, each with the one before it: the same tokens that the trained model is scored on."""
    ids = np.asarray(item.ids, dtype=np.int64)
    mask = np.asarray(item.answer_mask, dtype=bool)[1:]
    return ids[:-1][mask], ids[1:][mask]
