"""What a flow leaves behind to be read on the server: one Markdown table a run."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pipelines.plural import counted
from pipelines.steps.building.exported import ExportReport
from pipelines.steps.crawling.crawl import CrawlReport

if TYPE_CHECKING:  # loading it loads torch
    from pipelines.steps.training.finetune import FinetuneReport

Rows = Iterable[tuple[str, ...]]


def crawl_summary(site: str, report: CrawlReport) -> str:
    """Show what a crawl fetched, stored, set aside and left."""
    names = ("fetched", "unchanged", "known", "stored", "set_aside", "gone", "remaining", "load_id")
    rows = [(name.replace("_", " "), f"{getattr(report, name):,}") for name in names]
    end = "stopped by the site" if report.blocked else report.ended or "done"
    return f"## Crawl of {site}\n\n{_table(('pages', ''), rows)}\n\nEnd: {end}\n"


def export_summary(name: str, report: ExportReport) -> str:
    """Show a dataset version: rows per split, what each rule dropped and changed."""
    state = "unchanged" if report.unchanged else "new"
    counts = {"dialogues": report.dialogues, "kept": report.kept, "dropped": report.dropped, **report.rows}
    return (
        f"## Dataset {name} {report.version} ({state})\n\n{_counts('rows', counts)}\n\n"
        f"### Dropped by rule\n\n{_counts('rule', report.drops)}\n\n"
        f"### Kept, changed by rule\n\n{_counts('rule', report.rules)}\n\n"
        f"`{report.path}`, content `{report.content_id}`\n"
    )


def finetune_summary(report: "FinetuneReport") -> str:
    """Show a training: its metrics with their 95 % intervals, and its sample replies."""
    figures = [
        (metric.name, *("-" if value is None else f"{value:.4f}" for value in (metric.value, metric.low, metric.high)))
        for metric in report.metrics
    ]
    samples = [(sample.prompt, sample.reply, sample.nearest_question or "-") for sample in report.samples]
    cut = f" of {report.planned_steps:,}, stopped by its time limit" if report.is_cut else ""
    return (
        f"## Training {report.run_id}\n\n{counted(report.steps, 'step')}{cut}, {report.seconds:.0f} s, "
        f"{report.tokens_per_second:,.0f} tokens/s, checkpoint `{report.checkpoint}`\n\n"
        f"{_table(('metric', 'value', 'low', 'high'), figures)}\n\n"
        f"### Replies\n\n{_table(('question', 'reply', 'nearest training question'), samples)}\n"
    )


def artifact_key(*words: str) -> str:
    """Make a key as Prefect wants it: lower-case letters, digits and dashes only."""
    return re.sub("[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")


def _counts(head: str, counts: Mapping[str, int]) -> str:
    rows = [(name, f"{count:,}") for name, count in counts.items()]
    return _table((head, "count"), rows) if rows else "none"


def _table(head: tuple[str, ...], rows: Rows) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
