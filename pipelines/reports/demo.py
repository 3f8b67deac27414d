"""One HTML file that tells what a run did: it needs no network and no other file."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cleaning.meanings import MEANINGS
from pipelines.measures import Figure, side_of
from pipelines.reports.page import Page, write_page
from pipelines.verdict import standings

if TYPE_CHECKING:
    from pipelines.reports.sections import Section

_SIDES: Final = {
    "train": "the model learns from these",
    "validation": "these choose among the weights of one training",
    "test": "these took no part in any choice",
}


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report is made of; any part may be empty.

    `counts` names what came through (fetched, stored, set aside, dialogues, kept, dropped …) in the order shown.
    `changed_by_rule` and `dropped_by_rule` count dialogues, `user_chars` and `assistant_chars` are the lengths of the
    turns of the kept ones in characters. `losses` are (optimiser step, training loss in nats per token), `samples`
    (prompt, reply, reference, nearest training question). `created_at` is an aware moment; `split` is the one that
    `metrics` are from.
    """

    title: str
    created_at: datetime
    counts: Mapping[str, int]
    changed_by_rule: Mapping[str, int]
    dropped_by_rule: Mapping[str, int]
    rows_by_split: Mapping[str, int]
    user_chars: Sequence[int]
    assistant_chars: Sequence[int]
    losses: Sequence[tuple[int, float]]
    metrics: Sequence[Figure]
    samples: Sequence[tuple[str, str, str, str]]
    provenance: Mapping[str, str]
    split: str | None = None


def write_report(path: Path, facts: ReportFacts) -> Path:
    """Write the report of `facts` to `path` and return it; a reader sees the old file or the new one, never half.

    Raises:
        OSError: the folder cannot be made or written; the former report stays.
    """
    return write_page(
        path,
        Page(
            title=facts.title,
            created_at=facts.created_at,
            counts=facts.counts,
            headline=_headline(facts.metrics),
            sections=_sections(facts),
            provenance=facts.provenance,
            samples=facts.samples,
        ),
    )


def _sections(facts: ReportFacts) -> "tuple[Section, ...]":
    # matplotlib takes about two seconds to load, and most commands draw nothing.
    from pipelines.reports import measures as report_measures
    from pipelines.reports import sections as report_sections

    return (
        *cleaning_sections(facts.changed_by_rule, facts.dropped_by_rule),
        report_sections.length_section({"user": facts.user_chars, "assistant": facts.assistant_chars}),
        split_section(facts.rows_by_split),
        report_sections.loss_section(facts.losses),
        report_measures.bits_section(facts.metrics, side_of(facts.split)),
        report_measures.metric_section(facts.metrics),
    )


def split_section(rows_by_split: Mapping[str, int], shared_questions: int | None = None) -> "Section":
    """Show how many dialogues stand on each side, and, where it was counted, how many questions on more than one."""
    from pipelines.reports import sections as report_sections

    return report_sections.count_section(
        "splits",
        "How the dialogues were split",
        rows_by_split,
        unit="dialogues kept",
        share="share of the dataset",
        reading="A bar is the number of kept dialogues on this side; linked ones stay on one side."
        + ("" if shared_questions is None else f" Questions that stand in more than one split: {shared_questions:,}."),
        empty="No dialogue was kept, so no side of the split holds any.",
        meanings=_SIDES,
    )


def cleaning_sections(changed_by_rule: Mapping[str, int], dropped_by_rule: Mapping[str, int]) -> "tuple[Section, ...]":
    """Show what the rules changed, and what was dropped and why."""
    from pipelines.reports import sections as report_sections

    changed = report_sections.count_section(
        "changed",
        "What the cleaning changed",
        changed_by_rule,
        unit="kept dialogues changed",
        reading="A bar is the number of kept dialogues that this rule changed; a dialogue may count under several.",
        empty="No rule changed a kept dialogue in this run.",
        meanings=MEANINGS,
    )
    dropped = report_sections.count_section(
        "dropped",
        "What was dropped, and why",
        dropped_by_rule,
        unit="dialogues dropped",
        share="share of the dropped",
        reading="A bar is the number of dialogues that this rule dropped; each counts once, under the rule that "
        "decided. They stand in the dataset's folder `dropped` with their reasons.",
        empty="No dialogue was dropped in this run.",
        meanings=MEANINGS,
    )
    return changed, dropped


def _headline(metrics: Sequence[Figure]) -> str:
    """Say in one sentence where the model stands beside the baselines; empty where it was not measured."""
    bits = {metric.name: metric for metric in metrics if math.isfinite(metric.value)}
    if "bits_per_char" not in bits:
        return ""
    model = bits["bits_per_char"]
    sentence = f"The model needs {model.value:.3f} bits per character of a held-out answer"
    if model.low is not None and model.high is not None and math.isfinite(model.low) and math.isfinite(model.high):
        sentence += f" (95 % interval {model.low:.3f} to {model.high:.3f})"
    told = standings(list(bits.values()))
    return ", ".join([sentence, " and ".join(told)] if told else [sentence]) + "."
