"""What a dataset version is made of: its `manifest.json`, written last and read first."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.errors import Misuse

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file of a version: its rows, size in bytes and SHA-256."""

    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Decontaminated:
    """An evaluation set that a version was held against: its file, that file's SHA-256, rows dropped for it."""

    file: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """A dataset version. `rows` is by split, `files` by path relative to `path`.

    `unchanged` tells that the same content was there already and nothing was written; it is not kept in the file.
    """

    name: str
    version: str
    content_id: str
    path: Path
    rows: Mapping[str, int]
    dropped: int
    files: Mapping[str, FileFact]
    recipe_name: str
    recipe_version: str
    recipe_text: str
    code_version: str
    source_loads: tuple[int, ...]
    newest_load_at: datetime
    parent: str | None = None
    takedowns: tuple[str, ...] = ()
    decontaminated: tuple[Decontaminated, ...] = ()
    schema: Mapping[str, str] = field(default_factory=dict)
    unchanged: bool = False


def to_json(manifest: Manifest) -> str:
    """The manifest as the text of its file."""
    facts: dict[str, Any] = {
        "name": manifest.name,
        "version": manifest.version,
        "content_id": manifest.content_id,
        "parent": manifest.parent,
        "rows": dict(manifest.rows),
        "dropped": manifest.dropped,
        "schema": dict(manifest.schema),
        "recipe": {
            "name": manifest.recipe_name,
            "version": manifest.recipe_version,
            "text": manifest.recipe_text,
        },
        "code_version": manifest.code_version,
        "source_loads": list(manifest.source_loads),
        "newest_load_at": manifest.newest_load_at.astimezone(UTC).isoformat(),
        "takedowns": list(manifest.takedowns),
        "decontaminated": [asdict(found) for found in manifest.decontaminated],
        "files": {
            name: {"rows": fact.rows, "bytes": fact.bytes, "sha256": fact.sha256}
            for name, fact in sorted(manifest.files.items())
        },
    }
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a version's folder.

    Raises:
        Misuse: no manifest there, or none that Mundap wrote.
    """
    file = folder / MANIFEST
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
        return _manifest(facts, folder)
    except OSError as error:
        raise Misuse(f"{folder} holds no dataset ({MANIFEST}: {error.strerror}); export one first") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misuse(f"{file} is no manifest of a dataset; export the dataset again") from error


def newest_version(root: Path, name: str) -> Path | None:
    """Folder of the newest version of a dataset, None where there is none.

    Newest is the one with the newest source load, then the one written last.
    """
    folders = [file.parent for file in (root / name).glob(f"*/{MANIFEST}") if not file.parent.name.startswith(".")]
    return max(folders, key=_age, default=None)


def _age(folder: Path) -> tuple[datetime, int, str]:
    return read_manifest(folder).newest_load_at, (folder / MANIFEST).stat().st_mtime_ns, folder.name


def _manifest(facts: Mapping[str, Any], folder: Path) -> Manifest:
    copied = {name: facts[name] for name in ("name", "version", "content_id", "parent", "dropped", "code_version")}
    return Manifest(
        path=folder,
        rows=dict(facts["rows"]),
        files={name: FileFact(**fact) for name, fact in facts["files"].items()},
        recipe_name=facts["recipe"]["name"],
        recipe_version=facts["recipe"]["version"],
        recipe_text=facts["recipe"]["text"],
        source_loads=tuple(facts["source_loads"]),
        newest_load_at=datetime.fromisoformat(facts["newest_load_at"]),
        takedowns=tuple(facts["takedowns"]),
        # Versions from before there were any have no such key.
        decontaminated=tuple(Decontaminated(**found) for found in facts.get("decontaminated", ())),
        schema=dict(facts["schema"]),
        **copied,
    )
