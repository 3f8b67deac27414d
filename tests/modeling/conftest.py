"""Small real parts: a corpus of our own writing, dataset folders as the warehouse writes them, a tiny model."""

import json
import os
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

# One thread: several test workers share the machine, and OpenMP spinning would slow every step several times.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from modeling.options import Options
from modeling.outcome import TrainOutcome
from modeling.shards import Example
from modeling.tokenizer import Vocabulary, train_tokenizer, vocabulary
from modeling.train import train
from warehouse.records.dialogues import Turn

_WHO = ("친구랑", "남자친구랑", "엄마랑", "동생이랑")
_WHAT = ("싸웠어요", "화해했어요", "여행 가고 싶어요", "영화 봤어요")
_REPLY = {"싸웠어요": "먼저 사과해 보세요.", "화해했어요": "정말 다행이에요!", "여행 가고 싶어요": "바다는 어때요?"}
ROW = pa.schema(
    [
        ("dialogue_id", pa.string()),
        ("source", pa.string()),
        ("messages", pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))),
        ("label", pa.int64()),
    ]
)

Pair = tuple[str, str]


def pair(question: str, answer: str, number: int = 0) -> Example:
    return Example(f"{number:016x}", (Turn("user", question), Turn("assistant", answer)))


PAIRS = [(f"{who} {what}", f"{who} {_REPLY.get(what, '재미있었겠네요 ㅎㅎ')}") for who in _WHO for what in _WHAT]


def write_dataset(folder: Path, splits: dict[str, Sequence[Example]]) -> Path:
    (folder / "data").mkdir(parents=True)
    for split, examples in splits.items():
        rows = [
            {
                "dialogue_id": e.dialogue_id,
                "source": "test",
                "messages": [{"role": t.role, "content": t.content} for t in e.turns],
                "label": e.label,
            }
            for e in examples
        ]
        pq.write_table(pa.Table.from_pylist(rows, ROW), folder / "data" / f"{split}-00000-of-00001.parquet")
    facts = {"content_id": sha256(repr(splits).encode()).hexdigest(), "name": "small", "version": "2026-11-01-abc"}
    (folder / "manifest.json").write_text(json.dumps({**facts, "recipe_name": "dialogue", "recipe_version": "3"}))
    return folder


@pytest.fixture(scope="session")
def words() -> Vocabulary:
    return vocabulary(train_tokenizer([text for pair in PAIRS for text in pair], 600), "the test")


@pytest.fixture(scope="session")
def small_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """48 training dialogues (the 16 pairs and two near-repeats of each), 8 + 8 held out."""
    train_rows = [pair(q + "요" * n, a, 16 * n + i) for n in range(3) for i, (q, a) in enumerate(PAIRS)]
    held = [pair(q.replace("랑", "하고"), a, 100 + i) for i, (q, a) in enumerate(PAIRS)]
    folder = tmp_path_factory.mktemp("data") / "small" / "v1"
    return write_dataset(folder, {"train": train_rows, "validation": held[:8], "test": held[8:]})


@pytest.fixture(scope="session")
def options() -> Callable[..., Options]:
    """Options of a model that trains in a second; keywords change them."""

    def make(**changes: object) -> Options:
        small: dict[str, object] = {
            "run": "test", "max_tokens": 64, "epochs": 4, "batch_size": 8, "vocab_size": 600, "layers": 1,
            "width": 32, "heads": 2, "seed": 7, "threads": 1, "dropout": 0.1,
        }  # fmt: skip
        return Options(**{**small, **changes})  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def trained(
    small_dataset: Path, options: Callable[..., Options], tmp_path_factory: pytest.TempPathFactory
) -> TrainOutcome:
    """One finished training that several tests look at; none may change it."""
    out = tmp_path_factory.mktemp("trained") / "out"
    return train(small_dataset, options(learning_rate=5e-3), out, facts={"code_version": "abc123"})
