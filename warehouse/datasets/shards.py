"""Datasets on disk: Parquet shards, a card and a manifest, one folder a version, never changed once there."""

import hashlib
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse.datasets.card import SPLITS, plain_card
from warehouse.datasets.manifest import (
    MANIFEST,
    Decontaminated,
    FileFact,
    Manifest,
    newest_version,
    read_manifest,
    to_json,
)
from warehouse.datasets.parquet import (
    DROPPED_SCHEMA,
    ROW_SCHEMA,
    file_fact,
    shape_of,
)
from warehouse.datasets.shardwriter import ShardWriter
from warehouse.disk import sync, unwritable
from warehouse.errors import Misuse
from warehouse.frontier.holders import is_gone, this_process
from warehouse.records.moments import KST

_TEMPORARY = ".writing~"


def write_dataset(
    root: Path,
    name: str,
    *,
    parts: Iterable[tuple[str, Any]],
    recipe_name: str,
    recipe_version: str,
    recipe_text: str,
    code_version: str,
    source_loads: Sequence[int],
    newest_load_at: datetime,
    card: Callable[[Manifest], str] | str = plain_card,
    parent: str | None = None,
    takedowns: Sequence[str] = (),
    decontaminated: Sequence[Decontaminated] = (),
    rows_per_shard: int = 100_000,
) -> Manifest:
    """Write a version of dataset `name` under `root`, or find the one that holds the very same content.

    `parts` are Arrow tables with the split that they belong to (then of `ROW_SCHEMA`), or "dropped" (then of
    `DROPPED_SCHEMA`), in the order in which their rows shall stand; how they are portioned does not show in the
    files. `card` is the README's text, or makes it from the manifest when all rows are written. `parent` is by default
    the newest version there is.

    Raises:
        Misuse: a split of another name, or the same content is there but was changed on disk.
        Unready: no disk space or no leave to write; nothing is left behind.
    """
    home = root / name
    with _temporary(home) as folder:
        files = _write_shards(folder, parts, rows_per_shard)
        content_id = _content_id(files, recipe_text)
        if found := _same_content(home, content_id):
            return found
        newest = newest_version(root, name)
        version = f"{newest_load_at.astimezone(KST):%Y-%m-%d}-{content_id[:8]}"
        manifest = Manifest(
            name=name,
            version=version,
            content_id=content_id,
            path=home / version,
            rows={split: _rows(files, f"data/{split}-") for split in SPLITS},
            dropped=_rows(files, "dropped/"),
            files=files,
            recipe_name=recipe_name,
            recipe_version=recipe_version,
            recipe_text=recipe_text,
            code_version=code_version,
            source_loads=tuple(source_loads),
            newest_load_at=newest_load_at,
            parent=parent or (newest.name if newest else None),
            takedowns=tuple(takedowns),
            decontaminated=tuple(decontaminated),
            schema={field.name: str(field.type) for field in ROW_SCHEMA},
        )
        _finish(folder, manifest, card if isinstance(card, str) else card(manifest))
    return manifest


def _write_shards(folder: Path, parts: Iterable[tuple[str, Any]], most: int) -> dict[str, FileFact]:
    writers = {split: ShardWriter(folder, f"data/{split}", ROW_SCHEMA, most) for split in SPLITS}
    writers["dropped"] = ShardWriter(folder, "dropped/dropped", DROPPED_SCHEMA, most)
    try:
        for name, table in parts:
            if name not in writers:
                raise Misuse(f"{name} cannot name a split; use {', '.join(SPLITS)}")
            writers[name].add(table)
        return {name: fact for writer in writers.values() for name, fact in writer.close().items()}
    except BaseException:
        for writer in writers.values():
            with suppress(OSError):  # on a full disk the end cannot be written either
                writer.abandon()
        raise


def _rows(files: Mapping[str, FileFact], beginning: str) -> int:
    return sum(fact.rows for name, fact in files.items() if name.startswith(beginning))


def verify(folder: Path) -> list[str]:
    """What is wrong with a dataset version: changed, missing or unknown files, counts, schema. Empty when whole."""
    try:
        manifest = read_manifest(folder)
    except Misuse as error:
        return [str(error)]
    problems = [problem for name, fact in sorted(manifest.files.items()) for problem in _problems(folder, name, fact)]
    present = {file.relative_to(folder).as_posix() for file in folder.rglob("*.parquet")}
    problems += [f"{name}: not in the manifest" for name in sorted(present - set(manifest.files))]
    if _content_id(manifest.files, manifest.recipe_text) != manifest.content_id:
        problems.append(f"{MANIFEST}: content_id is not that of the files and the recipe")
    for split in SPLITS:
        counted = _rows(manifest.files, f"data/{split}-")
        if counted != manifest.rows.get(split, 0):
            problems.append(f"{MANIFEST}: rows of {split}: {manifest.rows.get(split, 0)}, its files hold {counted}")
    return problems


def _problems(folder: Path, name: str, fact: FileFact) -> list[str]:
    file = folder / name
    if not file.is_file():
        return [f"{name}: missing"]
    if file_fact(file, fact.rows) != fact:
        return [f"{name}: changed since it was written (size or SHA-256 differs)"]
    try:
        schema, rows = shape_of(file)
    except Misuse as error:
        return [f"{name}: {error}"]
    wanted = ROW_SCHEMA if name.startswith("data/") else DROPPED_SCHEMA
    problems = [] if schema.equals(wanted) else [f"{name}: another schema than this Mundap writes"]
    return problems if rows == fact.rows else [*problems, f"{name}: rows: {rows}, the manifest says {fact.rows}"]


def _content_id(files: Mapping[str, FileFact], recipe_text: str) -> str:
    # Hashes sorted by file name, so that swapping two splits is another content.
    listed = "".join(f"{name} {fact.sha256}\n" for name, fact in sorted(files.items()))
    return hashlib.sha256(f"{listed}\n{recipe_text}".encode()).hexdigest()


def _same_content(home: Path, content_id: str) -> Manifest | None:
    for file in sorted(home.glob(f"*/{MANIFEST}")):
        if file.parent.name.startswith("."):
            continue
        found = read_manifest(file.parent)
        if found.content_id == content_id:
            if problems := verify(file.parent):
                raise Misuse(f"dataset {file.parent} was changed ({problems[0]}); delete it and export again")
            return replace(found, unchanged=True)
    return None


def _finish(folder: Path, manifest: Manifest, card: str) -> None:
    for name, text in (("README.md", card), (MANIFEST, to_json(manifest))):
        (folder / name).write_text(text, encoding="utf-8")
        sync(folder / name)
    for part in (*(item for item in folder.iterdir() if item.is_dir()), folder):
        sync(part)
    folder.rename(manifest.path)
    sync(manifest.path.parent)


@contextmanager
def _temporary(home: Path) -> Iterator[Path]:
    folder = home / f"{_TEMPORARY}{this_process()}~{secrets.token_hex(4)}"
    new = [place for place in (home, *home.parents) if not place.exists()]
    try:
        home.mkdir(parents=True, exist_ok=True)
        _remove_orphans(home)
        folder.mkdir()
        yield folder
    except OSError as error:
        raise unwritable(error, "the dataset", home) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # one that holds a version is not empty, and stays
            for place in new:
                place.rmdir()


def _remove_orphans(home: Path) -> None:
    for folder in home.glob(f"{_TEMPORARY}*"):
        if is_gone(folder.name.removeprefix(_TEMPORARY).rpartition("~")[0]):
            shutil.rmtree(folder, ignore_errors=True)
