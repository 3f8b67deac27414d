"""Personal data stops here: what a parser or an importer read, masked before it is stored."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from cleaning.personal.batches import mask_texts
from cleaning.personal.masks import mask_personal
from warehouse.records.dialogues import Dialogue
from warehouse.records.pages import ParsedPage


def masked(parsed: ParsedPage) -> ParsedPage:
    """Return the page's records with titles and bodies masked; links are kept as addresses to fetch."""
    question = parsed.question
    if question is not None:
        question = replace(question, title=_masked(question.title), body=_masked(question.body))
    answers = tuple(replace(answer, body=_masked(answer.body)) for answer in parsed.answers)
    return replace(parsed, question=question, answers=answers)


def masked_dialogues(dialogues: Sequence[Dialogue]) -> list[Dialogue]:
    """Return dialogues with their turns masked; one without personal data stays the same object."""
    rows = list(dialogues)
    texts = [turn.content for row in rows for turn in row.turns]
    if not all(isinstance(text, str) for text in texts):
        return rows  # the contract will refuse them
    masked = mask_texts(texts)
    found = [place for place, (before, after) in enumerate(zip(texts, masked, strict=True)) if before is not after]
    ends = list(accumulate([len(row.turns) for row in rows]))
    for number in dict.fromkeys(bisect_right(ends, place) for place in found):
        row = rows[number]
        said = masked[ends[number] - len(row.turns) : ends[number]]
        turns = tuple(replace(turn, content=text) for turn, text in zip(row.turns, said, strict=True))
        rows[number] = replace(row, turns=turns)
    return rows


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_personal(text)
