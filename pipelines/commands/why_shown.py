"""What a person reads of a dialogue's fate: the rules' steps as a table, all else in sentences."""

from collections.abc import Iterator
from typing import Final

from cleaning.duplicates.search import THRESHOLD
from pipelines.output import escaped, print_table
from pipelines.steps.explaining import Fate, Fault

_AROUND: Final = 12  # characters shown on each side of what a rule changed
_BLANKS: Final = {" ": "␣", "\n": "⏎", "\t": "⇥"}


def show_fate(fate: Fate) -> None:
    """Print the dialogue's head, each step of each turn, what is left, then why it is dropped or where it stands."""
    dialogue = fate.dialogue
    print(f"dialogue {dialogue.dialogue_id}, {len(dialogue.turns)} turns, from {dialogue.url or dialogue.source}")
    rows = [(turn.number, turn.role, rule, *excerpts(*texts)) for turn in fate.turns for rule, *texts in turn.changes]
    if rows:
        print_table(
            f"recipe {fate.recipe.name} {fate.recipe.version}", ("turn", "role", "rule", "before", "after"), rows
        )
    print("\n".join((*result_lines(fate), *sentences(fate))))


def result_lines(fate: Fate) -> Iterator[str]:
    """Give the finished turns in full, or say that there are none."""
    if not fate.result:
        yield "Nothing of it is fed to a model: the row is dropped."
        return
    yield "What a model is fed:"
    for turn in fate.result:
        yield f"  {turn.role}: {escaped(turn.content)}"


def sentences(fate: Fate) -> Iterator[str]:
    """Say what no table tells: untouched and dropped turns, the drop, the side, near-copies, missing folders."""
    named = f"recipe {fate.recipe.name} {fate.recipe.version}"
    if not any(turn.changes for turn in fate.turns):
        yield f"No rule of {named} changes any of its turns."
    for turn in fate.turns:
        if turn.drop and not (fate.dropped and fate.dropped.by == "text rule"):
            yield f"Turn {turn.number} ({turn.role}) is dropped by {turn.drop[0]}: {turn.drop[1]}."
    if fate.marks:
        yield f"Marked, not dropped, by {', '.join(fate.marks)}."
    if fate.dropped:
        yield _dropped(fate.dropped, named)
    yield from _kept(fate)
    if fate.copies:
        yield f"Dropped as near-copies of it: {', '.join(fate.copies)}."
    for place in fate.places:
        if not place.is_there:
            yield f"{place.dataset} {place.version} is on record, but its folder {place.path} is gone."


def excerpts(before: str, after: str) -> tuple[str, str]:
    r"""Cut two texts to where they differ, with a few characters around.

    >>> excerpts("오늘은 정말 정말 맑아요!!!! 내일은 흐려요", "오늘은 정말 정말 맑아요! 내일은 흐려요")
    ('…은 정말 정말 맑아요!!!! 내일은 흐려요', '…은 정말 정말 맑아요! 내일은 흐려요')

    Where they differ in blanks alone, these are shown: ␣ a blank, ⏎ the end of a line, ⇥ a tab, others by number.

    >>> excerpts("오늘은  맑아요\n내일도\u3000그래", "오늘은 맑아요 내일도 그래")
    ('오늘은␣␣맑아요⏎내일도<U+3000>그래', '오늘은␣맑아요␣내일도␣그래')
    """
    shared = _shared(before, after)
    tail = min(_shared(before[::-1], after[::-1]), min(len(before), len(after)) - shared)
    start = max(shared - _AROUND, 0)
    cut = _cut(before, start, tail), _cut(after, start, tail)
    if "".join(before.split()) != "".join(after.split()):
        return cut
    return _with_blanks(cut[0]), _with_blanks(cut[1])


def _with_blanks(text: str) -> str:
    """Make blanks seen, for they are all that was changed."""
    return "".join(_BLANKS.get(letter, f"<U+{ord(letter):04X}>") if letter.isspace() else letter for letter in text)


def _shared(one: str, other: str) -> int:
    return next(
        (place for place, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1),
        min(len(one), len(other)),
    )


def _cut(text: str, start: int, tail: int) -> str:
    end = len(text) - max(tail - _AROUND, 0)
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"


def _dropped(fault: Fault, named: str) -> str:
    where = f"from {fault.dataset} {fault.version}" if fault.dataset else f"under {named}"
    if fault.representative is None:
        return f"Dropped {where} by the {fault.by} {fault.rule}: {fault.reason}."
    if fault.jaccard is None:
        return f"Dropped {where} by {fault.rule}: a near-copy of {fault.representative}, which stays."
    through = "" if fault.jaccard >= THRESHOLD else ", so it is one through other dialogues like both"
    return (
        f"Dropped {where} by {fault.rule}: a near-copy of {fault.representative}, which stays (trigram Jaccard "
        f"{fault.jaccard:.3f}; from {THRESHOLD} on two dialogues are near-copies{through})."
    )


def _kept(fate: Fate) -> Iterator[str]:
    kept = [place for place in fate.places if place.split]
    if kept:
        newest, *older = [f"{place.split} of {place.dataset} {place.version}" for place in kept]
        yield f"It stands in {newest}{''.join(f', and in {place}' for place in older)}."
    elif not any(place.rule for place in fate.places) and not fate.dropped:
        yield (
            "Kept by the text rules and quality filters; it stands in no dataset version yet: near-copies and its "
            "split are decided by mundap export NAME."
        )
