"""What a page says now against what is stored of it, field by field."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeVar

from warehouse.pages.replay import StoredRows
from warehouse.records.pages import Answer, ParsedPage, Question
from warehouse.store.sameness import Key, Printed, Same, once, same_rows
from warehouse.types import storable

# Keys and addresses say which row it is; `position` is told anew by every page that shows the row.
_NAMES: Final = {
    "site", "external_id", "url", "question_external_id", "kind", "parent_external_id", "position", "asked_precision",
}  # fmt: skip
_MARKS: Final = {"is_chosen", "written_by"}
_VOTES: Final = ("votes_up", "votes_down")
_ALWAYS_SET: Final = _MARKS | {"speaker"}
Row = TypeVar("Row", Question, Answer)


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of one row; `field` is like question.title or comment.body, None stands for "not there"."""

    row: str
    field: str
    old: Any
    new: Any

    @property
    def sort(self) -> str:
        """How they differ: added, lost or changed."""
        return "added" if self.old is None else "lost" if self.new is None else "changed"


@dataclass(frozen=True, slots=True)
class Compared:
    """A page's differences, its equal (row, field) pairs, and the stored answers that it brought and holds no more."""

    differences: tuple[Difference, ...]
    equal: tuple[tuple[str, str], ...]
    lost_answers: tuple[Key, ...]


def compare(stored: StoredRows, parsed: ParsedPage, sha256: str) -> Compared:
    """Compare the page whose body has this hash with the rows of its question.

    Author keys are compared where both have one: without the salt none is made.
    """
    found = list(_question_values(stored, parsed, sha256))
    now = _same_rows(stored, parsed)
    for same in now:
        row, was = same.answer, stored.answers[same.was][0] if same.was else None
        if was is not None and same.tells_less:
            # Of such a row a page changes nothing but the votes.
            votes = {name: getattr(row, name) for name in _VOTES if getattr(row, name) is not None}
            row = replace(was, **votes)
        found += _values(_row_name(row.question_external_id, same.was or same.key), row.kind, was, row, parsed)
    told = {same.was for same in now}
    lost = tuple(key for key, (_, brought_by) in stored.answers.items() if brought_by == sha256 and key not in told)
    for key in lost:
        row = stored.answers[key][0]
        found += _values(_row_name(row.question_external_id, key), row.kind, row, None, parsed)
    differences = tuple(item for item in found if not _is_same(item.old, item.new))
    return Compared(differences, tuple((item.row, item.field) for item in found if _is_same(item.old, item.new)), lost)


def filled(stored: StoredRows, parsed: ParsedPage) -> ParsedPage:
    """Return the page's records with what today's parser does not find taken from what is stored."""
    question = parsed.question
    if question is not None and stored.question is not None:
        question = _with_stored(question, stored.question)
    answers = tuple(
        _with_stored(same.answer, stored.answers[same.was][0]) if same.was and not same.tells_less else same.answer
        for same in _same_rows(stored, parsed)
    )
    return replace(parsed, question=question, answers=answers)


def _same_rows(stored: StoredRows, parsed: ParsedPage) -> list[Same]:
    printed = {key: Printed(row.position, row.body) for key, (row, _) in stored.answers.items()}
    return list(same_rows(printed, once(parsed.answers)))


def _with_stored(row: Row, stored: Row) -> Row:
    missing = {item.name: getattr(stored, item.name) for item in fields(row) if getattr(row, item.name) is None}
    return replace(row, **missing)


def _question_values(stored: StoredRows, parsed: ParsedPage, sha256: str) -> Iterator[Difference]:
    was, now = stored.question, parsed.question
    if now is not None:
        yield from _values(now.external_id, "question", was, now, parsed)
    elif was is not None and stored.page_sha256 == sha256:
        yield from _values(was.external_id, "question", was, None, parsed)


def _values(
    name: str, kind: str, was: Question | Answer | None, now: Question | Answer | None, parsed: ParsedPage
) -> Iterator[Difference]:
    known = now or was
    assert known is not None
    for item in fields(known):
        if item.name in _NAMES or (item.name in _ALWAYS_SET and (was is None or now is None)):
            continue
        old, new = getattr(was, item.name, None), getattr(now, item.name, None)
        if item.name == "author_key" and (old is None or new is None):
            continue
        # A further page of comments does not mark the best ones again, nor do layouts without marks.
        is_mark = item.name in _MARKS and old not in (False, "person")
        if is_mark and (parsed.question is None or not parsed.tells_marks):
            new = old
        yield Difference(name, f"{kind}.{item.name}", old, new)


def _row_name(question: str, key: Key) -> str:
    return " ".join(part for part in (question, *key) if part)


def _is_same(old: Any, new: Any) -> bool:
    return bool(_plain(old) == _plain(new))


def _plain(value: Any) -> Any:
    # As columns hold it: key columns are NFC and stripped.
    return unicodedata.normalize("NFC", storable(value)).strip() if isinstance(value, str) else value
