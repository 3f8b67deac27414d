"""A report's page: one HTML file with its pictures inside, written whole or not at all."""

import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.reports.sections import Section


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on a page; `samples` is None for a page that has no place for them.

    `counts` stand at the top in the order given, `samples` are (prompt, reply, reference, nearest training question).
    `created_at` is an aware moment.
    """

    title: str
    created_at: datetime
    counts: Mapping[str, int]
    headline: str
    sections: "Sequence[Section]"
    provenance: Mapping[str, str]
    samples: Sequence[tuple[str, str, str, str]] | None = None


def write_page(path: Path, page: Page) -> Path:
    """Write a page to `path` and return it; a reader sees the old file or the new one, never half.

    Raises:
        OSError: the folder cannot be made or written; the former page stays.
    """
    text = _render(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Half a surrogate pair, which a crawled text can hold, has no UTF-8 form: a "?" in one sample is no loss.
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", errors="replace", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as out:
        temporary = Path(out.name)
        try:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
            # A temporary file is for its owner only; a report is made to be passed on.
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    return path


def _render(page: Page) -> str:
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
        page=page,
        created=page.created_at.astimezone(UTC),
        counts=[(name.replace("_", " "), f"{count:,}") for name, count in page.counts.items()],
        headline=page.headline,
        sections=page.sections,
    )
