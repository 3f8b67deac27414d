"""Evaluation sets in files: CSV, TSV, JSONL, Parquet, or plain text with one text a line."""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaning.duplicates.search import normalise
from cleaning.splits.contamination import EvaluationTexts, overlap_counts
from pipelines.steps.formats.csv_pairs import LONGEST_CELL_CHARS
from pipelines.steps.formats.encodings import encoding_of, lines_of
from warehouse.datasets.manifest import Decontaminated
from warehouse.errors import Misuse


@dataclass(frozen=True, slots=True)
class EvaluationFile:
    """A set by the name of its file, without folder and ending; `sha256` is that of the file.

    `without_hangul` counts filled cells (numbers, labels, a header) that are no texts.
    """

    file: str
    sha256: str
    texts: EvaluationTexts
    without_hangul: int


def read_evaluation_files(paths: Sequence[Path]) -> list[EvaluationFile]:
    """Read them all.

    Raises:
        Misuse: one cannot be read, or two have one name.
    """
    files = [read_evaluation_file(path) for path in paths]
    for number, found in enumerate(files):
        if any(found.texts.name == other.texts.name for other in files[:number]):
            raise Misuse(f"two evaluation sets are named {found.texts.name}; rename one, for rows are dropped by name")
    return files


def read_evaluation_file(path: Path) -> EvaluationFile:
    """Take every text of a file: each cell, value or message by itself, and those of one row together.

    Raises:
        Misuse: no such file, one that cannot be read, or one without any text.
    """
    if not path.is_file():
        raise Misuse(f"no evaluation set at {path}; check the path of --decontaminate")
    texts: dict[str, None] = {}
    others = 0
    for cells in _rows(path):
        said = [cell for cell in cells if _has_hangul(cell)]
        others += sum(1 for cell in cells if cell.strip()) - len(said)
        texts |= dict.fromkeys([*said, " ".join(said)] if said else [])
    if not texts:
        raise Misuse(f"the evaluation set {path} holds no text; give CSV, TSV, JSONL, Parquet or one text a line")
    return EvaluationFile(path.name, _sha256(path), EvaluationTexts(path.stem, tuple(texts)), others)


def cleared_of(files: Sequence[EvaluationFile], drops: Mapping[str, int]) -> tuple[Decontaminated, ...]:
    """Say for the manifest which sets a dataset was held against, and how many of the `drops` by rule each cost."""
    counts = overlap_counts(drops)
    return tuple(Decontaminated(found.file, found.sha256, counts.get(found.texts.name, 0)) for found in files)


def compared_texts(files: Sequence[EvaluationFile]) -> dict[str, dict[str, int]]:
    """Count by file the texts compared nearly, the short ones that must be equal, and cells that are no texts."""
    return {
        found.file: {
            "nearly": len(found.texts.texts) - found.texts.short,
            "equal": found.texts.short,
            "without_hangul": found.without_hangul,
        }
        for found in files
    }


def _rows(path: Path) -> Iterator[list[str]]:
    kind = path.suffix.lower()
    if kind == ".parquet":
        yield from (_said(row) for row in _parquet_rows(path))
        return
    lines = lines_of(path, encoding_of(path))
    if kind in {".jsonl", ".ndjson"}:
        yield from (_said(_json(path, number, line)) for number, line in enumerate(lines, 1) if line.strip())
    elif kind in {".csv", ".tsv"}:
        csv.field_size_limit(LONGEST_CELL_CHARS)
        # In the tab-separated public sets (KorSTS, NSMC) a quote means itself.
        tabs = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        yield from tabs if kind == ".tsv" else csv.reader(lines)
    else:
        yield from ([line.strip()] for line in lines)


def _parquet_rows(path: Path) -> Iterator[Any]:
    try:
        for batch in pq.ParquetFile(path).iter_batches():
            yield from batch.to_pylist()
    except pa.ArrowException as error:
        raise Misuse(f"the evaluation set {path} is no Parquet file ({error}); check the path") from None


def _json(path: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise Misuse(
            f"the evaluation set {path}, line {number}, is no JSON ({error}); write one object a line"
        ) from None


def _said(value: Any) -> list[str]:
    """All texts in a value, in order, however deep."""
    if isinstance(value, str):
        return [value]
    inner: Iterable[Any] = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for item in inner for text in _said(item)]


def _has_hangul(cell: str) -> bool:
    """Whether it holds a syllable, a lone letter (ㅇㅋ) among them; some files hold syllables in pieces (NFD)."""
    return any("가" <= letter <= "힣" or "ㄱ" <= letter <= "ㅣ" for letter in normalise(cell))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
