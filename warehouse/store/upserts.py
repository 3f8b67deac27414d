"""Questions and answers by their natural keys: update what changed, insert what is new, leave the rest alone.

The rows of a page are read under the write lock (UPDLOCK, HOLDLOCK on SQL Server), compared, then written; a bare
MERGE deadlocks under concurrency there.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from warehouse.errors import Permanent
from warehouse.loads import Stored
from warehouse.records.pages import Answer, ParsedPage, Question
from warehouse.schema.content import answer, question
from warehouse.store.answer_counts import counts_of, recount
from warehouse.store.sameness import Key, Printed, Same, needs_texts, once, same_rows
from warehouse.types import storable

_LOCKED = "WITH (UPDLOCK, HOLDLOCK)"
_TEXT = ("body", "body_length", "text_sha256", "page_sha256", "parser_version", "mask_version", "load_id")
# What moves without anybody writing anything (an author key comes late where the first crawl had no salt): kept up
# to date, but no change of the row.
_QUESTION_LIVE = ("views", "votes_up", "votes_down", "answers_total", "topic_id", "topic", "author_key")
_ANSWER_LIVE = ("votes_up", "votes_down", "position", "author_key")
_ANSWER_KEY = ("kind", "parent_external_id", "item_key")
# Made once: every page runs them, and making a statement costs several times what executing it does.
_SELECT_QUESTION = (
    sa.select(question.c.question_id, question.c.text_sha256)
    .where(*(question.c[name] == sa.bindparam(name) for name in ("origin", "site", "external_id")))
    .with_hint(question, _LOCKED, "mssql")
)
_INSERT_QUESTION = sa.insert(question).returning(question.c.question_id)
_UPDATE_QUESTION = sa.update(question).where(question.c.question_id == sa.bindparam("of_question"))
_SELECT_ANSWERS = (
    sa.select(*(answer.c[name] for name in ("answer_id", *_ANSWER_KEY, "text_sha256", *_ANSWER_LIVE)))
    .where(answer.c.question_id == sa.bindparam("of_question"))
    .with_hint(answer, _LOCKED, "mssql")
)
_SELECT_BODIES = sa.select(answer.c.answer_id, answer.c.body).where(answer.c.question_id == sa.bindparam("of_question"))
_INSERT_ANSWERS = sa.insert(answer)
_UPDATE_ANSWER = sa.update(answer).where(answer.c.answer_id == sa.bindparam("of_answer"))


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where stored text comes from: snapshot, masking rules, load, and the moment of storing."""

    page_sha256: str
    mask_version: str
    load_id: int
    now: datetime


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
            marks = _marks_so_far(connection, number)
            answers = [replace(row, **marks.get(row.external_id, {})) for row in answers]
        fresh, is_renamed = _store_answers(connection, number, answers, parsed.parser_version, provenance, whole)
        if (fresh.new or fresh.changed or is_renamed or whole) and external_id not in counted:
            recount(connection, [number])
        stored += fresh
    return stored


def _store_question(
    connection: sa.Connection, origin: str, parsed: ParsedPage, row: Question, provenance: Provenance, whole: bool
) -> tuple[int, Stored]:
    found = _find_question(connection, origin, row.site, row.external_id)
    values = _question_values(row) | _text_values(_text_of(row), parsed.parser_version, provenance)
    if found is None:
        values |= {"origin": origin, "first_seen_at": provenance.now, "first_load_id": provenance.load_id}
        own = [given for given in parsed.answers if given.question_external_id == row.external_id]
        values |= counts_of(once(own).values())
        return int(connection.execute(_INSERT_QUESTION, values).scalar_one()), Stored(new=1, questions=1)
    changed = found.text_sha256 != values["text_sha256"]
    kept = ({"title"} | set(_TEXT) if changed else set()) | set(_QUESTION_LIVE)
    news = {name: values[name] for name in kept if values[name] is not None or name in _TEXT}
    news = _whole(values, changed) if whole else news | {"gone_at": None}
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


def _marks_so_far(connection: sa.Connection, question_id: int) -> dict[str | None, dict[str, Any]]:
    """What is known of chosen answers and of writers that are no persons, by external id.

    A further page of comments (판) does not mark the best ones again, and two layouts of 지식iN mark nothing.
    """
    row = answer.c
    query = sa.select(row.external_id, row.is_chosen, row.written_by)
    query = query.where(row.question_id == question_id, row.external_id.is_not(None))
    found: dict[str | None, dict[str, Any]] = {}
    for external_id, is_chosen, written_by in connection.execute(query):
        chosen = {"is_chosen": True} if is_chosen else {}
        found[external_id] = chosen | ({"written_by": written_by} if written_by != "person" else {})
    return found


