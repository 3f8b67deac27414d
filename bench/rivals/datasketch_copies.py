"""Near-duplicates as a user of datasketch finds them: MinHash of 128 permutations, LSH at 0.8, pairs verified.

Reads normalised texts (a JSON list) and writes the place of the first of each one's cluster, with the CPU seconds.
Signatures are made as its guide does (`update`, one trigram after the other) or by its bulk `generator`.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from datasketch import MinHash, MinHashLSH

PERMUTATIONS = 128
THRESHOLD = 0.8


def main(source: Path, target: Path, way: str) -> None:
    """Cluster the texts of `source`; what is timed begins with the texts in memory."""
    texts: list[str] = json.loads(source.read_text("utf-8"))
    began = time.process_time()
    first = first_of_clusters(texts, way)
    target.write_text(json.dumps({"seconds": time.process_time() - began, "first": first}), "utf-8")


def first_of_clusters(texts: list[str], way: str) -> list[int]:
    """Join what LSH calls candidates where their trigrams' Jaccard index is at least 0.8."""
    equal: dict[str, int] = {}
    parents = [equal.setdefault(text, place) if text else place for place, text in enumerate(texts)]
    sets = {place: _trigrams(text) for text, place in equal.items() if text}
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    signed = MinHash.generator(_encoded(sets.values()), num_perm=PERMUTATIONS)
    if way == "update":
        signed = _updated(_encoded(sets.values()))
    for place, signature in zip(sets, signed, strict=True):
        for other in index.query(signature):
            one, two = sets[place], sets[other]
            if len(one & two) >= THRESHOLD * len(one | two):
                low, high = sorted((_root(parents, place), _root(parents, other)))
                parents[high] = low
        index.insert(place, signature, check_duplication=False)
    return [_root(parents, place) for place in range(len(texts))]


def _encoded(sets: Iterable[set[str]]) -> Iterator[list[bytes]]:
    return ([each.encode() for each in shingles] for shingles in sets)


def _updated(sets: Iterable[list[bytes]]) -> Iterator[MinHash]:
    for shingles in sets:
        signature = MinHash(num_perm=PERMUTATIONS)
        for each in shingles:
            signature.update(each)
        yield signature


def _root(parents: list[int], place: int) -> int:
    while parents[place] != place:
        place = parents[place]
    return place


def _trigrams(text: str) -> set[str]:
    return {text[place : place + 3] for place in range(max(1, len(text) - 2))}


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
