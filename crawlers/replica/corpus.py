"""Where the replica's posts come from: the corpus that ships with it, or any question/answer file."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from crawlers.replica.posts import RawAnswer, RawPost, ReplicaPost, complete
from crawlers.sites.boards import boards_of
from crawlers.visible import seen_lines
from warehouse.errors import Misuse

_QUESTION_COLUMNS = ("question", "q", "que")
_ANSWER_COLUMNS = ("answer", "a", "ans", "ans_detail")
# What no page can hold: control characters and halves of surrogate pairs.
_UNSERVABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_MAX_CELL_CHARS = 1_000_000


def load_corpus() -> dict[str, tuple[ReplicaPost, ...]]:
    """This reads the shipped corpus: site id → posts, newest first."""
    raws: list[RawPost] = []
    folder = files("crawlers.replica") / "corpus"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".jsonl"):
            lines = file.read_text(encoding="utf-8").splitlines()
            raws += (_raw_post(json.loads(line)) for line in lines if line.strip())
    sites = dict.fromkeys(raw.site_id for raw in raws)
    return {site: _complete_all(raw for raw in raws if raw.site_id == site) for site in sorted(sites, reverse=True)}


def corpus_from_file(path: Path) -> tuple[ReplicaPost, ...]:
    """This reads a CSV (UTF-8 or CP949) or JSONL file as 지식iN posts, newest first.

    Columns are found among Q/A, question/answer and que/ans, with que_detail, ans_detail and ans_writer where they
    are there. Rows without a question or an answer are left out; rows with the same question become one question
    with several answers, of which the first is chosen.

    Raises:
        Misuse: no such file, no text in it, or columns that fit nothing (the message names those found).
    """
    if not path.is_file():
        raise Misuse(f"no corpus file at {path}: check the path")
    text = _decoded(path)
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json") or text.lstrip().startswith("{"):
        rows = _json_rows(path, text)
    else:
        rows = _csv_rows(path, text)
    grouped: dict[tuple[str, str], list[RawAnswer]] = {}
    for title, body, answer in _pairs(path, rows):
        grouped.setdefault((title, body), []).append(answer)
    if not grouped:
        raise Misuse(f"{path} holds no row with both a question and an answer: check its columns")
    return _complete_all(
        RawPost("naver_kin", ("814",), title, body, (_chosen(answers[0]), *answers[1:]))
        for (title, body), answers in grouped.items()
    )


def _complete_all(raws: Iterable[RawPost]) -> tuple[ReplicaPost, ...]:
    taken: set[str] = set()
    posts = [complete(raw, taken) for raw in raws]
    return tuple(sorted(posts, key=lambda post: (post.asked_at, post.external_id), reverse=True))


def _raw_post(row: Mapping[str, Any]) -> RawPost:
    return RawPost(
        site_id=row["site"],
        boards=boards_of(row["site"], row["topic"]),
        title=_servable(row["title"]).replace("\n", " "),
        body=_servable(row["body"]),
        answers=tuple(_raw_answer(answer) for answer in row["answers"]),
        tags=tuple(row.get("tags", ())),
    )


def _raw_answer(row: Mapping[str, Any]) -> RawAnswer:
    turns = row.get("follow_ups") or row.get("replies") or ()
    return RawAnswer(
        body=_servable(row["body"]),
        by=row["by"],
        is_chosen=bool(row.get("chosen")),
        written_by=row.get("written_by", "person"),
        turns=tuple((by, _servable(text)) for by, text in turns),
        comments=tuple((by, _servable(text)) for by, text in row.get("comments", ())),
    )


def _chosen(answer: RawAnswer) -> RawAnswer:
    return RawAnswer(answer.body, answer.by, True)


def _decoded(path: Path) -> str:
    content = path.read_bytes()
    for charset in ("utf-8-sig", "cp949"):
        try:
            return content.decode(charset)
        except UnicodeDecodeError:
            continue
    raise Misuse(f"{path} is neither UTF-8 nor CP949 text: convert it to UTF-8")


def _json_rows(path: Path, text: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise Misuse(f"{path}, line {number}, is no JSON: mend or delete it (one object a line)") from None
        if not isinstance(row, dict):
            raise Misuse(f"{path}, line {number}, is no JSON object: write one object a line")
        yield row


def _csv_rows(path: Path, text: str) -> Iterator[Mapping[str, Any]]:
    csv.field_size_limit(_MAX_CELL_CHARS)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    try:
        yield from reader
    except csv.Error as error:
        raise Misuse(f"{path}, line {reader.line_num}, is no CSV ({error}): check its quotes") from error


def _pairs(path: Path, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, RawAnswer]]:
    for row in rows:
        cells = {str(name).strip().lower(): value for name, value in row.items() if name is not None}
        question = next((name for name in _QUESTION_COLUMNS if name in cells), None)
        answer = next((name for name in _ANSWER_COLUMNS if name in cells), None)
        if question is None or answer is None:
            found = ", ".join(map(str, row)) or "none"
            raise Misuse(f"{path} has no question and answer columns (found: {found}): name them Q and A")
        title, _, rest = _cell(cells[question]).partition("\n")
        body = "\n".join(part for part in (rest, _cell(cells.get("que_detail"))) if part)
        text = _cell(cells[answer]) or _cell(cells.get("ans_detail"))
        if title and text:
            yield title, body, RawAnswer(text, _cell(cells.get("ans_writer")).replace("\n", " ") or "비공개")


def _cell(value: object) -> str:
    return _servable(value) if isinstance(value, str) else "" if value is None else _servable(str(value))


def _servable(text: str) -> str:
    return seen_lines(_UNSERVABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