def _store_answers(
    connection: sa.Connection,
    question_id: int,
    answers: Sequence[Answer],
    parser_version: str,
    provenance: Provenance,
    whole: bool,
) -> tuple[Stored, bool]:
    """What became of the rows, and whether any of them got a number that it did not have."""
    if not answers:
        return Stored(), False
    rows = connection.execute(_SELECT_ANSWERS, {"of_question": question_id}).mappings().all()
    known: dict[Key, Any] = {(row["kind"], row["parent_external_id"], row["item_key"]): row for row in rows}
    inserts: list[dict[str, Any]] = []
    changed = unchanged = 0
    is_renamed = False
    for same in _same_rows(connection, question_id, known, once(answers)):
        values = _answer_values(same.answer, same.key)
        values |= _text_values(_text_of(same.answer), parser_version, provenance)
        if same.was is None:
            inserts.append(values | {"question_id": question_id, "first_load_id": provenance.load_id})
            continue
        is_changed = _update_answer(connection, known[same.was], same, values, whole)
        changed, unchanged = changed + is_changed, unchanged + (not is_changed)
        is_renamed |= same.key != same.was and not same.tells_less
    # Inserted last: a new answer may have the place of one that has its number now.
    if inserts:
        connection.execute(_INSERT_ANSWERS, inserts)
    return Stored(new=len(inserts), changed=changed, unchanged=unchanged), is_renamed


def _same_rows(
    connection: sa.Connection, question_id: int, known: Mapping[Key, Any], given: Mapping[Key, Answer]
) -> list[Same]:
    bodies: dict[int, str | None] = {}
    if needs_texts(known, given):
        found = connection.execute(_SELECT_BODIES, {"of_question": question_id}).all()
        bodies = {row.answer_id: row.body for row in found}
    stored = {key: Printed(row["position"], bodies.get(row["answer_id"])) for key, row in known.items()}
    return list(same_rows(stored, given))


def _update_answer(
    connection: sa.Connection, found: Mapping[Any, Any], same: Same, values: Mapping[str, Any], whole: bool
) -> bool:
    changed = bool(found["text_sha256"] != values["text_sha256"]) and not same.tells_less
    news = {name: values[name] for name in _ANSWER_LIVE if values[name] not in {None, found[name]}}
    if same.tells_less:
        # Its key would be made of the name shown, where the row's own is made of the site's id.
        news = {name: value for name, value in news.items() if name != "author_key" or found[name] is None}
    elif whole:
        news = _whole(values, changed)
    elif same.key != same.was:
        news = {name: value for name, value in _whole(values, changed).items() if value is not None}
    elif changed:
        news |= {name: values[name] for name in (*_TEXT, "is_chosen", "written_by", "speaker")}
    if news:
        connection.execute(_UPDATE_ANSWER, {"of_answer": found["answer_id"], **news})
    return changed


def _whole(values: Mapping[str, Any], changed: bool) -> dict[str, Any]:
    # The load and the snapshot stay those that last changed the text.
    return {name: value for name, value in values.items() if changed or name not in ("load_id", "page_sha256")}


def _text_of(row: Question | Answer) -> list[Any]:
    body = None if row.body is None else storable(row.body)
    if isinstance(row, Question):
        return [None if row.title is None else storable(row.title), body]
    return [body, row.is_chosen, row.written_by, row.speaker]


def _text_values(text: list[Any], parser_version: str, provenance: Provenance) -> dict[str, Any]:
    return {
        "text_sha256": hashlib.sha256(json.dumps(text, ensure_ascii=False).encode()).hexdigest(),
        "body_length": sum(len(part) for part in text[:2] if isinstance(part, str)),
        "page_sha256": provenance.page_sha256,
        "parser_version": parser_version,
        "mask_version": provenance.mask_version,
        "load_id": provenance.load_id,
    }


def _question_values(row: Question) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Question.__slots__}


def _answer_values(row: Answer, key: Key) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in Answer.__slots__ if name != "question_external_id"}
    return values | {"parent_external_id": key[1], "item_key": key[2]}
