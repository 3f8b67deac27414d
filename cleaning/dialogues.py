"""Whole dialogues through a recipe: what is left after dropped turns is one unbroken piece."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise

from cleaning.clean import Cleaned, clean_text, explain
from cleaning.columns import clean_texts
from cleaning.options import Options
from cleaning.recipe import Recipe
from warehouse.records.dialogues import Dialogue, Dropped, Turn

_UNTOUCHED = Cleaned("", (), None)


@dataclass(frozen=True, slots=True)
class CleanDialogue:
    """A dialogue with cleaned turns, user first and assistant last; `rules` changed one of them, or marked it."""

    dialogue: Dialogue
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExplainedTurn:
    """What the rules do to one turn: `changes` are (rule, before, after) in order, `drop` is (rule, reason).

    `number` counts turns from 1, consecutive ones of one role as one. `is_kept` tells that the turn is in the piece
    that is kept, so that its rules are the dialogue's.
    """

    number: int
    role: str
    changes: tuple[tuple[str, str, str], ...]
    drop: tuple[str, str] | None
    is_kept: bool


def explain_dialogue(dialogue: Dialogue, recipe: Recipe) -> tuple[ExplainedTurn, ...]:
    """Each turn on its way through the recipe, as `clean_dialogues` takes it; turns cut off at the ends are not in."""
    options = _options(dialogue, recipe)
    joined = _joined(dialogue.turns)
    start = next((place for place, turn in enumerate(joined) if turn.role == "user"), len(joined))
    results = _results(joined, recipe, options)
    kept = {id(result) for result in _longest(results)}
    return tuple(
        ExplainedTurn(
            number,
            result[0].role,
            explain(result[0].content, recipe, options=options),
            result[1].drop,
            id(result) in kept,
        )
        for number, result in enumerate(results, start + 1)
    )


def clean_dialogues(dialogues: Sequence[Dialogue], recipe: Recipe) -> tuple[list[CleanDialogue], list[Dropped]]:
    """Clean each turn; a dropped turn splits its dialogue there and the longest valid piece is kept.

    Each turn is cleaned with the boilerplate lists of its dialogue's site, and one name stands for a
    placeholder throughout a dialogue. Order is kept.
    """
    kept: list[CleanDialogue] = []
    dropped: list[Dropped] = []
    turns = [_trim(_joined(dialogue.turns)) for dialogue in dialogues]
    for dialogue, said, results in zip(dialogues, turns, _cleaned_turns(dialogues, turns, recipe), strict=True):
        result = _longest_piece(dialogue, said, results)
        if isinstance(result, Dropped):
            dropped.append(result)
        else:
            kept.append(result)
    return kept, dropped


def _cleaned_turns(
    dialogues: Sequence[Dialogue], turns: Sequence[Sequence[Turn]], recipe: Recipe
) -> Iterator[list[Cleaned]]:
    """What becomes of the turns of each dialogue, worked out for all of them at once, those of one site together."""
    found: list[Cleaned] = [_UNTOUCHED] * sum(map(len, turns))
    starts = [0, *accumulate(map(len, turns))]
    by_site: dict[str | None, list[int]] = {}
    for place, dialogue in enumerate(dialogues):
        by_site.setdefault(dialogue.site, []).append(place)
    for places in by_site.values():
        options = _options(dialogues[places[0]], recipe)
        texts = [turn.content for place in places for turn in turns[place]]
        docs = [dialogues[place].dialogue_id for place in places for _ in turns[place]]
        rows = (row for place in places for row in range(starts[place], starts[place + 1]))
        for row, cleaned in zip(rows, clean_texts(texts, docs, recipe, options), strict=True):
            found[row] = cleaned
    for start, end in pairwise(starts):
        yield found[start:end]


def _longest_piece(dialogue: Dialogue, turns: Sequence[Turn], cleaned: Sequence[Cleaned]) -> CleanDialogue | Dropped:
    best = _longest(list(zip(turns, cleaned, strict=True)))
    if not best:
        return _drop(dialogue, cleaned)
    rules = tuple(dict.fromkeys(rule for _, result in best for rule in result.rules))
    if not rules and len(best) == len(dialogue.turns):
        return CleanDialogue(dialogue, ())  # most are clean as they come
    said = tuple(Turn(turn.role, result.text or "", turn.author_key) for turn, result in best)
    return CleanDialogue(replace(dialogue, turns=said), rules)


def _results(joined: Sequence[Turn], recipe: Recipe, options: Options) -> list[tuple[Turn, Cleaned]]:
    return [(turn, clean_text(turn.content, recipe, options=options)) for turn in _trim(joined)]


def _longest(results: Sequence[tuple[Turn, Cleaned]]) -> list[tuple[Turn, Cleaned]]:
    return max(_pieces(results), key=len, default=[])


def _options(dialogue: Dialogue, recipe: Recipe) -> Options:
    return replace(recipe.options, site=dialogue.site or recipe.options.site, doc=dialogue.dialogue_id)


def _joined(turns: Sequence[Turn]) -> list[Turn]:
    """Consecutive turns of one role as one turn, under the first one's author."""
    if all(one.role != other.role for one, other in pairwise(turns)):
        return list(turns)
    joined: list[Turn] = []
    for _, group in groupby(turns, key=lambda turn: turn.role):
        same = list(group)
        joined.append(replace(same[0], content=" ".join(turn.content for turn in same)))
    return joined


def _trim(turns: Sequence[Turn]) -> list[Turn]:
    start, end = 0, len(turns)
    while start < end and turns[start].role != "user":
        start += 1
    while end > start and turns[end - 1].role != "assistant":
        end -= 1
    return list(turns[start:end])


def _pieces(results: Sequence[tuple[Turn, Cleaned]]) -> Iterator[list[tuple[Turn, Cleaned]]]:
    """The unbroken runs of kept turns, each from a user turn to an assistant turn."""
    if results and all(cleaned.text for _, cleaned in results):  # they are trimmed already
        yield list(results)
        return
    for kept, group in groupby(results, key=lambda pair: bool(pair[1].text)):
        piece = list(group)
        if kept:
            length = len(_trim([turn for turn, _ in piece]))
            start = next((place for place, (turn, _) in enumerate(piece) if turn.role == "user"), 0)
            yield piece[start : start + length]


def _drop(dialogue: Dialogue, results: Sequence[Cleaned]) -> Dropped:
    rule, reason = "no_answer", "no user turn is followed by an answer"
    for place, result in enumerate(results, 1):
        if not result.text:
            rule, reason = result.drop or ("empty", "nothing is left of the text")
            reason = f"turn {place} of {len(results)}: {reason}"
            break
    return Dropped(dialogue.dialogue_id, rule, reason, "\n".join(turn.content for turn in dialogue.turns))
