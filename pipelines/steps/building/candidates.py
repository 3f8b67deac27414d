"""What cleaning left, as columns in memory and texts on disk: small enough to compare a million dialogues."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from cleaning.dialogues import CleanDialogue
from cleaning.duplicates.search import normalise
from cleaning.splits.contamination import Decontaminator
from cleaning.splits.links import AnswerKeys, answer_texts, link_key
from cleaning.splits.sides import NO_SIDE, SIDES, SplitColumns
from pipelines.steps.building.cleandialogues import CleanPart
from warehouse.datasets.parts import Parts
from warehouse.datasets.textfile import TextFile
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.store.dialogue_batches import stored_sides

_COLUMNS: Final = (
    "dialogue_id", "first_load_id", "thread", "asker_key", "answerer_key", "messages", "drop_rule"
)  # fmt: skip
ID_BYTES: Final = "S16"
Reasons = dict[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The rows that may be kept, in order: `rows` are their places among all, `texts` what is compared, normalised.

    `overlapping` are rows that an evaluation set holds, by their place among all, with rule and reason; they are no
    candidates.
    """

    rows: npt.NDArray[np.int64]
    texts: TextFile
    split: SplitColumns
    overlapping: Reasons


def candidates(
    engine: sa.Engine, parts: Parts, done: Sequence[CleanPart], against: Decontaminator | None
) -> Candidates:
    """Read the parts once, in order."""
    texts = TextFile(parts.folder)
    columns: dict[str, list[npt.NDArray[Any]]] = {name: [] for name in ("rows", "ids", "loads", *_LINKS, *_ANSWERS)}
    overlapping: Reasons = {}
    start = 0
    for part in done:
        table = parts.read(part.key, [*_COLUMNS])
        kept = np.flatnonzero(table["drop_rule"].is_null().to_numpy())
        table = table.take(pa.array(kept))
        if against is not None:
            table, kept = _without(table, kept, against, start, overlapping)
        _take(table, start + kept, texts, columns)
        start += part.rows
    joined = {name: np.concatenate(found) if found else np.zeros(0, np.int64) for name, found in columns.items()}
    split = SplitColumns(
        ids=joined["ids"].astype(ID_BYTES),
        first_loads=joined["loads"],
        links={name: joined[name].astype(np.uint64) for name in _LINKS},
        answers=AnswerKeys(joined["answers"].astype(np.uint64), np.cumsum(joined["answer_sizes"])),
        known=_known(engine, joined["ids"].astype(ID_BYTES)),
    )
    return Candidates(joined["rows"], texts, split, overlapping)


_LINKS: Final = ("thread", "asker", "answerer")
_ANSWERS: Final = ("answers", "answer_sizes")


def _take(
    table: pa.Table, rows: npt.NDArray[np.int64], texts: TextFile, columns: dict[str, list[npt.NDArray[Any]]]
) -> None:
    said, answered = spoken(table)
    for text in said:
        texts.append(normalise(text))
    keys = {
        "thread": table["thread"].to_pylist(),
        "asker": table["asker_key"].to_pylist(),
        "answerer": table["answerer_key"].to_pylist(),
    }
    columns["rows"].append(rows)
    columns["ids"].append(np.array(table["dialogue_id"].to_pylist(), ID_BYTES))
    columns["loads"].append(table["first_load_id"].to_numpy())
    for name, values in keys.items():
        columns[name].append(np.fromiter(map(link_key, values), np.uint64, len(values)))
    answers = [answer_texts("".join(turns), turns) for turns in answered]
    columns["answers"].append(np.array([link_key(text) for texts in answers for text in texts], np.uint64))
    columns["answer_sizes"].append(np.array([len(texts) for texts in answers], np.int64))


def spoken(table: pa.Table) -> tuple[list[str], list[list[str]]]:
    """Of each row with `messages` all turns, joined by a blank, and the assistant's turns, each normalised."""
    messages = table["messages"].combine_chunks()
    if not len(messages):
        return [], []
    turns = messages.flatten()
    ends = np.cumsum(messages.value_lengths().to_numpy())
    offsets = pa.array(np.concatenate([[0], ends]), pa.int32())
    said = pc.binary_join(pa.ListArray.from_arrays(offsets, turns.field("content")), " ").to_pylist()
    is_answer = pc.equal(turns.field("role"), "assistant").to_numpy(zero_copy_only=False)
    answers = [normalise(text) for text in turns.field("content").filter(pa.array(is_answer)).to_pylist()]
    edges = [0, *np.concatenate([[0], np.cumsum(is_answer)])[ends].tolist()]
    return said, [answers[start:end] for start, end in pairwise(edges)]


def _without(
    table: pa.Table, kept: npt.NDArray[np.int64], against: Decontaminator, start: int, overlapping: Reasons
) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """The rows that no evaluation set holds; the others go into `overlapping`."""
    row_of = dict(zip(table["dialogue_id"].to_pylist(), kept.tolist(), strict=True))
    _, dropped = against.split([*_dialogues(table)])
    for fault in dropped:
        overlapping[start + row_of[fault.row_id]] = fault.rule, fault.reason
    is_clear = np.array([start + row not in overlapping for row in kept.tolist()], np.bool_)
    return table.filter(pa.array(is_clear)), kept[is_clear]


def _dialogues(table: pa.Table) -> Iterator[CleanDialogue]:
    for row_id, messages in zip(table["dialogue_id"].to_pylist(), table["messages"].to_pylist(), strict=True):
        turns = tuple(Turn(turn["role"], turn["content"]) for turn in messages)
        yield CleanDialogue(Dialogue(row_id, "", "", turns), ())


def _known(engine: sa.Engine, ids: npt.NDArray[np.bytes_]) -> npt.NDArray[np.int8]:
    known = np.full(len(ids), NO_SIDE, np.int8)
    order = np.argsort(ids)
    ordered = ids[order]
    for batch in stored_sides(engine) if len(ids) else ():
        stored = np.array([row_id for row_id, _ in batch], ID_BYTES)
        sides = np.array([SIDES.index(side) for _, side in batch], np.int8)
        place = np.minimum(np.searchsorted(ordered, stored), len(ids) - 1)
        is_there = ordered[place] == stored
        known[order[place[is_there]]] = sides[is_there]
    return known
