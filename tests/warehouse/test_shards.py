import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from warehouse.datasets.card import front_matter
from warehouse.datasets.manifest import Manifest, newest_version, read_manifest
from warehouse.datasets.parquet import DROPPED_SCHEMA, ROW_SCHEMA, read_rows
from warehouse.datasets.shards import verify, write_dataset
from warehouse.errors import Misuse, Unready

# 20:00 UTC is already the next day in Korea.
NEWEST = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


def row(number: int) -> dict[str, Any]:
    return {
        "dialogue_id": f"{number:016x}",
        "source": "naver_kin",
        "topic": "요리",
        "url": None,
        "asked_at": datetime(2026, 1, 2, 3, 4, 5, number, tzinfo=UTC),
        "messages": [{"role": "user", "content": f"질문 {number} 😀"}, {"role": "assistant", "content": "답\n둘째 줄"}],
        "label": number if number % 2 else None,
        "cluster_id": f"{number:016x}",
        "page_sha256": "f" * 64,
        "parser_version": "1",
        "recipe_version": "1.0",
        "rules": ["spaces", "laughter"] if number % 3 else [],
    }


ROWS = {"train": [row(number) for number in range(25)], "validation": [row(30)], "test": [row(40), row(41)]}
DROPPED = [{"id": "9", "rule": "too_short", "reason": "one word", "text": "네"}]


def write(
    root: Path, rows: Mapping[str, Sequence[Mapping[str, Any]]] = ROWS, recipe_text: str = "x = 1\n", **more: Any
) -> Manifest:
    given: dict[str, Any] = {
        "recipe_name": "dialogue",
        "recipe_version": "1.0",
        "code_version": "0.1.0",
        "source_loads": (1, 2),
        "newest_load_at": NEWEST,
        "rows_per_shard": 10,
    }
    dropped = more.pop("dropped", DROPPED)
    parts = [(split, pa.Table.from_pylist(list(part), ROW_SCHEMA)) for split, part in rows.items()]
    parts.append(("dropped", pa.Table.from_pylist(dropped, DROPPED_SCHEMA)))
    parts = more.pop("parts", parts)
    return write_dataset(root, "qa", parts=parts, recipe_text=recipe_text, **(given | more))


def test_rows_come_back_in_order_and_shape(tmp_path: Path) -> None:
    manifest = write(tmp_path)
    for split, rows in ROWS.items():
        assert list(read_rows(manifest.path, split)) == rows
    assert pq.read_schema(next(manifest.path.glob("data/train-*"))).equals(ROW_SCHEMA)
    dropped = pq.read_table(next(manifest.path.glob("dropped/*"))).to_pylist()
    assert dropped == DROPPED
    assert verify(manifest.path) == []


def test_the_folder_is_laid_out_as_promised(tmp_path: Path) -> None:
    manifest = write(tmp_path)
    assert manifest.version == f"2026-11-21-{manifest.content_id[:8]}"
    assert manifest.path == tmp_path / "qa" / manifest.version
    names = sorted(file.relative_to(manifest.path).as_posix() for file in manifest.path.rglob("*") if file.is_file())
    assert names == [
        "README.md",
        "data/test-00000-of-00001.parquet",
        *(f"data/train-0000{number}-of-00003.parquet" for number in range(3)),
        "data/validation-00000-of-00001.parquet",
        "dropped/dropped-00000-of-00001.parquet",
        "manifest.json",
    ]
    facts = json.loads((manifest.path / "manifest.json").read_text(encoding="utf-8"))
    assert facts["files"]["data/train-00002-of-00003.parquet"]["rows"] == 5
    assert set(facts["files"]["data/test-00000-of-00001.parquet"]) == {"rows", "bytes", "sha256"}
    assert facts["content_id"] == manifest.content_id
    assert read_manifest(manifest.path) == manifest


def test_the_same_state_gives_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a"), write(tmp_path / "b")
    for file in first.path.rglob("*"):
        if file.is_file():
            assert file.read_bytes() == (second.path / file.relative_to(first.path)).read_bytes(), file


@pytest.mark.parametrize("portion", [1, 3, 7, 24])
def test_how_rows_are_portioned_does_not_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, portion: int) -> None:
    monkeypatch.setattr("warehouse.datasets.shardwriter._ROWS_PER_GROUP", 4)
    whole = write(tmp_path / "whole")
    rows = ROWS["train"]
    parts = [("train", pa.Table.from_pylist(rows[at : at + portion], ROW_SCHEMA)) for at in range(0, 25, portion)]
    parts += [(split, pa.Table.from_pylist(list(ROWS[split]), ROW_SCHEMA)) for split in ("validation", "test")]
    parts.append(("dropped", pa.Table.from_pylist(DROPPED, DROPPED_SCHEMA)))
    assert write(tmp_path / "parts", parts=parts).files == whole.files


def test_an_unchanged_state_writes_nothing(tmp_path: Path) -> None:
    first = write(tmp_path)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    again = write(tmp_path, newest_load_at=datetime(2027, 1, 1, tzinfo=UTC), source_loads=(1, 2, 3))
    assert again == replace(first, unchanged=True)
    # The dataset's own folder held the temporary one for a moment.
    after = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*")}
    assert {file: at for file, at in after.items() if file != tmp_path / "qa"} == {
        file: at for file, at in before.items() if file != tmp_path / "qa"
    }


