"""What every format's reader gives, row by row: a Dialogue, or a BadRow that says why there is none.

Readers yield in the file's order, without holding the file in memory.
"""

from dataclasses import dataclass
from typing import Final

from warehouse.records.dialogues import Dialogue

SHOWN_CHARS: Final = 2_000
CANNOT_GO_ON: Final = "the file cannot be read on: "  # how the reason of a row that ends its file begins


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of a file's columns; a row without `id` is keyed by its own text.

    `labels` are all labels that a published corpus has, as text; empty where any whole number is one.
    """

    question: str = "question"
    answer: str = "answer"
    label: str | None = None
    id: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that holds no dialogue: where it stands, and why it was set aside.

    `line` counts from 1, the first line of a text file or the first dialogue of a JSON file; 0 is the whole file. Of
    Parquet it is the row, as `unit` says. `key` is the row's own id where it was read. `file` is the file or archive
    member where the import reads several; `ends_file` says that all behind it is lost.
    """

    line: int
    reason: str
    text: str
    file: str | None = None
    ends_file: bool = False
    unit: str = "line"
    key: str | None = None


Row = Dialogue | BadRow
