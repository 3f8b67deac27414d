"""What an export came to, in figures."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.steps.building.evaluationfiles import EvaluationFile, cleared_of, compared_texts
from pipelines.steps.building.rows import Tally
from pipelines.steps.building.select import Selected
from pipelines.steps.building.stages import Stage, Stages
from warehouse.datasets.manifest import Manifest


@dataclass(frozen=True, slots=True)
class ExportReport:
    """`dialogues` = `kept` + `dropped`; `rules` counts kept rows that a rule changed, `drops` dropped rows by rule.

    `decontaminated` are the rows dropped for each evaluation set, by the name of its file, and `evaluation_texts` how
    many of its texts are compared how. `stages` tell rows and seconds of each stage, `duplicates` how well near-copies
    are found, `shared_questions` how many questions stand in more than one split, `report` is the page with pictures.
    """

    dialogues: int
    kept: int
    dropped: int
    rules: dict[str, int]
    drops: dict[str, int]
    rows: dict[str, int]
    files: int
    path: Path
    version: str
    content_id: str
    unchanged: bool
    decontaminated: dict[str, int] = field(default_factory=dict)
    evaluation_texts: dict[str, dict[str, int]] = field(default_factory=dict)
    stages: dict[str, Stage] = field(default_factory=dict)
    duplicates: dict[str, float] = field(default_factory=dict)
    shared_questions: int = 0
    report: Path | None = None


def report_of(
    manifest: Manifest, selected: Selected, tally: Tally, stages: Stages, against: Sequence[EvaluationFile]
) -> ExportReport:
    """Tell an export by its manifest and by what was counted on the way."""
    checked = selected.agreement
    return ExportReport(
        dialogues=len(selected.sides),
        kept=selected.kept,
        dropped=len(selected.sides) - selected.kept,
        rules=dict(tally.changed.most_common()),
        drops=dict(tally.drops.most_common()),
        rows={split: rows for split, rows in manifest.rows.items() if rows},
        files=len(manifest.files),
        path=manifest.path,
        version=manifest.version,
        content_id=manifest.content_id,
        unchanged=manifest.unchanged,
        decontaminated={one.file: one.rows for one in cleared_of(against, tally.drops)},
        evaluation_texts=compared_texts(against),
        stages=stages.done,
        shared_questions=tally.shared_questions,
        duplicates=asdict(checked) | {"recall": checked.recall, "precision": checked.precision},
    )
