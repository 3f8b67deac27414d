"""Clusters of alike places: those that share a band of their signatures are held against each other, and joined."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from cleaning.duplicates.signatures import Places, Signatures, crowds

# Of 48 slots a pair at 0.8 shares 38 with a standard deviation of 2.8: fewer than 23 once in 6 million pairs.
_LEAST_SHARED: Final = 23
# In a crowd of so few all pairs are looked at; in a larger one (a form letter) only those of different clusters.
_FEW: Final = 8


class Clusters:
    """Union-find over the places of signatures; the root of a cluster is its smallest place.

    `alike` tells of two places, the smaller first, whether they belong together.
    """

    def __init__(self, found: Signatures, alike: Callable[[int, int], bool]) -> None:
        self._found, self._alike = found, alike
        self._parents = [*range(len(found))]

    def join_alike(self) -> None:
        """Join all that are alike among those which share a band."""
        for order, starts, ends in crowds(self._found):
            is_few = ends - starts <= _FEW
            self._join_few(order, starts[is_few], ends[is_few])
            for start, end in zip(starts[~is_few].tolist(), ends[~is_few].tolist(), strict=True):
                self._join_crowd(order[start:end])

    def roots(self) -> Places:
        """The root of each place."""
        return np.array([self._root(place) for place in range(len(self._parents))], np.int64)

    def _root(self, place: int) -> int:
        parents = self._parents
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    def _join_few(self, order: Places, starts: Places, ends: Places) -> None:
        for one in range(_FEW - 1):
            for other in range(one + 1, _FEW):
                left = starts[starts + other < ends]
                if not len(left):
                    break
                self._join_pairs(order[left + one], order[left + other])

    def _join_crowd(self, members: Places) -> None:
        """Join first neighbours, which makes one cluster of most form letters, then whoever is outside the largest."""
        self._join_pairs(members[:-1], members[1:])
        roots = np.array([self._root(place) for place in members.tolist()], np.int64)
        names, counts = np.unique(roots, return_counts=True)
        is_done = np.zeros(len(members), np.bool_)
        for one in np.flatnonzero(roots != names[np.argmax(counts)]).tolist():
            is_done[one] = True
            others = np.flatnonzero((roots != roots[one]) & ~is_done)
            likely = others[self._likely(members[one : one + 1], members[others])]
            for other in likely.tolist():
                if roots[one] != roots[other] and self._join_if_alike(int(members[one]), int(members[other])):
                    roots[(roots == roots[one]) | (roots == roots[other])] = self._root(int(members[one]))

    def _join_pairs(self, left: Places, right: Places) -> None:
        likely = self._likely(left, right)
        for one, other in zip(left[likely].tolist(), right[likely].tolist(), strict=True):
            if self._root(one) != self._root(other):
                self._join_if_alike(one, other)

    def _likely(self, left: Places, right: Places) -> npt.NDArray[np.bool_]:
        likely: npt.NDArray[np.bool_] = (
            np.count_nonzero(self._found[left] == self._found[right], axis=1) >= _LEAST_SHARED
        )
        return likely

    def _join_if_alike(self, one: int, other: int) -> bool:
        if not self._alike(min(one, other), max(one, other)):
            return False
        low, high = sorted((self._root(one), self._root(other)))
        self._parents[high] = low
        return True
