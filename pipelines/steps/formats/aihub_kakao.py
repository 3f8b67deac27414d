"""`aihub-kakao`: AI Hub 한국어 대화 요약, `data[i].body.dialogue[j]` with `utterance` and `participantID`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.steps.formats.aihub import Said, read_dialogues, speaker_only, texts_only, topic_only
from pipelines.steps.formats.rows import Columns, Row


def read(path: Path, source: str, columns: Columns, encoding: str | None = None) -> Iterator[Row]:
    """Read a file, folder or zip of the corpus; `header.dialogueInfo.topic` becomes the topic where it is there.

    Raises:
        Misuse: nothing at `path`, or no JSON file in it.
    """
    return read_dialogues(path, source, "data", _take, encoding)


def _take(row: Any) -> tuple[Said, str | None]:
    said: Said = [
        (speaker_only(line["participantID"]), texts_only(line["utterance"])) for line in row["body"]["dialogue"]
    ]
    header = row.get("header")
    facts = header.get("dialogueInfo") if isinstance(header, dict) else None
    return said, topic_only(facts.get("topic") if isinstance(facts, dict) else None)
