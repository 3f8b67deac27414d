from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from warehouse.datasets.manifest import FileFact, Manifest
from warehouse.errors import Misuse
from warehouse.lineage import (
    champion,
    finish_run,
    leaderboard,
    record_dataset,
    record_evaluation,
    record_run,
    set_champion,
)
from warehouse.ranking import drop_champion
from warehouse.schema.models import dataset, dataset_source, run
from warehouse.trainings import trainings

CONTENT = "c" * 64


def manifest(version: str = "2026-11-21-cccccccc", **more: object) -> Manifest:
    values: dict[str, object] = {
        "name": "qa",
        "version": version,
        "content_id": CONTENT,
        "path": Path("/data/qa") / version,
        "rows": {"train": 8, "validation": 1, "test": 1},
        "dropped": 3,
        "files": {"data/train-00000-of-00001.parquet": FileFact(8, 1234, "a" * 64)},
        "recipe_name": "dialogue",
        "recipe_version": "1.0",
        "recipe_text": "",
        "code_version": "0.1.0",
        "source_loads": (1, 77),
        "newest_load_at": datetime(2026, 11, 21, tzinfo=UTC),
    }
    return Manifest(**(values | more))  # type: ignore[arg-type]


def trained(engine: sa.Engine, name: str, folder: Path, content: str = CONTENT) -> int:
    number = record_run(engine, run=name, model="tiny", content_id=content, checkpoint=folder, options={"seed": 1})
    finish_run(engine, number, steps=10, seconds=1.5, tokens_per_second=1000.0)
    return number


def measured(engine: sa.Engine, folder: Path, bits: float, eval_set: str = "e" * 64) -> int:
    metrics = [("bits_per_char", bits, bits - 0.1, bits + 0.1), ("chrf", 12.5, None, None)]
    return record_evaluation(
        engine, checkpoint=folder, content_id=CONTENT, eval_set_sha256=eval_set, rows=10, metrics=metrics
    )


def test_a_dataset_is_recorded_once_with_the_loads_that_exist(engine: sa.Engine, load_id: int) -> None:
    number = record_dataset(engine, manifest(source_loads=(load_id, 77)), load_id=load_id)
    assert record_dataset(engine, manifest(source_loads=(load_id,))) == number
    with engine.connect() as connection:
        (found,) = connection.execute(sa.select(dataset)).all()
        assert (found.dataset_id, found.name, found.load_id) == (number, "qa", load_id)
        assert (found.train_rows, found.row_count, found.size_bytes) == (8, 10, 1234)
        assert connection.execute(sa.select(dataset_source)).all() == [(number, load_id)]


def states(engine: sa.Engine) -> list[str]:
    return [training.state for training in trainings(engine)]


def test_a_training_is_recorded_and_taken_up_again(engine: sa.Engine, tmp_path: Path) -> None:
    record_dataset(engine, manifest())
    assert states(engine) == []
    number = record_run(engine, run="mundap", model="tiny", content_id=CONTENT, checkpoint=tmp_path / "a")
    assert states(engine) == ["running"], "it runs in this very process"
    finish_run(engine, number, failed="no disk space left")
    assert states(engine) == ["failed"]
    again = record_run(engine, run="mundap", model="tiny", content_id=CONTENT, checkpoint=tmp_path / "a")
    finish_run(engine, again, steps=5)
    assert again == number and states(engine) == ["done"]
    assert trained(engine, "mundap", tmp_path / "b") != number
    with engine.connect() as connection:
        row = connection.execute(sa.select(run).where(run.c.run_id == number)).mappings().one()
    assert (row["dataset"], row["dataset_version"], row["state"]) == ("qa", "2026-11-21-cccccccc", "done")
    with pytest.raises(Misuse, match="no training 99"):
        finish_run(engine, 99)


def test_a_dead_trainers_run_is_broken_off(engine: sa.Engine, tmp_path: Path) -> None:
    number = record_run(engine, run="mundap", model="tiny", content_id=CONTENT, checkpoint=tmp_path)
    with engine.begin() as connection:
        holder = connection.execute(sa.select(run.c.holder)).scalar_one().rsplit(":", 1)[0]
        connection.execute(sa.update(run).where(run.c.run_id == number).values(holder=f"{holder}:t1"))
    assert states(engine) == ["broken off"]


def test_the_leaderboard_groups_by_set_best_first(engine: sa.Engine, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        trained(engine, name, tmp_path / name)
    old, new = "1" * 64, "2" * 64
    measured(engine, tmp_path / "a", 0.5, old)
    measured(engine, tmp_path / "a", 9.0, new)
    measured(engine, tmp_path / "b", 4.0, new)
    measured(engine, tmp_path / "c", 3.0, new)
    measured(engine, tmp_path / "c", 5.0, new)
    measured(engine, tmp_path / "foreign", 6.0, new)
    rows = leaderboard(engine)
    assert [(row["eval_set_sha256"], row["run"], row["bits_per_char"]) for row in rows] == [
        (new, "b", 4.0),
        (new, "c", 5.0),
        (new, None, 6.0),
        (new, "a", 9.0),
        (old, "a", 0.5),
    ]
    assert (rows[0]["bits_per_char_low"], rows[0]["bits_per_char_high"], rows[0]["chrf"]) == (3.9, 4.1, 12.5)


def test_the_champion_is_the_last_promoted_and_rollback_is_one_step(engine: sa.Engine, tmp_path: Path) -> None:
    assert champion(engine) is None and not drop_champion(engine)
    for name in ("a", "b"):
        trained(engine, name, tmp_path / name)
        measured(engine, tmp_path / name, 4.0)
        set_champion(engine, tmp_path / name, "won")
    assert champion(engine) == (tmp_path / "b").resolve()
    assert [row["run"] for row in leaderboard(engine) if row["champion"]] == ["b"]
    assert drop_champion(engine) and champion(engine) == (tmp_path / "a").resolve()
    assert drop_champion(engine) and champion(engine) is None
    with pytest.raises(Misuse, match="was not trained from this warehouse"):
        set_champion(engine, tmp_path / "stranger", "?")
