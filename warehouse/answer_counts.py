"""What is stored of each question's answers, kept on its own row so that counting over all questions reads no answer.

Whoever stores, changes or erases answers calls `recount` in the same transaction.
"""

from collections.abc import Collection

import sqlalchemy as sa

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
