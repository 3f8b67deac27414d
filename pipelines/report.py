"""One HTML file that tells what a run did: it needs no network and no other file."""

import logging
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.report_sections import Section


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report is made of; any part may be empty.

    `counts` names what came through (fetched, stored, dialogues, kept, dropped …) in the order shown.
    `changed_by_rule` and `dropped_by_rule` count rows, `question_chars` and `answer_chars` are the lengths of
    the kept rows in characters. `losses` are (optimiser step, training loss in nats per token), `metrics`
    (name, value, low, high) with a 95 % interval (NaN where there is none), `samples` (prompt, reply,
    reference, nearest training question). `created_at` is an aware moment.
    """

    title: str
    created_at: datetime
    counts: Mapping[str, int]
    changed_by_rule: Mapping[str, int]
    dropped_by_rule: Mapping[str, int]
    rows_by_split: Mapping[str, int]
    question_chars: Sequence[int]
    answer_chars: Sequence[int]
    losses: Sequence[tuple[int, float]]
    metrics: Sequence[tuple[str, float, float, float]]
    samples: Sequence[tuple[str, str, str, str]]
    provenance: Mapping[str, str]


def write_report(path: Path, facts: ReportFacts) -> Path:
    """Write the report of `facts` to `path` and return it; a reader sees the old file or the new one, never half.

    Raises:
        OSError: the folder cannot be made or written; the former report stays.
    """
    page = _render(facts)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Half a surrogate pair, which a crawled text can hold, has no UTF-8 form: a "?" in one sample is no loss.
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", errors="replace", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as out:
        temporary = Path(out.name)
        try:
            out.write(page)
            out.flush()
            os.fsync(out.fileno())
            # A temporary file is for its owner only; a report is made to be passed on.
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return path


def _render(facts: ReportFacts) -> str:
    # Its first start tells on stderr that it builds a font cache, which no reader of a command needs to know.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(
        loader=PackageLoader("pipelines"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return pages.get_template("report.html.j2").render(
        facts=facts,
        created=facts.created_at.astimezone(UTC),
        counts=[(name.replace("_", " "), f"{count:,}") for name, count in facts.counts.items()],
        headline=_headline(facts.metrics),
        sections=_sections(facts),
    )


def _sections(facts: ReportFacts) -> "tuple[Section, ...]":
    # matplotlib takes about two seconds to load, and most commands draw nothing.
    from pipelines import report_sections as make

    return (
        make.count_section(
            "changed",
            "What the cleaning changed",
            facts.changed_by_rule,
            unit="rows changed",
            reading="A bar is the number of rows that this rule changed; a row may count under several rules.",
            empty="No rule changed a row in this run.",
        ),
        make.count_section(
            "dropped",
            "What was set aside, and why",
            facts.dropped_by_rule,
            unit="rows dropped",
            share="share of the dropped",
            reading="A bar is the number of rows that this rule set aside; each dropped row counts once, "
            "under the rule that decided.",
            empty="No row was dropped in this run.",
        ),
        make.length_section({"question": facts.question_chars, "answer": facts.answer_chars}),
        make.count_section(
            "splits",
            "How the rows were split",
            facts.rows_by_split,
            unit="rows",
            share="share of the dataset",
            reading="A bar is the number of rows on this side; rows that are linked to one another stay on one side.",
            empty="The dataset has no rows, so no side of the split holds any.",
        ),
        make.loss_section(facts.losses),
        make.bits_section(facts.metrics),
        make.metric_section(facts.metrics),
    )


def _headline(metrics: Sequence[tuple[str, float, float, float]]) -> str:
    """Say in one sentence where the model stands beside the baselines; empty where it was not measured."""
    bits = {name: (value, low, high) for name, value, low, high in metrics if math.isfinite(value)}
    if "bits_per_char" not in bits:
        return ""
    value, low, high = bits["bits_per_char"]
    sentence = f"The model needs {value:.3f} bits per character of a held-out answer"
    if math.isfinite(low) and math.isfinite(high):
        sentence += f" (95 % interval {low:.3f} to {high:.3f})"
    standings = [
        f"{'fewer' if value < bits[name][0] else 'no fewer'} than a {name.removesuffix('_bits_per_char')} model's "
        f"{bits[name][0]:.3f}"
        for name in ("unigram_bits_per_char", "bigram_bits_per_char")
        if name in bits
    ]
    return ", ".join([sentence, " and ".join(standings)] if standings else [sentence]) + "."
