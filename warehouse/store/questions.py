"""Stored questions with their answers, read back for pairing."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from warehouse.records.pages import Answer, Question
from warehouse.schema.content import answer, question


class Thread(NamedTuple):
    """A question with its answers in page order.

    `page_sha256` is the snapshot that last changed any of its text, `first_load_id` the load that first stored it.
    """

    origin: str
    question: Question
    answers: tuple[Answer, ...]
    page_sha256: str
    parser_version: str
    first_load_id: int


def threads(engine: sa.Engine, *, batch: int = 500) -> Iterator[list[Thread]]:
    """All questions in the order of their storing, `batch` at a time; nothing is held open between batches."""
    after = 0
    while True:
        query = sa.select(question).where(question.c.question_id > after).order_by(question.c.question_id).limit(batch)
        with engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
            if not rows:
                return
            first, after = rows[0]["question_id"], rows[-1]["question_id"]
            answers = _answers(connection, first, after)
        yield [_thread(row, answers.get(row["question_id"], [])) for row in rows]


def _answers(connection: sa.Connection, first: int, last: int) -> dict[int, list[Any]]:
    query = (
        sa.select(answer)
        .where(answer.c.question_id.between(first, last))
        .order_by(answer.c.question_id, answer.c.kind, answer.c.position, answer.c.answer_id)
    )
    rows = connection.execute(query).mappings().all()
    return {number: list(group) for number, group in groupby(rows, key=lambda row: int(row["question_id"]))}


def _thread(row: Any, answers: list[Any]) -> Thread:
    # On equal loads the question's own page counts: it is the one that a reader would open.
    newest = max([row, *answers], key=lambda item: item["load_id"])
    return Thread(
        origin=row["origin"],
        question=Question(**{name: row[name] for name in Question.__slots__}),
        answers=tuple(_answer(item, row["external_id"]) for item in answers),
        page_sha256=newest["page_sha256"],
        parser_version=newest["parser_version"],
        first_load_id=row["first_load_id"],
    )


def _answer(row: Any, question_external_id: str) -> Answer:
    values = {name: row[name] for name in Answer.__slots__ if name != "question_external_id"}
    values["parent_external_id"] = values["parent_external_id"] or None
    return Answer(question_external_id=question_external_id, **values)
