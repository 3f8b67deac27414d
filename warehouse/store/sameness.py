"""Which stored answer an answer of a page is, also where only one of them tells the site's own number.

Two layouts of 지식iN (mobile, part of E2) and E3's comments print no numbers, today's layout does, and a question may
be seen in any of them, in any order. What is told without a number is known again by its text.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from warehouse.records.pages import Answer
from warehouse.types import storable

Key = tuple[str, str, str]
# Shorter beginnings (네, 감사합니다) are common to answers of different people.
_SURE_CHARACTERS: Final = 20


@dataclass(frozen=True, slots=True)
class Printed:
    """What is compared of a stored answer; `body` is None where there is none, or nobody needs it."""

    position: int
    body: str | None


@dataclass(frozen=True, slots=True)
class Same:
    """An answer of a page with its natural key, and `was`, the key of the stored row that it is (None: a new row)."""

    key: Key
    answer: Answer
    was: Key | None

    @property
    def tells_less(self) -> bool:
        """Whether the row has a number that the page does not tell: the row then keeps all that it knows."""
        return self.was is not None and _has_number(self.was) and not _has_number(self.key)


def once(answers: Iterable[Answer]) -> dict[Key, Answer]:
    """The answers of one page by natural key (kind, parent or empty, `id:number` or `at:position`), once each.

    A page may show the same comment twice (판's best comments): the one marked as chosen stands for both. What follows
    up an answer without a number has that answer's `at:position` as its parent.
    """
    best: dict[Key, Answer] = {}
    above: Answer | None = None
    for row in answers:
        above = row if row.kind == "answer" else above
        if row.kind == "follow_up" and row.parent_external_id is None and above is not None:
            row = replace(row, parent_external_id=above.external_id or f"at:{above.position}")
        key = _key_of(row)
        if key not in best or (row.is_chosen and not best[key].is_chosen):
            best[key] = row
    return best


def needs_texts(stored: Collection[Key], given: Collection[Key]) -> bool:
    """Whether anything must be told by its text: never where all that can have a number has one."""
    numbered = {key[:2] for key in stored if _has_number(key)}
    unnumbered = {key[:2] for key in stored if not _has_number(key)}
    has_lost = any(map(_is_lost, stored))
    return any(
        (_has_number(key) and key not in stored and key[:2] in unnumbered)
        or (not _has_number(key) and key[:2] in numbered)
        or (has_lost and key[0] == "follow_up" and not _is_lost(key) and key not in stored)
        for key in given
    )


def same_rows(stored: Mapping[Key, Printed], given: Mapping[Key, Answer]) -> Iterator[Same]:
    """What each answer of a page is among the stored rows of its question, no row twice.

    Keys may be written in the order given: those with a number come first and free the places that others take.

    A numbered answer is the row with its number. For the rest, within one kind and parent, in this order:

    1. One with a number and one without are the same if their texts are equal but for white space, at the same
       position or else anywhere; or if at the same position one text begins with the other (lists cut texts).
    2. An answer without a number is the row without a number at its position, whatever the text: such a row stands for
       a place. If there is none, one with its text that has moved.
    3. An answer without a number that is still unknown, while the page shows nothing else that is the numbered row of
       its position, is left out. It may be that row, edited, and would then be stored twice for ever; or somebody
       else's, and would then stand under a wrong number. The page is kept, and the next one with numbers tells.
    4. What is left is new. So a later answer is never lost where a layout without numbers is all there is.

    A follow-up has no number of its own. It goes with its answer's number as soon as that is known.
    """
    if not needs_texts(stored, given):
        yield from (Same(key, row, key if key in stored else None) for key, row in given.items())
        return
    answers = {key: row for key, row in given.items() if key[0] != "follow_up"}
    found = _paired(stored, answers)
    turns = _under_their_answers(given, found)
    found |= _paired(stored, turns)
    same = [Same(key, row, found[key]) for key, row in (answers | turns).items() if key in found]
    yield from sorted(same, key=lambda item: not _has_number(item.key))


def _under_their_answers(given: Mapping[Key, Answer], found: Mapping[Key, Key | None]) -> dict[Key, Answer]:
    """The follow-ups, under the numbers of their answers where these are stored, without those of answers left out."""
    turns: dict[Key, Answer] = {}
    for (kind, parent, item), row in given.items():
        above = ("answer", "", parent)
        if kind == "follow_up" and (above not in given or above in found):
            was = found.get(above)
            known = was[2].removeprefix("id:") if was and _has_number(was) else parent
            turns[kind, known, item] = replace(row, parent_external_id=known or None)
    return turns


class _Told(NamedTuple):
    key: Key
    position: int
    text: str


def _paired(stored: Mapping[Key, Printed], given: Mapping[Key, Answer]) -> dict[Key, Key | None]:
    """The stored key of each answer, None for new ones; what is left out is missing."""
    rows = [_Told(key, row.position, _folded(row.body)) for key, row in stored.items()]
    page = [_Told(key, row.position, _folded(row.body)) for key, row in given.items()]
    found: dict[Key, Key | None] = {}
    for is_same in (_is_known, _is_equal_here, _is_equal, _begins_here, _is_its_place, _has_moved):
        for told in page:
            if told.key not in found:
                taken = set(found.values())
                fit = (row.key for row in rows if row.key not in taken and is_same(told, row))
                if (was := next(fit, None)) is not None:
                    found[told.key] = was
    free = {(row.key[:2], row.position) for row in rows if _has_number(row.key) and row.key not in set(found.values())}
    for told in page:
        if _has_number(told.key) or (told.key[:2], told.position) not in free:
            found.setdefault(told.key, None)
    return found


def _is_known(told: _Told, row: _Told) -> bool:
    return told.key == row.key and (_has_number(row.key) or row.key[0] == "follow_up")


def _is_equal_here(told: _Told, row: _Told) -> bool:
    return told.position == row.position and told.text == row.text and _is_told_otherwise(told.key, row.key)


def _is_equal(told: _Told, row: _Told) -> bool:
    return told.text != "" and told.text == row.text and _is_told_otherwise(told.key, row.key)


def _begins_here(told: _Told, row: _Told) -> bool:
    shorter, longer = sorted((told.text.removesuffix("..."), row.text.removesuffix("...")), key=len)
    is_sure = len(shorter) >= _SURE_CHARACTERS and longer.startswith(shorter)
    return is_sure and told.position == row.position and _is_told_otherwise(told.key, row.key)


def _is_its_place(told: _Told, row: _Told) -> bool:
    return told.key == row.key


def _has_moved(told: _Told, row: _Told) -> bool:
    both_lack_it = not _has_number(told.key) and not _has_number(row.key)
    return told.text != "" and told.text == row.text and both_lack_it and told.key[:2] == row.key[:2]


def _is_told_otherwise(told: Key, row: Key) -> bool:
    """Whether one of them tells the number, its own or its answer's, and the other does not."""
    if told[0] == "follow_up":
        return row[0] == "follow_up" and _is_lost(row) and not _is_lost(told)
    return told[:2] == row[:2] and _has_number(told) != _has_number(row)


def _has_number(key: Key) -> bool:
    return key[2].startswith("id:")


def _is_lost(key: Key) -> bool:
    """Whether it follows up an answer whose number is not known."""
    return key[0] == "follow_up" and (key[1] == "" or key[1].startswith("at:"))


def _key_of(row: Answer) -> Key:
    item = f"id:{row.external_id}" if row.external_id is not None else f"at:{row.position}"
    return row.kind, row.parent_external_id or "", item


def _folded(body: str | None) -> str:
    # Layouts part lines differently; a text that a list cut ends in dots.
    return "".join(storable(body or "").replace("…", "...").split())
