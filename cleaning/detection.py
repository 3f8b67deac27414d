"""How well a recipe finds personal data in labelled sentences, span by span.

A value is found when the recipe makes of the sentence exactly what it makes of it with the token in the value's
place: nothing of the value is left, nothing around it is gone, and the class is right. Half a mask is a miss and a
false alarm.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from cleaning.clean import clean_text
from cleaning.labelled import Sample, tokens
from cleaning.recipe import Recipe


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
    options = replace(recipe.options, paren="keep", url="token")

    def cleaned(text: str) -> str:
        return clean_text(text, recipe, options=options).text or ""

    def verdict(sample: Sample) -> Verdict:
        masked = cleaned(sample.before + sample.token + sample.after)
        raw = cleaned(sample.before + sample.value + sample.after) if sample.kind else masked
        found = bool(sample.kind) and raw == masked
        seen = Counter({token: raw.count(token) for token in _kinds_of()})
        false = seen - Counter({sample.token: 1} if found else {})
        text = sample.before + sample.value + sample.after
        return Verdict(sample, found, tuple(_kind(token, text) for token in false.elements()))

    return [verdict(sample) for sample in samples]


def tally(verdicts: Iterable[Verdict], kind: str) -> Tally:
    """The figures of one class over all samples."""
    known = list(verdicts)
    own = [verdict for verdict in known if verdict.sample.kind == kind]
    in_spec = [verdict for verdict in own if verdict.sample.is_in_spec]
    alarms = sum(verdict.alarms.count(kind) for verdict in known)
    return Tally(len(own), _found(own), len(in_spec), _found(in_spec), alarms)


def _found(verdicts: Iterable[Verdict]) -> int:
    return sum(verdict.found for verdict in verdicts)


def _kinds_of() -> Mapping[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for kind, token in tokens().items():
        kinds.setdefault(token, []).append(kind)
    return kinds


def _kind(token: str, text: str) -> str:
    """The class that a token tells; a messenger's id and a handle have one token, but only a handle has an @."""
    kinds = _kinds_of()[token]
    return kinds[0] if len(kinds) == 1 else "handle" if "@" in text else "messenger"
