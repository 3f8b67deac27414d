"""Personal data stops here: what a parser read, masked before it is stored."""

from dataclasses import replace

from cleaning.personal import mask_personal
from warehouse.records.pages import ParsedPage


def masked(parsed: ParsedPage) -> ParsedPage:
    """Return the page's records with titles and bodies masked; links are kept as addresses to fetch."""
    question = parsed.question
    if question is not None:
        question = replace(question, title=_masked(question.title), body=_masked(question.body))
    answers = tuple(replace(answer, body=_masked(answer.body)) for answer in parsed.answers)
    return replace(parsed, question=question, answers=answers)


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_personal(text)
