"""What `export` prints for a person: the dataset, then each stage with its speed."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from cleaning.meanings import MARKS
from pipelines.output import print_result, print_table

if TYPE_CHECKING:  # loading it loads the cleaning room
    from pipelines.steps.building.exported import ExportReport

_APART: Final = ("stages", "duplicates", "rules", "drops", "decontaminated", "evaluation_texts")


def show_export(report: "ExportReport") -> None:
    """Print the counts, how well near-copies are found, rows by rule, evaluation sets, and rows/s stage by stage."""
    fields = {name: value for name, value in asdict(report).items() if name not in _APART}
    found = report.duplicates
    if found:
        shares = f"recall {found['recall']:.4f}, precision {found['precision']:.4f} of {found['true']:,} pairs"
        fields["near-copies"] = f"on {found['rows']:,} rows: {shares if found['true'] else 'no pair to be found'}"
    if taken_over := sum(stage.taken_over for stage in report.stages.values()):
        fields["taken over"] = f"{taken_over:,} rows that a run ended before its time had cleaned"
    print_result(fields, as_json=False)
    _show_rules(report)
    print_table(
        "",
        ("stage", "rows", "seconds", "rows/s", "from an earlier run"),
        [
            (name, stage.rows, round(stage.seconds, 2), round(stage.rows_per_second), stage.taken_over)
            for name, stage in report.stages.items()
        ],
    )


def _show_rules(report: "ExportReport") -> None:
    rules = [("marked" if rule in MARKS else "changed", rule, rows) for rule, rows in report.rules.items()]
    rules += [("dropped", rule, rows) for rule, rows in report.drops.items()]
    if rules:
        print_table("", ("rows were", "by rule", "rows"), rules)
    sets = [
        (file, report.decontaminated.get(file, 0), *(texts[how] for how in ("nearly", "equal", "without_hangul")))
        for file, texts in report.evaluation_texts.items()
    ]
    if sets:
        columns = ("evaluation set", "rows dropped", "texts compared", "short, if equal", "cells, no Hangul")
        print_table("", columns, sets)
