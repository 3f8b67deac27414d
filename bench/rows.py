"""Crawled rows of both sides, in one form that can be compared."""

import sqlite3
from pathlib import Path
from typing import Any

from cleaning.personal.masks import mask_personal

Rows = dict[Any, tuple[Any, ...]]

_OUR_QUESTIONS = """SELECT external_id, title, body, topic_id, topic, asked_raw, views, answers_total FROM question"""
_OUR_ANSWERS = """
SELECT q.external_id, a.kind, coalesce(a.external_id, ''), coalesce(a.parent_external_id, ''), a.position, a.body,
    a.author_grade, a.is_chosen, a.answered_raw, a.votes_up, a.votes_down
FROM answer a JOIN question q USING (question_id)"""
_RIVAL_ANSWERS = """
SELECT question_external_id, kind, external_id, parent_external_id, position, body, author_grade, is_chosen,
    answered_raw, votes_up, votes_down FROM answer"""
_ANSWER_KEY = 5


def our_rows(folder: Path) -> tuple[Rows, Rows]:
    """Read questions and answers of the warehouse in `folder`."""
    with sqlite3.connect(folder / ".mundap" / "warehouse.db") as connection:
        questions = {row[0]: _texts(row[1:]) for row in connection.execute(_OUR_QUESTIONS)}
        answers = {row[:_ANSWER_KEY]: _texts(row[_ANSWER_KEY:]) for row in connection.execute(_OUR_ANSWERS)}
    connection.close()
    return questions, answers


def rival_rows(folder: Path) -> tuple[Rows, Rows]:
    """Read the rival's questions and answers; personal data is masked here, as ours was before it was stored."""
    with sqlite3.connect(folder / "rows.db") as connection:
        questions = {
            row[0]: (_masked(row[1]), _masked(row[2]), *_texts(row[3:]))
            for row in connection.execute("SELECT * FROM question")
        }
        answers = {
            row[:_ANSWER_KEY]: (_masked(row[_ANSWER_KEY]), *_texts(row[_ANSWER_KEY + 1 :]))
            for row in connection.execute(_RIVAL_ANSWERS)
        }
    connection.close()
    return questions, answers


def _texts(cells: tuple[Any, ...]) -> tuple[Any, ...]:
    # An empty text of the one is a null of the other: neither holds anything.
    return tuple(cell or None if isinstance(cell, str) else cell for cell in cells)


def _masked(text: str | None) -> str | None:
    return mask_personal(text) if text else None
