"""The report of one build: a page beside the version's folder, made from the version itself.

It stands beside the folder and not in it, so that the same warehouse state gives the same folder, byte by byte.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.reports.demo import cleaning_sections, split_section
from pipelines.reports.page import Page, write_page
from pipelines.steps.building.exported import ExportReport
from pipelines.steps.building.rows import message_lengths
from pipelines.steps.building.select import representative_of
from warehouse.datasets.manifest import Manifest, read_manifest
from warehouse.disk import unwritable

NO_DATE: Final = "no date"


@dataclass(slots=True)
class _Seen:
    """What a pass over the files finds: kept rows by source and month, and the sizes of clusters."""

    by_month: dict[str, Counter[str]] = field(default_factory=dict)
    copies: Counter[str] = field(default_factory=Counter)


def report_path(version: Path) -> Path:
    """Where the report of a version stands."""
    return version.parent / f"{version.name}.html"


def with_report(export: ExportReport) -> ExportReport:
    """The same, with the path of its report, which is written where there is none yet.

    Raises:
        Unready: no disk space or no leave to write it.
    """
    path = report_path(export.path)
    if not path.is_file():
        try:
            write_page(path, _page(export, read_manifest(export.path)))
        except OSError as error:
            raise unwritable(error, "the report", path) from error
    return replace(export, report=path)


def _page(export: ExportReport, manifest: Manifest) -> Page:
    # matplotlib takes about two seconds to load.
    from pipelines.reports import build_sections
    from pipelines.reports import sections as report_sections

    seen = _seen(export.path)
    user_chars, assistant_chars = message_lengths(export.path)
    return Page(
        title=f"{manifest.name} {manifest.version}",
        created_at=datetime.now(UTC),
        counts={"dialogues": export.dialogues, "kept": export.kept, "dropped": export.dropped, **manifest.rows},
        headline="",
        sections=(
            build_sections.stage_section(export.dialogues, export.drops),
            *cleaning_sections(export.rules, export.drops),
            report_sections.length_section({"user": user_chars, "assistant": assistant_chars}),
            build_sections.duplicate_section(seen.copies, export.duplicates),
            build_sections.month_section(seen.by_month),
            split_section(manifest.rows, export.shared_questions),
        ),
        provenance={
            "dataset": f"{manifest.name} {manifest.version}",
            "content": manifest.content_id,
            "parent": manifest.parent or "none",
            "recipe": f"{manifest.recipe_name} {manifest.recipe_version}",
            "code": manifest.code_version,
            "source_loads": ", ".join(map(str, manifest.source_loads)),
            "newest_load": manifest.newest_load_at.isoformat(),
        },
    )


def _seen(version: Path) -> _Seen:
    seen = _Seen()
    for batch in _batches(version, "data", ["source", "asked_at"]):
        months = pc.fill_null(pc.strftime(batch["asked_at"], "%Y-%m"), NO_DATE)
        for source, month in zip(batch["source"].to_pylist(), months.to_pylist(), strict=True):
            seen.by_month.setdefault(source, Counter())[month] += 1
    for batch in _batches(version, "dropped", ["rule", "reason"]):
        copies = batch["reason"].filter(pc.equal(batch["rule"], "near_duplicate")).to_pylist()
        seen.copies.update(first for reason in copies if (first := representative_of(reason)))
    return seen


def _batches(version: Path, kind: str, columns: list[str]) -> Iterator[Any]:
    for file in sorted((version / kind).glob("*.parquet")):
        yield from pq.ParquetFile(file).iter_batches(columns=columns)
