"""What is stored of each question's answers, kept on its own row so that counting over all questions reads no answer.

Whoever stores, changes or erases answers calls `recount` in the same transaction, or stores a new question with
`counts_of` its answers.
"""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from warehouse.records.pages import Answer
from warehouse.schema.content import answer, question

# A comment on 지식iN's question stands under its answer 0, on 판 comments are the answers: both are told by the parent.
_DIRECT = sa.and_(answer.c.question_id == question.c.question_id, answer.c.parent_external_id == "")
_RECOUNT = (
    sa.update(question)
    .where(question.c.question_id == sa.bindparam("of_question"))
    .values(
        answers_stored=sa.select(sa.func.count()).where(_DIRECT).scalar_subquery(),
        answers_chosen=sa.select(sa.func.count()).where(_DIRECT, answer.c.is_chosen == sa.true()).scalar_subquery(),
        first_answered_at=sa.select(sa.func.min(answer.c.answered_at)).where(_DIRECT).scalar_subquery(),
    )
)


def recount(connection: sa.Connection, question_ids: Collection[int]) -> None:
    """Bring answers_stored, answers_chosen and first_answered_at of these questions up to date."""
    if question_ids:
        connection.execute(_RECOUNT, [{"of_question": number} for number in sorted(question_ids)])


def counts_of(answers: Iterable[Answer]) -> dict[str, Any]:
    """The three columns for these answers, each given once."""
    direct = [row for row in answers if not row.parent_external_id]
    return {
        "answers_stored": len(direct),
        "answers_chosen": sum(row.is_chosen for row in direct),
        "first_answered_at": min((row.answered_at for row in direct if row.answered_at), default=None),
    }
