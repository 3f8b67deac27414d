"""What `export` prints for a person: the dataset, then each stage with its speed."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from pipelines.output import print_result, print_table

if TYPE_CHECKING:  # loading it loads the cleaning room
    from pipelines.steps.building.prepare import ExportReport

_APART: Final = ("stages", "duplicates")


def show_export(report: "ExportReport") -> None:
    """Print the counts, how well near-copies are found, and rows per second stage by stage."""
    fields = {name: value for name, value in asdict(report).items() if name not in _APART}
    found = report.duplicates
    if found:
        fields["near-copies"] = (
            f"on {found['rows']:,} rows: recall {found['recall']:.4f}, precision {found['precision']:.4f} "
            f"of {found['true']:,} pairs"
        )
    print_result(fields, as_json=False)
    print_table(
        "",
        ("stage", "rows", "seconds", "rows/s", "from an earlier run"),
        [
            (name, stage.rows, round(stage.seconds, 2), round(stage.rows_per_second), stage.taken_over)
            for name, stage in report.stages.items()
        ],
    )
