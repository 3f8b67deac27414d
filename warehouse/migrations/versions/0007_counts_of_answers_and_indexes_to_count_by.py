"""Keep what is stored of a question's answers on its row, and index what analysts count over all rows."""

import sqlalchemy as sa
from alembic import op

from warehouse.types import Moment

revision = "0007"
down_revision = "0006"

_FACTS = (
    *("topic", "asked_at", "site", "asked_precision", "body_length", "answers_total", "answers_stored"),
    *("answers_chosen", "first_answered_at", "first_load_id"),
)
_DIRECT = "FROM answer WHERE answer.question_id = question.question_id AND answer.parent_external_id = ''"


def upgrade() -> None:
    op.drop_index("ix_question_topic_asked_at", "question")
    op.add_column("question", sa.Column("answers_stored", sa.Integer(), sa.DefaultClause("0"), nullable=False))
    op.add_column("question", sa.Column("answers_chosen", sa.Integer(), sa.DefaultClause("0"), nullable=False))
    op.add_column("question", sa.Column("first_answered_at", Moment(), nullable=True))
    op.execute(
        f"UPDATE question SET answers_stored = (SELECT COUNT(*) {_DIRECT}),"
        f" answers_chosen = (SELECT COUNT(*) {_DIRECT} AND answer.is_chosen = 1),"
        f" first_answered_at = (SELECT MIN(answer.answered_at) {_DIRECT})"
    )
    op.create_index("ix_question_facts", "question", [*_FACTS])
    op.create_index("ix_answer_writer", "answer", ["author_key", "kind", "is_chosen", "answered_at", "question_id"])
    op.create_index("ix_answer_written", "answer", ["answered_at", "kind", "written_by", "is_chosen", "body_length"])


def downgrade() -> None:
    op.drop_index("ix_answer_written", "answer")
    op.drop_index("ix_answer_writer", "answer")
    op.drop_index("ix_question_facts", "question")
    op.create_index("ix_question_topic_asked_at", "question", ["topic", "asked_at"])
    for name in ("first_answered_at", "answers_chosen", "answers_stored"):
        op.drop_column("question", name, mssql_drop_default=True)
