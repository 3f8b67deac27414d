"""The formats that `import` knows: one line about each, and the module that reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from pipelines.steps.formats.rows import Columns, Row
from warehouse.errors import Misuse


class Read(Protocol):
    """A reader: one row after the other, for each a Dialogue or a BadRow."""

    def __call__(self, path: Path, source: str, columns: Columns, encoding: str | None = None) -> Iterator[Row]:
        """Read what is at `path`."""


_USUAL: Final = Columns()
_CHATBOT: Final = Columns("Q", "A", "label", labels=("0", "1", "2"))


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    `columns` are those it has by itself; `is_corpus` says that it is one published corpus, whatever the file is
    called, so that its source is the format's name. `module` is loaded when a file is read, not for `--help`.
    """

    about: str
    module: str
    columns: Columns = _USUAL
    is_corpus: bool = True

    def read(self, path: Path, source: str, columns: Columns | None, encoding: str | None) -> Iterator[Row]:
        """Read what is at `path`."""
        read: Read = import_module(f"pipelines.steps.formats.{self.module}").read
        return read(path, source, columns or self.columns, encoding)


def known_format(name: str) -> Format:
    """Return the format of that name.

    Raises:
        Misuse: there is none; the message lists those that there are.
    """
    if name not in FORMATS:
        raise Misuse(f"no format {name[:60]!r}; known are {', '.join(FORMATS)}")
    return FORMATS[name]


FORMATS: Final[Mapping[str, Format]] = {
    "chatbot-csv": Format(
        "songys/Chatbot_data: CSV with Q, A and label (0, 1, 2)",
        "csv_pairs",
        columns=_CHATBOT,
    ),
    "aihub-topic": Format("AI Hub 주제별 텍스트 일상 대화: JSON file, folder or zip", "aihub_topic"),
    "aihub-kakao": Format("AI Hub 한국어 대화 요약 (kakao): JSON file, folder or zip", "aihub_kakao"),
    "nsmc": Format("Naver film reviews: tabs (id, document, label) or Parquet", "nsmc"),
    "smilestyle": Format("Smilegate SmileStyle: tabs, a column for each of 17 styles", "smilestyle"),
    "csv": Format("question/answer pairs of any CSV, columns by name", "csv_pairs", is_corpus=False),
    "jsonl": Format("an object a line: question and answer, or messages of role and content", "jsonl", is_corpus=False),
}
