"""Every pair of near-duplicate texts between two sets, exactly: no signature can miss one.

Two sets of n and m trigrams with a Jaccard index of at least t share at least t times the larger number. So, with
all trigrams in one fixed order, the first n - ceil(t n) + 1 of the one hold at least one of the first of the other
(prefix filtering: Bayardo, Ma and Srikant, WWW 2007). With the rarest first few candidates are left, and each is
verified. Memory grows with the indexed texts alone; the others pass by in batches.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from cleaning.duplicates.search import THRESHOLD, normalise
from cleaning.duplicates.signatures import trigram_codes

_CHUNK: Final = 2_000
_EXACT: Final = 1e-9  # 0.8 of a whole number may come out a hair above the whole number that it is

_Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A text at `place` of those asked for and an indexed one that it is alike, with their Jaccard index."""

    place: int
    indexed: int
    jaccard: float


class ExactIndex:
    """Texts that others are held against.

    >>> index = ExactIndex(["오늘 점심은 김치찌개", "내일은 비가 온대요"])
    >>> [(found.place, found.indexed) for found in index.overlaps(["비 온대", "오늘 점심은 김치찌개!!"])]
    [(1, 0)]
    """

    def __init__(self, texts: Sequence[str], *, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        shingles = [_shingles(text) for text in texts]
        flat = np.concatenate([*shingles, np.zeros(0, np.uint64)])
        self._vocabulary, counts = np.unique(flat, return_counts=True)
        self._rank_of = np.zeros(len(counts), np.int64)
        self._rank_of[np.argsort(counts, kind="stable")] = np.arange(len(counts))
        self._records = [self._ranks(codes) for codes in shingles]
        self._sizes = np.array([len(record) for record in self._records], np.int64)
        prefixes = [record[: self._prefix(len(record))] for record in self._records]
        owners = np.repeat(np.arange(len(prefixes)), [len(prefix) for prefix in prefixes])
        ranks = np.concatenate([*prefixes, np.zeros(0, np.int64)])
        self._owners = owners[np.argsort(ranks, kind="stable")]
        self._starts = np.searchsorted(np.sort(ranks), np.arange(len(counts) + 1))

    def overlaps(self, texts: Sequence[str]) -> Iterator[Overlap]:
        """All pairs of one of `texts` and an indexed text that are alike, in order; a blank text has none."""
        for start in range(0, len(texts), _CHUNK):
            queries = [_shingles(text) for text in texts[start : start + _CHUNK]]
            known = [self._ranks(codes) for codes in queries]
            for place, indexed in self._candidates(queries, known):
                alike = self._alike(len(queries[place]), known[place], indexed)
                if alike is not None:
                    yield Overlap(start + place, indexed, alike)

    def _ranks(self, codes: npt.NDArray[np.uint64]) -> _Ranks:
        """The ranks of those that are indexed at all, rarest first."""
        if not len(self._vocabulary):
            return np.zeros(0, np.int64)
        found = np.minimum(np.searchsorted(self._vocabulary, codes), len(self._vocabulary) - 1)
        ranks: _Ranks = np.sort(self._rank_of[found[self._vocabulary[found] == codes]])
        return ranks

    def _least(self, size: int) -> int:
        return math.ceil(self._threshold * size - _EXACT)

    def _prefix(self, size: int) -> int:
        return size - self._least(size) + 1 if size else 0

    def _candidates(
        self, queries: Sequence[npt.NDArray[np.uint64]], known: Sequence[_Ranks]
    ) -> Iterator[tuple[int, int]]:
        # What no indexed text holds is the rarest of all, so it takes the first places of a prefix.
        prefixes = [
            ranks[: max(0, self._prefix(len(codes)) - (len(codes) - len(ranks)))]
            for codes, ranks in zip(queries, known, strict=True)
        ]
        asking = np.repeat(np.arange(len(prefixes)), [len(prefix) for prefix in prefixes])
        ranks = np.concatenate([*prefixes, np.zeros(0, np.int64)])
        first, lengths = self._starts[ranks], self._starts[ranks + 1] - self._starts[ranks]
        places = np.repeat(first - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        asked, owners = np.repeat(asking, lengths), self._owners[places]
        sizes = np.array([len(codes) for codes in queries], np.int64)[asked]
        short, long = np.minimum(sizes, self._sizes[owners]), np.maximum(sizes, self._sizes[owners])
        fits = short >= self._threshold * long - _EXACT
        pairs = np.unique(asked[fits] * len(self._records) + owners[fits])
        for pair in pairs.tolist():
            yield divmod(pair, len(self._records))

    def _alike(self, size: int, ranks: _Ranks, indexed: int) -> float | None:
        shared = len(np.intersect1d(ranks, self._records[indexed], assume_unique=True))
        union = size + int(self._sizes[indexed]) - shared
        return shared / union if shared >= self._threshold * union - _EXACT else None


def _shingles(text: str) -> npt.NDArray[np.uint64]:
    said = normalise(text)
    return trigram_codes(said) if said else np.zeros(0, np.uint64)
