"""Near-duplicate texts: character-trigram Jaccard of normalised text, found by MinHash and always verified.

Verification is a must: of the pairs that signatures alone call alike most are not (measured 2026-11 on 100,000
reviews: 25,458 rows flagged, 6,006 real).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

_COMPARED = re.compile("[^가-힣ㄱ-ㅎㅏ-ㅣa-z0-9\u00df-\u024f]+")

# 32 bands of 4 rows: a pair at the threshold of 0.8 is missed once in 20 million, (1 - 0.8^4)^32.
_BANDS = 32
_ROWS = 4
_SEED = 20260101
THRESHOLD = 0.8
_CHUNK = 10_000

_Codes = npt.NDArray[np.uint64]


def normalise(text: str) -> str:
    """What is compared: NFC, lower case, only Hangul, Latin letters and digits.

    >>> normalise("SD카드, 망가졌어 ㅠㅠ!")
    'sd카드망가졌어ㅠㅠ'
    """
    return _COMPARED.sub("", unicodedata.normalize("NFC", text).lower())


def jaccard(one: str, other: str) -> float:
    """The Jaccard index of the trigram sets of two normalised texts, 0 to 1; 0 where one has nothing to compare.

    >>> round(jaccard("김치찌개가 너무 짜요", "김치찌개가 너무 짜요!!"), 2)
    1.0
    """
    first, second = (
        frozenset(trigrams(normalise(text)).tolist()) if normalise(text) else None for text in (one, other)
    )
    if not first or not second:
        return 0.0
    return len(first & second) / len(first | second)


def find_clusters(ids: Sequence[str], texts: Sequence[str], *, threshold: float = THRESHOLD) -> dict[str, str]:
    """Each id with the representative of its cluster, which is the first one in the given order.

    Two texts are near-duplicates when the Jaccard index of their normalised texts' trigram sets is at least
    `threshold`; clusters are the connected parts. A text without anything to compare stays alone. Thresholds
    far below 0.8 lose pairs, for the signatures are cut for it.
    """
    first_of: dict[str, int] = {}
    groups = _Groups(list(range(len(ids))))
    for place, text in enumerate(map(normalise, texts)):
        if text:
            groups.join(place, first_of.setdefault(text, place))
    places = list(first_of.values())
    shingles = [trigrams(text) for text in first_of]
    verifier = _Verifier(shingles, threshold)
    for bucket in _buckets(shingles):
        _join_bucket(bucket, places, groups, verifier)
    return {row_id: ids[groups.root(place)] for place, row_id in enumerate(ids)}


@dataclass(frozen=True, slots=True)
class _Groups:
    """Union-find; the root of a group is its smallest place."""

    parents: list[int]

    def root(self, place: int) -> int:
        while self.parents[place] != place:
            self.parents[place] = self.parents[self.parents[place]]
            place = self.parents[place]
        return place

    def join(self, one: int, other: int) -> None:
        low, high = sorted((self.root(one), self.root(other)))
        self.parents[high] = low


@dataclass(frozen=True, slots=True)
class _Verifier:
    """Exact Jaccard on demand, each pair worked out once: alike texts meet in many bands."""

    shingles: Sequence[_Codes]
    threshold: float
    sets: dict[int, frozenset[int]] = field(default_factory=dict)
    unlike: set[tuple[int, int]] = field(default_factory=set)

    def alike(self, one: int, other: int) -> bool:
        short, long = sorted((len(self.shingles[one]), len(self.shingles[other])))
        if short < self.threshold * long or (one, other) in self.unlike:
            return False
        shared = len(self._set(one) & self._set(other))
        if shared >= self.threshold * (short + long - shared):
            return True
        self.unlike.add((one, other))
        return False

    def _set(self, place: int) -> frozenset[int]:
        if place not in self.sets:
            self.sets[place] = frozenset(self.shingles[place].tolist())
        return self.sets[place]


def trigrams(text: str) -> _Codes:
    """The distinct trigrams as numbers; a text of less than three characters is one of them itself."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < 3:
        return np.array([int.from_bytes(text.encode("utf-32-le", "surrogatepass"), "little")], dtype=np.uint64)
    return np.unique((codes[:-2] << np.uint64(42)) | (codes[1:-1] << np.uint64(21)) | codes[2:])


def _mixed(codes: _Codes) -> _Codes:
    """The numbers spread evenly (splitmix64), which the signatures need."""
    mixed = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _signatures(shingles: Sequence[_Codes]) -> npt.NDArray[np.uint64]:
    parts = []
    for start in range(0, len(shingles), _CHUNK):
        chunk = shingles[start : start + _CHUNK]
        offsets = [0, *np.cumsum([len(codes) for codes in chunk]).tolist()]
        flat = _mixed(np.concatenate(chunk))
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(flat, offsets, _BANDS * _ROWS, _SEED)
        parts.append(np.array(matrix.to_rows(), dtype=np.uint64))
    return np.concatenate(parts)


def _buckets(shingles: Sequence[_Codes]) -> Iterator[list[int]]:
    """Places that share one band of their signature, two or more, in order."""
    if not shingles:
        return
    signatures = _signatures(shingles)
    for band in range(_BANDS):
        rows = signatures[:, band * _ROWS : (band + 1) * _ROWS]
        keys = np.zeros(len(shingles), dtype=np.uint64)
        for column in rows.T:
            keys = _mixed(keys ^ column)
        order = np.argsort(keys, kind="stable")
        edges = np.flatnonzero(np.diff(keys[order])) + 1
        for start, end in pairwise([0, *edges.tolist(), len(order)]):
            if end - start > 1:
                yield order[start:end].tolist()


def _join_bucket(bucket: Sequence[int], places: Sequence[int], groups: _Groups, verifier: _Verifier) -> None:
    """Join what is alike; a member is compared with a group only until one of the group is alike."""
    members: dict[int, list[int]] = {}
    for one in bucket:
        place = places[one]
        for root, others in members.items():
            if groups.root(root) != groups.root(place) and any(verifier.alike(other, one) for other in others):
                groups.join(place, root)
        root = groups.root(place)
        joined = members.setdefault(root, [])
        for old in [known for known in members if known != root and groups.root(known) == root]:
            joined.extend(members.pop(old))
        joined.append(one)
