"""The personal-data rules of a recipe measured on the labelled sets: precision and recall by class, with intervals."""

from collections import Counter
from dataclasses import dataclass

from scipy.stats import binomtest

from cleaning.personal.detection import Verdict, judge, judge_names, tally
from cleaning.personal.labelled import CLASSES, LabelledSet, labelled, labelled_names
from cleaning.recipe import load_recipe


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its 95 % interval by Wilson."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """`recall` counts every way of writing, `recall_in_spec` those that the cleaning spec knows.

    `recall_plain` counts the usual ones. The first is only known of the first set, the second only of the unseen one.
    """

    name: str
    spans: int
    found: int
    alarms: int
    precision: Rate
    recall: Rate
    recall_in_spec: Rate | None
    recall_plain: Rate | None


@dataclass(frozen=True, slots=True)
class Measured:
    """All classes of a set, and with the first, apart from them, `names`, by the opt-in rule.

    `missed` are ways of writing as (class, way, missed, of), `false` false alarms as (class, sentence).
    """

    set: LabelledSet
    recipe: str
    sentences: int
    without: int
    classes: tuple[ClassFigures, ...]
    missed: tuple[tuple[str, str, int, int], ...]
    false: tuple[tuple[str, str], ...]
    names: ClassFigures | None

    def below(self, least: float) -> list[str]:
        """The classes whose precision or recall falls short."""
        return [one.name for one in self.classes if min(one.precision.value, one.recall.value) < least]


def measure_personal(recipe_name: str, which: LabelledSet = LabelledSet.first) -> Measured:
    """Take a labelled set through a recipe.

    Raises:
        Misuse: an unknown recipe.
    """
    recipe = load_recipe(recipe_name)
    verdicts = judge(labelled(which=which), recipe)
    names = judge_names(labelled_names(), load_recipe("dialogue")) if which is LabelledSet.first else []
    return Measured(
        set=which,
        recipe=f"{recipe.name} {recipe.version}",
        sentences=len(verdicts),
        without=sum(verdict.sample.kind is None for verdict in verdicts),
        classes=tuple(_figures(kind, verdicts, which) for kind in CLASSES),
        names=_figures("name", names, which) if names else None,
        missed=_missed([*verdicts, *names]),
        false=tuple(
            (kind, found.sample.before + found.sample.value + found.sample.after)
            for found in (*verdicts, *names)
            for kind in found.alarms
        ),
    )


def _figures(kind: str, verdicts: list[Verdict], which: LabelledSet) -> ClassFigures:
    told = tally(verdicts, kind)
    plain = [verdict.found for verdict in verdicts if verdict.sample.kind == kind and verdict.sample.is_plain]
    is_first = which is LabelledSet.first
    return ClassFigures(
        name=kind,
        spans=told.spans,
        found=told.found,
        alarms=told.alarms,
        precision=_rate(told.found, told.found + told.alarms),
        recall=_rate(told.found, told.spans),
        recall_in_spec=_rate(told.found_in_spec, told.spans_in_spec) if is_first else None,
        recall_plain=None if is_first else _rate(sum(plain), len(plain)),
    )


def _rate(part: int, whole: int) -> Rate:
    if not whole:
        return Rate(0.0, 0.0, 1.0)
    interval = binomtest(part, whole).proportion_ci(method="wilson")
    return Rate(part / whole, float(interval.low), float(interval.high))


def _missed(verdicts: list[Verdict]) -> tuple[tuple[str, str, int, int], ...]:
    styles = Counter((found.sample.kind, found.sample.style) for found in verdicts)
    missed = Counter((found.sample.kind, found.sample.style) for found in verdicts if not found.found)
    return tuple((kind, style, count, styles[kind, style]) for (kind, style), count in missed.items() if kind)
