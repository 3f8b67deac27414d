"""`nsmc`: Naver film reviews, as `id document label` separated by tabs or as Parquet.

A review is no dialogue. It becomes the answer to the word for its label, 긍정 or 부정 (`보통` between), so that the
review language model's `plain` form reads "긍정 …": label words may stand in front there. `label` is NSMC's own: 1 for
a rating of 9 and 10, 0 for 1 to 4, none between.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from cleaning.pairing import dialogue_id
from pipelines.steps.formats.bounds import is_too_long, too_long
from pipelines.steps.formats.encodings import encoding_of, lines_of, shown_bytes, unreadable_reason
from pipelines.steps.formats.rows import SHOWN_CHARS, BadRow, Columns, Row
from warehouse.errors import Misuse
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.types import storable

BATCH_ROWS: Final = 10_000
_HEADER: Final = ["id", "document", "label"]
_PARQUET: Final = (("id", "document", "label"), ("review_id", "review", "rating"))
_ASKED: Final = {1: Turn("user", "긍정"), 0: Turn("user", "부정"), None: Turn("user", "보통")}
_LABELS: Final = {"0": 0, "1": 1, 0: 0, 1: 1}
_LABEL_OF_RATING: Final[dict[Any, int | None]] = {
    rating: 0 if rating <= 4 else 1 if rating >= 9 else None for rating in range(1, 11)
}


def read(path: Path, source: str, columns: Columns, encoding: str | None = None) -> Iterator[Row]:
    """Read the published tab-separated files, or Parquet with `id document label` or `review_id review rating`.

    Raises:
        Misuse: no such file, or one without these columns.
    """
    if path.is_dir():
        raise Misuse(f"{path} is a folder; name a file in it")
    if not path.is_file():
        raise Misuse(f"no file at {path}; check the path")
    with path.open("rb") as data:
        is_parquet = data.read(4) == b"PAR1"
    return _parquet(path, source) if is_parquet else _lines(path, source, encoding)


def _lines(path: Path, source: str, encoding: str | None) -> Iterator[Row]:
    chosen = encoding_of(path, encoding)
    for number, line in enumerate(lines_of(path, chosen), start=1):
        # No quoting there: reviews hold lone quotation marks.
        cells = line.rstrip("\r\n").split("\t")
        if number == 1:
            if cells != _HEADER:
                raise Misuse(f"{path} does not begin with id, document, label, separated by tabs; check the path")
        elif reason := unreadable_reason(line, chosen):
            yield BadRow(number, reason, shown_bytes(line[:SHOWN_CHARS]))
        elif len(cells) != len(_HEADER):
            yield BadRow(number, f"the row has {len(cells)} columns, not 3", line[:SHOWN_CHARS])
        elif cells[2] not in _LABELS:
            yield BadRow(number, f"the label {cells[2][:60]!r} is neither 0 nor 1", line[:SHOWN_CHARS])
        else:
            yield _review(number, source, cells[0].strip(), cells[1], _LABELS[cells[2]])


def _parquet(path: Path, source: str) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        names = next((names for names in _PARQUET if set(names) <= set(file.schema_arrow.names)), None)
        if names is None:
            wanted = " or ".join(" ".join(names) for names in _PARQUET)
            raise Misuse(f"{path} has none of the columns {wanted} (it has: {' '.join(file.schema_arrow.names)})")
        labels = _LABELS if names == _PARQUET[0] else _LABEL_OF_RATING
        number = 0
        for batch in file.iter_batches(BATCH_ROWS, columns=list(names)):
            columns = (batch.column(name).to_pylist() for name in names)
            for found, text, label in zip(*columns, strict=True):
                number += 1
                key = found if type(found) is str and found.isalnum() else _key_of(found)
                if label in labels:
                    row = _review(number, source, key, text, labels[label])
                else:
                    row = BadRow(number, f"the {names[2]} {str(label)[:60]!r} is none", _beginning(text), key=key)
                yield replace(row, unit="row") if isinstance(row, BadRow) else row
    except (pa.ArrowException, OSError) as error:
        raise Misuse(
            f"{path} cannot be read as Parquet ({' '.join(str(error).split())[:200]}); fetch it anew"
        ) from None


def _review(number: int, source: str, key: str, text: Any, label: int | None) -> Row:
    if not isinstance(text, str) or not text.strip():
        return BadRow(number, "the review has no text", _beginning(text), key=key)
    if is_too_long(text):
        return BadRow(number, too_long("review"), _beginning(text), key=key)
    if not key:
        return BadRow(number, "the review has no id", _beginning(text))
    turns = (_ASKED[label], Turn("assistant", storable(text)))
    return Dialogue(dialogue_id(source, key), source, key, turns, label=label)


def _key_of(found: Any) -> str:
    return "" if found is None else storable(str(found))


def _beginning(text: Any) -> str:
    return "" if text is None else storable(str(text)[:SHOWN_CHARS])
