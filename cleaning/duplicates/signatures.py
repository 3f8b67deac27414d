"""Character trigrams of normalised texts, and their MinHash signatures of two bytes a slot."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rensa import RMinHash

# 16 bands of 3 slots: a pair at the threshold of 0.8 is missed once in 97,000, (1 - 0.8^3)^16, one at 0.85 once in
# 4 million.
_BANDS: Final = 16
_WIDTH: Final = 3
SLOTS: Final = _WIDTH * _BANDS
_SEED: Final = 20260101
_CHUNK: Final = 200  # rensa gives rows as lists of Python numbers: few at a time stay in the processor's cache
_LEAST: Final = 3

Signatures = npt.NDArray[np.uint16]
Places = npt.NDArray[np.int64]


def trigrams(text: str) -> frozenset[str]:
    """The distinct trigrams of a normalised text; one of less than three characters is a trigram itself.

    >>> sorted(trigrams("가나다라")), sorted(trigrams("네"))
    (['가나다', '나다라'], ['네'])
    """
    return frozenset(text[place : place + _LEAST] for place in range(max(1, len(text) - _LEAST + 1)))


def trigram_codes(text: str) -> npt.NDArray[np.uint64]:
    """The same as distinct numbers in order."""
    points = _points([text.ljust(_LEAST, "\0")])
    return np.unique(_codes(points))


def signatures(texts: Sequence[str]) -> Signatures:
    """The two lowest bytes of each MinHash slot, shape (texts, 48); no text is empty.

    Two are enough (b-bit MinHash, Li and König 2010): unlike slots agree once in 65,536 times, which makes a few more
    candidates and never fewer.
    """
    codes, offsets = _flat(texts)
    found = np.empty((len(texts), SLOTS), np.uint16)
    ends = offsets.tolist()
    for start in range(0, len(texts), _CHUNK):
        stop = min(len(texts), start + _CHUNK)
        matrix: Any = RMinHash.digest_matrix_from_flat_token_hashes(
            codes[ends[start] : ends[stop]], (offsets[start : stop + 1] - offsets[start]).tolist(), SLOTS, _SEED
        )
        found[start:stop] = np.array(matrix.to_rows(), dtype=np.uint32)
    return found


def crowds(found: Signatures) -> Iterator[tuple[Places, Places, Places]]:
    """Band by band the places in such an order that those which share the band stand together.

    Gives the order, and where in it each crowd of two or more begins and ends.
    """
    for band in range(_BANDS):
        keys = np.zeros(len(found), np.uint64)
        for slot in found[:, _WIDTH * band : _WIDTH * (band + 1)].T:
            keys = (keys << np.uint64(16)) | slot
        order = np.argsort(keys)
        edges = np.concatenate([[0], np.flatnonzero(np.diff(keys[order])) + 1, [len(keys)]])
        starts, ends = edges[:-1], edges[1:]
        shared = ends - starts > 1
        yield order, starts[shared], ends[shared]


def _flat(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """The mixed trigram numbers of all texts behind one another, and where each text's begin and the last one's end."""
    padded = [text if len(text) >= _LEAST else text.ljust(_LEAST, "\0") for text in texts]
    lengths = np.fromiter(map(len, padded), np.int64, len(padded))
    codes = _codes(_points(padded))
    within = np.ones(len(codes), np.bool_)
    ends = np.cumsum(lengths)[:-1]
    within[ends - 1] = within[ends - 2] = False
    return _mixed(codes[within]), np.concatenate([[0], np.cumsum(lengths - _LEAST + 1)])


def _points(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)


def _codes(points: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return (points[:-2] << np.uint64(42)) | (points[1:-1] << np.uint64(21)) | points[2:]


def _mixed(codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The numbers spread evenly (splitmix64), which the signatures need."""
    mixed = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