def test_content_is_rows_their_splits_what_was_dropped_and_the_recipe(tmp_path: Path) -> None:
    swapped = {"train": ROWS["train"], "validation": ROWS["test"], "test": ROWS["validation"]}
    versions = [
        write(tmp_path),
        write(tmp_path, recipe_text="x = 2\n"),
        write(tmp_path, dropped=[]),
        write(tmp_path, swapped),
        write(tmp_path, {"train": [*ROWS["train"][1:], ROWS["train"][0]]}),
    ]
    assert len({version.content_id for version in versions}) == 5
    assert [version.parent for version in versions] == [None, *(version.version for version in versions[:-1])]


def test_the_newest_version_is_found(tmp_path: Path) -> None:
    assert newest_version(tmp_path, "qa") is None
    newer = write(tmp_path, recipe_text="2", newest_load_at=datetime(2026, 12, 1, tzinfo=UTC))
    write(tmp_path)
    assert newest_version(tmp_path, "qa") == newer.path


def test_load_dataset_takes_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    manifest = write(tmp_path / "out", {"train": ROWS["train"], "test": ROWS["test"]})
    code = (
        "import sys, datasets; datasets.disable_progress_bars();"
        "found = datasets.load_dataset(sys.argv[1]);"
        "print({name: part.num_rows for name, part in found.items()}, found['train'][1]['messages'][0]['content'])"
    )
    argv = [sys.executable, "-c", code, str(manifest.path)]
    environment = os.environ | {"HF_HOME": str(tmp_path / "hub"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(argv, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "{'train': 25, 'test': 2} 질문 1 😀"


def test_a_card_of_the_callers_own(tmp_path: Path) -> None:
    manifest = write(tmp_path, card=lambda facts: f"{front_matter(facts)}\n# {facts.version}: {facts.rows['train']}\n")
    card = (manifest.path / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\n") and card.endswith(f"# {manifest.version}: 25\n")
    assert (write(tmp_path, recipe_text="2", card="# 제목\n").path / "README.md").read_text(
        encoding="utf-8"
    ) == "# 제목\n"


@pytest.mark.parametrize("place", ["data/train-00001-of-00003.parquet", "dropped/dropped-00000-of-00001.parquet"])
def test_one_changed_byte_is_found_and_the_folder_not_passed_as_unchanged(tmp_path: Path, place: str) -> None:
    manifest = write(tmp_path)
    raw = bytearray((manifest.path / place).read_bytes())
    raw[len(raw) // 2] ^= 1
    (manifest.path / place).write_bytes(raw)
    assert verify(manifest.path) == [f"{place}: changed since it was written (size or SHA-256 differs)"]
    with pytest.raises(Misuse, match=r"was changed .*; delete it and export again"):
        write(tmp_path)


def test_missing_extra_and_miscounted_files_are_found(tmp_path: Path) -> None:
    manifest = write(tmp_path)
    (manifest.path / "data/validation-00000-of-00001.parquet").rename(manifest.path / "data/more.parquet")
    facts = json.loads((manifest.path / "manifest.json").read_text(encoding="utf-8"))
    facts["rows"]["train"] = 24
    facts["recipe"]["text"] = "y = 2"
    (manifest.path / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
    assert verify(manifest.path) == [
        "data/validation-00000-of-00001.parquet: missing",
        "data/more.parquet: not in the manifest",
        "manifest.json: content_id is not that of the files and the recipe",
        "manifest.json: rows of train: 24, its files hold 25",
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"name": 1}'], ids=["empty", "half", "list", "bare", "wrong"])
def test_a_broken_manifest_is_told_in_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(Misuse, match="is no manifest of a dataset") as caught:
        read_manifest(tmp_path)
    assert "\n" not in str(caught.value)
    assert len(verify(tmp_path)) == 1
    with pytest.raises(Misuse, match="holds no dataset"):
        read_manifest(tmp_path / "nowhere")


def test_an_unknown_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="dev cannot name a split; use train, validation, test"):
        write(tmp_path, {"dev": []})


def test_no_rows_at_all_is_a_version_too(tmp_path: Path) -> None:
    manifest = write(tmp_path, {}, dropped=[])
    assert dict(manifest.files) == {} and verify(manifest.path) == []
    assert list(read_rows(manifest.path, "train")) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("warehouse.datasets.shardwriter.sync", full)
    with pytest.raises(Unready, match=r"No space left on device.; free some space"):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == [], "not even the folder of the dataset"


WRITER = """
import sys, time
from pathlib import Path
import warehouse.datasets.shards as shards
shards._finish = lambda *_: (print("half", flush=True), time.sleep(600))
sys.path.insert(0, str(Path(sys.argv[2]).parent))
from test_shards import write
write(Path(sys.argv[1]))
"""


def test_what_a_killed_writer_left_is_removed_by_the_next(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    argv = [sys.executable, "-c", WRITER, str(tmp_path), __file__]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None and process.stdout.readline().strip() == b"half"
        assert newest_version(tmp_path, "qa") is None
        living = write(tmp_path)
        assert len(list((tmp_path / "qa").iterdir())) == 2, "a living writer's folder is its own"
        os.kill(process.pid, signal.SIGKILL)
    assert write(tmp_path).unchanged
    assert list((tmp_path / "qa").iterdir()) == [living.path]
