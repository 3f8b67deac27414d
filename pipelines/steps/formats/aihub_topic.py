"""`aihub-topic`: AI Hub 주제별 텍스트 일상 대화, `info[i].annotations.lines[k]` with `norm_text` and `speaker.id`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.steps.formats.aihub import Said, read_dialogues, speaker_only, texts_only, topic_only
from pipelines.steps.formats.rows import Columns, Row


def read(path: Path, source: str, columns: Columns, encoding: str | None = None) -> Iterator[Row]:
    """Read a file, folder or zip of the corpus; the subject becomes the topic.

    Raises:
        Misuse: nothing at `path`, or no JSON file in it.
    """
    return read_dialogues(path, source, "info", _take, encoding)


def _take(info: Any) -> tuple[Said, str | None]:
    annotations = info["annotations"]
    said: Said = [(speaker_only(line["speaker"]["id"]), texts_only(line["norm_text"])) for line in annotations["lines"]]
    return said, topic_only(annotations.get("subject"))
