"""Near-duplicates among reviews: ours beside datasketch, both in full (signatures, bands, every pair verified)."""

import gc
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from bench.clean_against_published import REVIEWS
from bench.processes import RIVAL_PYTHON, ROOT, spent_by
from bench.size import Size
from bench.table import Figure, Report, paired, shown
from cleaning.duplicates.all_pairs import compared, first_by_all_pairs
from cleaning.duplicates.search import first_of_clusters, normalise

ROWS = 100_000
COMPARED_ROWS = 5_000
_WAYS = ("update", "generator")


@dataclass(frozen=True, slots=True)
class _Found:
    """The first of each row's cluster, and the CPU seconds that it took."""

    seconds: float
    first: Sequence[int]


def measure(size: Size) -> Report:
    """Cluster the first 100,000 reviews (or `pages` of them), ours and theirs in turn; recall on the first 5,000."""
    if not REVIEWS.is_file():
        raise SystemExit(f"duplicates: no {REVIEWS}; put the film reviews there")
    texts = [normalise(text or "") for text in pq.read_table(REVIEWS, columns=["review"])["review"].to_pylist()]
    texts = texts[: size.pages or ROWS]
    ours: list[float] = []
    theirs: dict[str, list[float]] = {way: [] for way in _WAYS}
    for _ in range(size.rounds):
        ours.append(len(texts) / _ours(texts).seconds)
        for way in _WAYS:
            theirs[way].append(len(texts) / _theirs(texts, way).seconds)
    few = texts[:COMPARED_ROWS]
    return Report(
        f"duplicates: {len(texts):,} film reviews, signatures, bands and verified pairs, CPU seconds",
        "datasketch",
        (
            paired("by its guide (update)", ours, theirs["update"], unit="rows/s", at_least=20),
            paired("by its bulk generator", ours, theirs["generator"], unit="rows/s"),
            *_quality(few),
        ),
        f"pairs in one cluster on {len(few):,} rows, against comparing all pairs",
        ("datasketch: 128 permutations, LSH at 0.8, each candidate verified as ours are; texts given normalised",),
    )


def _quality(texts: Sequence[str]) -> tuple[Figure, Figure]:
    true = first_by_all_pairs(texts).tolist()
    mine, other = (compared(true, found.first) for found in (_ours(texts), _theirs(texts, _WAYS[0])))
    recall = Figure(
        f"recall of {mine.true:,} pairs",
        shown(mine.recall, ""),
        shown(other.recall, ""),
        aim="no lower",
        met=mine.recall >= other.recall,
    )
    return recall, Figure("precision", shown(mine.precision, ""), shown(other.precision, ""))


def _ours(texts: Sequence[str]) -> _Found:
    gc.collect()
    began = time.process_time()
    first = first_of_clusters(texts)
    return _Found(time.process_time() - began, first.tolist())


def _theirs(texts: Sequence[str], way: str) -> _Found:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        source, target = Path(folder) / "texts.json", Path(folder) / "first.json"
        source.write_text(json.dumps(texts), "utf-8")
        script = str(ROOT / "bench" / "rivals" / "datasketch_copies.py")
        spent = spent_by([RIVAL_PYTHON, script, str(source), str(target), way], Path(folder))
        if spent.exit_code:
            raise RuntimeError(f"datasketch ended with exit code {spent.exit_code}: {spent.printed}")
        return _Found(**json.loads(target.read_text("utf-8")))
