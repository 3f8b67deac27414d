"""What one page shows of each field: there or not, and how long. Bands are learnt from it, crawls are judged by it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median_low
from typing import Final

from warehouse.records.pages import Answer, ParsedPage, Question

_QUESTION: Final = ("title", "body", "topic", "asked_at", "views", "votes_up", "votes_down", "answers_total")
_ANSWER: Final = ("body", "author_grade", "answered_at", "votes_up", "votes_down")
_TEXTS: Final = {"title", "body"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of one page, such as question.body: whether it is there, and its length in code points if text.

    `is_silent` tells of a missing text that the page shows none which could be it: a question that is all title.
    """

    name: str
    is_there: bool
    length: int | None = None
    is_silent: bool = False


def facts_of(asked: Question | None, answers: Iterable[Answer]) -> list[Fact]:
    """The facts of one page: its question's fields, and one of each field of its answers, comments and follow-ups.

    The answers of a page make one fact together, told by most of them, since they are no independent witnesses.
    Whether answers are shown is a fact only where the page claims any.
    """
    by_kind: dict[str, list[Answer]] = {}
    for row in answers:
        by_kind.setdefault(row.kind, []).append(row)
    facts = [_fact(rows, kind, name) for kind, rows in by_kind.items() for name in _ANSWER]
    if asked is not None:
        facts += [_fact([asked], "question", name) for name in _QUESTION]
        if asked.answers_total:
            facts.append(Fact("question.answers", bool(by_kind)))
    return facts


def facts_in(link_kind: str, parsed: ParsedPage) -> list[Fact]:
    """All facts of the page behind a link of this kind."""
    facts = [layout_fact(link_kind, parsed.kind)]
    if parsed.kind != "question":
        return facts
    shown = facts_of(parsed.question, parsed.answers)
    return facts + (shown if parsed.has_unread_text else [_silent(fact) for fact in shown])


def layout_fact(link_kind: str, page_kind: str) -> Fact:
    """Whether the page behind a link was of a layout that somebody knows."""
    return Fact(f"{link_kind}.layout", page_kind != "unknown")


def _silent(fact: Fact) -> Fact:
    return replace(fact, is_silent=True) if fact.name == "question.body" and not fact.is_there else fact


def _fact(rows: Sequence[Question | Answer], kind: str, name: str) -> Fact:
    values = [value for row in rows if (value := getattr(row, name)) is not None]
    is_there = 2 * len(values) >= len(rows)
    return Fact(f"{kind}.{name}", is_there, median_low(map(len, values)) if is_there and name in _TEXTS else None)
