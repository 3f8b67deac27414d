"""The bands of a site's fields, learnt from its newest stored rows."""

from typing import Final

import sqlalchemy as sa

from warehouse.bands import Band, Fact, facts_of, layout_fact, learn
from warehouse.drifted import is_drifted, is_of_drifted_page
from warehouse.leases import Crawl
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
    facts: list[Fact] = []
    with engine.connect() as connection:
        asked = connection.execute(newest).mappings().all()
        answers: dict[int, list[Answer]] = {}
        first = min((found["question_id"] for found in asked), default=0)
        theirs = sa.select(answer).join(question).where(own, answer.c.question_id >= first)
        for found in connection.execute(theirs).mappings():
            values = {name: found[name] for name in Answer.__slots__ if name != "question_external_id"}
            answers.setdefault(found["question_id"], []).append(Answer(question_external_id="", **values))
        for found in asked:
            values = {name: found[name] for name in Question.__slots__}
            facts += facts_of(Question(**values), answers.get(found["question_id"], []))
        facts += [layout_fact(kind, read_as) for kind, read_as in connection.execute(_layouts(crawl))]
    return learn(facts)


def _layouts(crawl: Crawl) -> sa.Select[tuple[str, str]]:
    own = sa.and_(page.c.site == crawl.site, page.c.origin == crawl.origin)
    kinds = page.c.kind.in_(("question", "list", "empty", "unknown"))
    query = sa.select(frontier.c.kind, page.c.kind).join(page, page.c.frontier_id == frontier.c.frontier_id)
    return query.where(own, kinds, sa.not_(is_drifted())).order_by(page.c.page_id.desc()).limit(2 * NEWEST)
