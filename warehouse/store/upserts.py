"""Questions and answers by their natural keys: update what changed, insert what is new, leave the rest alone.

The rows of a page are read under the write lock (UPDLOCK, HOLDLOCK on SQL Server), compared, then written; a bare
MERGE deadlocks under concurrency there.
"""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from warehouse.errors import Permanent
from warehouse.loads import Stored
from warehouse.records.pages import ParsedPage, Question
from warehouse.schema.content import question
from warehouse.store.answer_counts import counts_of, recount
from warehouse.store.answers import marks_so_far, store_answers
from warehouse.store.rowtext import TEXT, Provenance, every_field, text_values
from warehouse.store.sameness import once

_LOCKED = "WITH (UPDLOCK, HOLDLOCK)"
# What moves without anybody writing anything (an author key comes late where the first crawl had no salt): kept up
# to date, but no change of the row.
_LIVE = ("views", "votes_up", "votes_down", "answers_total", "topic_id", "topic", "author_key")
# Made once: every page runs them, and making a statement costs several times what executing it does.
_SELECT_QUESTION = (
    sa.select(question.c.question_id, question.c.text_sha256)
    .where(*(question.c[name] == sa.bindparam(name) for name in ("origin", "site", "external_id")))
    .with_hint(question, _LOCKED, "mssql")
)
_INSERT_QUESTION = sa.insert(question).returning(question.c.question_id)
_UPDATE_QUESTION = sa.update(question).where(question.c.question_id == sa.bindparam("of_question"))


def store_records(
    connection: sa.Connection, origin: str, parsed: ParsedPage, provenance: Provenance, *, whole: bool = False
) -> Stored:
    """Store the question and the answers of one page.

    A row whose text is the same keeps its other facts, but for what moves by itself; with `whole` every field becomes
    what was read, empty ones too, as a replay by another parser wants it.

    Raises:
        Permanent: answers whose question is not stored (pages of further answers hold none of their own).
    """
    stored = Stored()
    question_ids: dict[str, int] = {}
    counted: set[str] = set()
    if parsed.question is not None:
        number, stored = _store_question(connection, origin, parsed, parsed.question, provenance, whole)
        question_ids[parsed.question.external_id] = number
        counted |= {parsed.question.external_id} if stored.questions else set()
    wanted = {row.question_external_id for row in parsed.answers} - question_ids.keys()
    for external_id in sorted(wanted):
        question_ids[external_id] = _question_id(connection, origin, parsed.site, external_id)
    for external_id, number in question_ids.items():
        answers = [row for row in parsed.answers if row.question_external_id == external_id]
        if parsed.question is None or not parsed.tells_marks:
            marks = marks_so_far(connection, number)
            answers = [replace(row, **marks.get(row.external_id, {})) for row in answers]
        fresh, is_renamed = store_answers(connection, number, answers, parsed.parser_version, provenance, whole)
        if (fresh.new or fresh.changed or is_renamed or whole) and external_id not in counted:
            recount(connection, [number])
        stored += fresh
    return stored


def _store_question(
    connection: sa.Connection, origin: str, parsed: ParsedPage, row: Question, provenance: Provenance, whole: bool
) -> tuple[int, Stored]:
    found = _find_question(connection, origin, row.site, row.external_id)
    values = _question_values(row) | text_values(row, parsed.parser_version, provenance)
    if found is None:
        values |= {"origin": origin, "first_seen_at": provenance.now, "first_load_id": provenance.load_id}
        own = [given for given in parsed.answers if given.question_external_id == row.external_id]
        values |= counts_of(once(own).values())
        return int(connection.execute(_INSERT_QUESTION, values).scalar_one()), Stored(new=1, questions=1)
    changed = found.text_sha256 != values["text_sha256"]
    kept = ({"title"} | set(TEXT) if changed else set()) | set(_LIVE)
    news = {name: values[name] for name in kept if values[name] is not None or name in TEXT}
    news = every_field(values, changed) if whole else news | {"gone_at": None}
    if news:
        connection.execute(_UPDATE_QUESTION, {"of_question": found.question_id, **news})
    return int(found.question_id), Stored(changed=int(changed), unchanged=int(not changed))


def _question_id(connection: sa.Connection, origin: str, site: str, external_id: str) -> int:
    found = _find_question(connection, origin, site, external_id)
    if found is None:
        raise Permanent(f"answers to question {external_id} of {site} came without it; crawl its own page first")
    return int(found.question_id)


def _find_question(connection: sa.Connection, origin: str, site: str, external_id: str) -> Any:
    key = {"origin": origin, "site": site, "external_id": external_id}
    return connection.execute(_SELECT_QUESTION, key).first()


def _question_values(row: Question) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Question.__slots__}
