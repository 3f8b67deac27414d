"""The counts on a question's row are those of its stored answers, whatever was stored, changed or erased."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.connect import transaction
from warehouse.queries.query import run_select
from warehouse.records.pages import Answer, ParsedPage, Question
from warehouse.schema.content import answer
from warehouse.store.answer_counts import recount
from warehouse.store.rowtext import Provenance
from warehouse.store.upserts import store_records

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
COUNTED = """
SELECT q.question_id, q.answers_stored, q.answers_chosen, q.first_answered_at,
       SUM(CASE WHEN a.parent_external_id = '' THEN 1 ELSE 0 END) AS stored,
       SUM(CASE WHEN a.parent_external_id = '' AND a.is_chosen = 1 THEN 1 ELSE 0 END) AS chosen,
       MIN(CASE WHEN a.parent_external_id = '' THEN a.answered_at END) AS earliest
FROM questions AS q LEFT JOIN answers AS a ON a.question_id = q.question_id
GROUP BY q.question_id, q.answers_stored, q.answers_chosen, q.first_answered_at
"""
ANSWERS = st.builds(
    Answer,
    question_external_id=st.just("1"),
    external_id=st.sampled_from("abcd"),
    kind=st.sampled_from(["answer", "comment"]),
    parent_external_id=st.sampled_from([None, "0"]),
    position=st.integers(1, 3),
    body=st.sampled_from(["답", "다른 답"]),
    is_chosen=st.booleans(),
    answered_at=st.none() | st.integers(0, 5).map(lambda days: BEGIN + timedelta(days=days)),
)
PAGES = st.tuples(st.booleans(), st.booleans(), st.lists(ANSWERS, max_size=4))


def check(url: str) -> None:
    for row in run_select(url, COUNTED).to_dict("records"):
        assert (row["answers_stored"], row["answers_chosen"]) == (row["stored"] or 0, row["chosen"] or 0)
        assert row["first_answered_at"] == row["earliest"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=st.lists(PAGES, min_size=1, max_size=4), erased=st.booleans())
def test_counts_follow_the_answers(
    engine: sa.Engine, url: str, load_id: int, pages: list[tuple[bool, bool, list[Answer]]], erased: bool
) -> None:
    asked = Question("naver_kin", "1", "u", "t", "b", asked_at=BEGIN)
    for number, (with_question, whole, answers) in enumerate(pages):
        own = asked if with_question or not number else None
        parsed = ParsedPage("naver_kin", "question", "E4", own, tuple(answers), (), "1")
        with transaction(engine) as connection:
            store_records(connection, "http://h", parsed, Provenance("0" * 64, "1", load_id, BEGIN), whole=whole)
        check(url)
    if erased:
        with transaction(engine) as connection:
            connection.execute(sa.delete(answer).where(answer.c.item_key == "id:a"))
            recount(connection, [1])
        check(url)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_first_answer_minutes_are_whole_seconds(engine: sa.Engine, url: str, load_id: int) -> None:
    asked = Question("naver_kin", "1", "u", "t", "b", asked_at=BEGIN)
    given = Answer("1", "1", "answer", None, 1, "답", answered_at=BEGIN + timedelta(minutes=90, seconds=30))
    with transaction(engine) as connection:
        parsed = ParsedPage("naver_kin", "question", "E4", asked, (given,), (), "1")
        store_records(connection, "http://h", parsed, Provenance("0" * 64, "1", load_id, BEGIN))
    row = run_select(url, "SELECT first_answer_minutes, asked_weekday_kst, asked_hour_kst FROM questions")
    # 2026-11-01 00:00 UTC is Sunday, 09:00 in Korea.
    assert row.iloc[0].to_list() == [90.5, 7, 9]
