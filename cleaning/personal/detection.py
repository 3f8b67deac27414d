"""How well a recipe finds personal data in labelled sentences, span by span.

A value is found when the recipe makes of the sentence exactly what it makes of it with the token in the value's
place: nothing of the value is left, nothing around it is gone, and the class is right. Half a mask is a miss and a
false alarm.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from cleaning.clean import clean_text
from cleaning.personal.labelled import Sample, tokens
from cleaning.recipe import Recipe

NAMES: Final = "real_names"
_STAND_IN: Final = "한결"  # among no sample's names


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sample's outcome: its value `found` or not; `alarms` are the classes told where there is none of them."""

    sample: Sample
    found: bool
    alarms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """Spans of a class and those found, in all and in ways of writing that the spec knows; its false alarms."""

    spans: int
    found: int
    spans_in_spec: int
    found_in_spec: int
    alarms: int


def judge(samples: Iterable[Sample], recipe: Recipe) -> list[Verdict]:
    """Take every sample through the recipe, which is told to keep brackets and to put tokens for links."""
    kinds: dict[str, list[str]] = {}
    for kind, token in tokens().items():
        kinds.setdefault(token, []).append(kind)

    def told(token: str, text: str) -> str:
        # A messenger's id and a handle have one token, but only a handle has an @.
        return kinds[token][0] if len(kinds[token]) == 1 else "handle" if "@" in text else "messenger"

    return [_verdict(sample, recipe, list(kinds), told) for sample in samples]


def judge_names(samples: Iterable[Sample], recipe: Recipe) -> list[Verdict]:
    """The same for the opt-in rule `real_names`, put behind `names`: one name stands for every person."""
    place = recipe.steps.index("names") + 1
    steps = recipe.steps if NAMES in recipe.steps else (*recipe.steps[:place], NAMES, *recipe.steps[place:])
    named = replace(recipe, steps=steps, options=replace(recipe.options, name_pool=(_STAND_IN,)))
    return [_verdict(sample, named, [_STAND_IN], lambda *_: "name") for sample in samples]


def _verdict(sample: Sample, recipe: Recipe, shown: Sequence[str], told: Callable[[str, str], str]) -> Verdict:
    # A row that is dropped in the end would be equal however little of it was masked.
    recipe = replace(recipe, last=())
    options = replace(recipe.options, paren="keep", url="token")
    text = sample.before + sample.value + sample.after
    raw = clean_text(text, recipe, options=options).text or ""
    masked = clean_text(sample.before + sample.token + sample.after, recipe, options=options).text or ""
    found = bool(sample.kind) and raw == masked
    seen = Counter({token: raw.count(token) for token in shown})
    right = Counter({sample.token if sample.token in shown else shown[0]: 1} if found else {})
    return Verdict(sample, found, tuple(told(token, text) for token in (seen - right).elements()))


def tally(verdicts: Iterable[Verdict], kind: str) -> Tally:
    """The figures of one class over all samples."""
    known = list(verdicts)
    own = [verdict for verdict in known if verdict.sample.kind == kind]
    in_spec = [verdict for verdict in own if verdict.sample.is_in_spec]
    alarms = sum(verdict.alarms.count(kind) for verdict in known)
    return Tally(len(own), _found(own), len(in_spec), _found(in_spec), alarms)


def _found(verdicts: Iterable[Verdict]) -> int:
    return sum(verdict.found for verdict in verdicts)
