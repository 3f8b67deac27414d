"""`mundap.json`, the facts of a checkpoint: the last file written, which marks it finished.

Reading it loads neither torch nor transformers, so that a wrong path is told at once.
"""

import json
import os
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

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
    except FileNotFoundError as error:
        missing = f"it has no {FACTS}" if folder.is_dir() else "there is no such folder"
        remedy = "`mundap leaderboard` lists those that are, `mundap train` makes one"
        raise Misuse(f"{folder} is no finished checkpoint: {missing}; {remedy}") from error
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


def package_versions() -> dict[str, str]:
    """The installed versions that decide what a training computes."""
    return {name: version(name) for name in _PACKAGES}
