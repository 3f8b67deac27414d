"""The bands of a site's fields, learnt from its newest stored rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa

from warehouse.drift.bands import Band, learn
from warehouse.drift.facts import Fact, facts_of, layout_fact
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.drifted import is_drifted, is_of_drifted_page
from warehouse.records.pages import Answer, Question
from warehouse.schema.content import answer, question
from warehouse.schema.crawling import frontier, page

NEWEST: Final = 500


def learnt_bands(engine: sa.Engine, crawl: Crawl) -> dict[str, Band]:
    """The bands of the newest 500 questions and 1,000 pages stored of a site and origin, whatever their topic.

    Pages that a drift set aside teach nothing.
    """
    row = question.c
    own = sa.and_(row.site == crawl.site, row.origin == crawl.origin, sa.not_(is_of_drifted_page(row.page_sha256)))
    newest = sa.select(question).where(own).order_by(row.question_id.desc()).limit(NEWEST)
    with engine.connect() as connection:
        asked = connection.execute(newest).mappings().all()
        facts = [fact for row in facts_stored(connection, asked).values() for fact in row]
        facts += [layout_fact(kind, read_as) for kind, read_as in connection.execute(_layouts(crawl))]
    return learn(facts)


def facts_stored(connection: sa.Connection, asked: Sequence[Mapping[Any, Any]]) -> dict[str, list[Fact]]:
    """The facts of questions as they stand, with their answers, by the question's number at its site."""
    answers: dict[int, list[Answer]] = {}
    wanted = [row["question_id"] for row in asked]
    for start in range(0, len(wanted), NEWEST):
        theirs = sa.select(answer).where(answer.c.question_id.in_(wanted[start : start + NEWEST]))
        for row in connection.execute(theirs).mappings():
            values = {name: row[name] for name in Answer.__slots__ if name != "question_external_id"}
            answers.setdefault(row["question_id"], []).append(Answer(question_external_id="", **values))
    return {
        row["external_id"]: facts_of(
            Question(**{name: row[name] for name in Question.__slots__}), answers.get(row["question_id"], [])
        )
        for row in asked
    }


def _layouts(crawl: Crawl) -> sa.Select[tuple[str, str]]:
    own = sa.and_(page.c.site == crawl.site, page.c.origin == crawl.origin)
    kinds = page.c.kind.in_(("question", "list", "empty", "unknown"))
    query = sa.select(frontier.c.kind, page.c.kind).join(page, page.c.frontier_id == frontier.c.frontier_id)
    return query.where(own, kinds, sa.not_(is_drifted())).order_by(page.c.page_id.desc()).limit(2 * NEWEST)
