"""A checkpoint folder: what `transformers` loads, and `mundap.json` beside it with the facts."""

import json
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from modeling.gpt import load
from modeling.quiet import quiet
from modeling.tokenizer import load_tokenizer
from warehouse.errors import Misuse

FACTS = "mundap.json"
_PACKAGES = ("torch", "transformers", "tokenizers", "accelerate", "safetensors", "numpy")


def read_facts(folder: Path) -> dict[str, Any]:
    """What is known of a checkpoint.

    Raises:
        Misuse: the folder is not there, or no finished checkpoint of ours.
    """
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Misuse(f"{folder} is no finished checkpoint ({FACTS}: {error}); train one with `mundap train`") from error
    if not isinstance(facts, dict):
        raise Misuse(f"{folder}/{FACTS} is not an object; train the checkpoint again")
    return facts


def write_facts(folder: Path, facts: Mapping[str, object]) -> None:
    """This writes `mundap.json` whole or not at all: it is the last file of a checkpoint and marks it finished."""
    path = folder / FACTS
    fresh = path.with_suffix(".json.new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(dict(facts), file, ensure_ascii=False, indent=2)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def load_model(folder: Path) -> tuple[Any, Any]:
    """The model in float32 and its tokenizer.

    Raises:
        Misuse: no finished checkpoint, or weights or a tokenizer that cannot be read.
    """
    read_facts(folder)
    with quiet():
        return load(folder), load_tokenizer(folder)


def package_versions() -> dict[str, str]:
    """The installed versions that decide what a training computes."""
    return {name: version(name) for name in _PACKAGES}
