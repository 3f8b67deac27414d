"""The answers of one stored question: update what changed, insert what is new, leave the rest alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from warehouse.loads import Stored
from warehouse.records.pages import Answer
from warehouse.schema.content import answer
from warehouse.store.rowtext import TEXT, Provenance, every_field, text_values
from warehouse.store.sameness import Key, Printed, Same, needs_texts, once, same_rows

_LOCKED = "WITH (UPDLOCK, HOLDLOCK)"
# What moves without anybody writing anything: kept up to date, but no change of the row.
_LIVE = ("votes_up", "votes_down", "position", "author_key")
_KEY = ("kind", "parent_external_id", "item_key")
# Made once: every page runs them, and making a statement costs several times what executing it does.
_SELECT = (
    sa.select(*(answer.c[name] for name in ("answer_id", *_KEY, "text_sha256", *_LIVE)))
    .where(answer.c.question_id == sa.bindparam("of_question"))
    .with_hint(answer, _LOCKED, "mssql")
)
_SELECT_BODIES = sa.select(answer.c.answer_id, answer.c.body).where(answer.c.question_id == sa.bindparam("of_question"))
_INSERT = sa.insert(answer)
_UPDATE = sa.update(answer).where(answer.c.answer_id == sa.bindparam("of_answer"))


def store_answers(
    connection: sa.Connection,
    question_id: int,
    answers: Sequence[Answer],
    parser_version: str,
    provenance: Provenance,
    whole: bool,
) -> tuple[Stored, bool]:
    """Store them under the write lock; what became of the rows, and whether any got a number that it did not have.

    With `whole` every field becomes what was read, empty ones too.
    """
    if not answers:
        return Stored(), False
    rows = connection.execute(_SELECT, {"of_question": question_id}).mappings().all()
    known: dict[Key, Any] = {(row["kind"], row["parent_external_id"], row["item_key"]): row for row in rows}
    inserts: list[dict[str, Any]] = []
    changed = unchanged = 0
    is_renamed = False
    for same in _same_rows(connection, question_id, known, once(answers)):
        values = _answer_values(same.answer, same.key)
        values |= text_values(same.answer, parser_version, provenance)
        if same.was is None:
            inserts.append(values | {"question_id": question_id, "first_load_id": provenance.load_id})
            continue
        is_changed = _update_answer(connection, known[same.was], same, values, whole)
        changed, unchanged = changed + is_changed, unchanged + (not is_changed)
        is_renamed |= same.key != same.was and not same.tells_less
    # Inserted last: a new answer may have the place of one that has its number now.
    if inserts:
        connection.execute(_INSERT, inserts)
    return Stored(new=len(inserts), changed=changed, unchanged=unchanged), is_renamed


def marks_so_far(connection: sa.Connection, question_id: int) -> dict[str | None, dict[str, Any]]:
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
    news = {name: values[name] for name in _LIVE if values[name] not in {None, found[name]}}
    if same.tells_less:
        # Its key would be made of the name shown, where the row's own is made of the site's id.
        news = {name: value for name, value in news.items() if name != "author_key" or found[name] is None}
    elif whole:
        news = every_field(values, changed)
    elif same.key != same.was:
        news = {name: value for name, value in every_field(values, changed).items() if value is not None}
    elif changed:
        news |= {name: values[name] for name in (*TEXT, "is_chosen", "written_by", "speaker")}
    if news:
        connection.execute(_UPDATE, {"of_answer": found["answer_id"], **news})
    return changed


def _answer_values(row: Answer, key: Key) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in Answer.__slots__ if name != "question_external_id"}
    return values | {"parent_external_id": key[1], "item_key": key[2]}
