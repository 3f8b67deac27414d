"""What changed from one dataset version to another, row by row, and why as far as the two versions tell."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.datasets.card import SPLITS
from warehouse.datasets.manifest import Manifest, read_manifest
from warehouse.errors import Misuse

Kind = Literal["added", "gone", "changed"]
_SOURCE_FIELDS: Final = ("source", "topic", "url", "asked_at", "label")


@dataclass(frozen=True, slots=True)
class Change:
    """One row that is not the same in both versions; `detail` is the reason in full, or what of it changed."""

    dialogue_id: str
    kind: Kind
    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    """What tells a kept row from itself in another version, as hashes where it may be long."""

    split: str
    text: int
    facts: int
    page: str | None
    url: str | None


def changes(old: Path, new: Path) -> Iterator[Change]:
    """All rows that were added, are gone or changed, in order of dialogue_id; memory for both versions' ids.

    Raises:
        Misuse: a folder holds no dataset, or a shard cannot be read.
    """
    before, after = _kept(old), _kept(new)
    manifests = read_manifest(old), read_manifest(new)
    wanted = set(before.keys() ^ after.keys())
    dropped_before, dropped_after = _dropped(old, wanted), _dropped(new, wanted)
    for row_id in sorted(before.keys() | after.keys()):
        was, now = before.get(row_id), after.get(row_id)
        if was is None:
            yield _added(row_id, dropped_before.get(row_id))
        elif now is None:
            yield _gone(row_id, was, dropped_after.get(row_id), manifests)
        elif (found := _changed(row_id, was, now, manifests)) is not None:
            yield found


def is_ancestor(old: Path, new: Path) -> bool:
    """Whether `new` was built on `old`, by the parents that the manifests beside `new` name."""
    wanted, name, seen = read_manifest(old).version, read_manifest(new).parent, set[str]()
    while name and name not in seen:
        if name == wanted:
            return True
        seen.add(name)
        folder = new.parent / name
        name = read_manifest(folder).parent if folder.is_dir() else None
    return False


def _added(row_id: str, fault: tuple[str, str] | None) -> Change:
    if fault is None:
        return Change(row_id, "added", "new load")
    return Change(row_id, "added", f"no longer dropped by {fault[0]}", fault[1])


def _gone(row_id: str, was: _Row, fault: tuple[str, str] | None, manifests: tuple[Manifest, Manifest]) -> Change:
    if fault is None:
        taken_down = {*manifests[1].takedowns} - {*manifests[0].takedowns}
        named = row_id in taken_down or was.url in taken_down
        return Change(row_id, "gone", "takedown" if named else "no longer in the warehouse")
    rule, reason = fault
    why = {"near_duplicate": "duplicate of another row", "split_conflict": "split conflict"}
    return Change(row_id, "gone", why.get(rule, f"dropped by {rule}"), reason)


def _changed(row_id: str, was: _Row, now: _Row, manifests: tuple[Manifest, Manifest]) -> Change | None:
    if was.split != now.split:
        return Change(row_id, "changed", "moved to another split", f"{was.split} to {now.split}")
    if was.text == now.text and was.facts == now.facts:
        return None
    detail = "text" if was.text != now.text else "facts of the source"
    return Change(row_id, "changed", _cause(was, now, manifests), detail)


def _cause(was: _Row, now: _Row, manifests: tuple[Manifest, Manifest]) -> str:
    old, new = manifests
    if was.page != now.page:
        return "its page changed"
    if was.text == now.text:
        return "changed in the warehouse"
    if old.recipe_text != new.recipe_text:
        return f"recipe {old.recipe_name} {old.recipe_version} became {new.recipe_name} {new.recipe_version}"
    if old.code_version != new.code_version:
        return f"rules of {old.code_version} became those of {new.code_version}"
    return "changed in the warehouse"


def _kept(folder: Path) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for split in SPLITS:
        for table in _tables(folder, f"data/{split}-*.parquet"):
            texts = _joined(table)
            facts = zip(*(table[name].to_pylist() for name in _SOURCE_FIELDS), strict=True)
            columns = (table[name].to_pylist() for name in ("dialogue_id", "page_sha256", "url"))
            for row_id, page, url, text, fact in zip(*columns, texts, facts, strict=True):
                rows[row_id] = _Row(split, hash(text), hash(fact), page, url)
    return rows


def _joined(table: Any) -> list[str]:
    """The turns of each row as one text, roles between them."""
    messages = table["messages"].combine_chunks()
    turns = messages.flatten()
    marked = pc.binary_join_element_wise(turns.field("role"), turns.field("content"), "\x1e")
    offsets = pc.cast(pc.subtract(messages.offsets, messages.offsets[0]), pa.int32())
    joined: list[str] = pc.binary_join(pa.ListArray.from_arrays(offsets, marked), "\x1f").to_pylist()
    return joined


def _dropped(folder: Path, wanted: set[str]) -> Mapping[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for table in _tables(folder, "dropped/*.parquet", ["id", "rule", "reason"]):
        for row_id, rule, reason in zip(*(column.to_pylist() for column in table.columns), strict=True):
            if row_id in wanted:
                found[row_id] = rule, reason
    return found


def _tables(folder: Path, pattern: str, columns: list[str] | None = None) -> Iterator[Any]:
    for file in sorted(folder.glob(pattern)):
        try:
            for batch in pq.ParquetFile(file).iter_batches(columns=columns):
                yield pa.Table.from_batches([batch])
        except pa.ArrowException as error:
            raise Misuse(f"the shard {file} cannot be read; run `mundap verify` and export it again") from error
