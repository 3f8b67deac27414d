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
_NEEDED = (
    *("model", "options", "plan", "steps", "seconds", "tokens_per_second"),
    *("losses", "validation", "resumed_from", "stopped_by"),
)
_SHAPE = ("format", "label_mode", "max_tokens")
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
    options = facts.get("options")
    shape = options if isinstance(options, dict) else {}
    lacking = [*(name for name in _NEEDED if name not in facts), *(name for name in _SHAPE if name not in shape)]
    if lacking:
        raise Misuse(f"{folder}/{FACTS} lacks {', '.join(lacking)}; train the checkpoint again")
    return facts


def trained_on(folder: Path) -> Path:
    """The dataset version that a checkpoint was trained on.

    Raises:
        Misuse: as `read_facts`, or its facts do not name one.
    """
    if not (found := read_facts(folder).get("dataset_path")):
        raise Misuse(f"{folder}/{FACTS} names no dataset; name one: mundap evaluate {folder} --data NAME")
    return Path(str(found))


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
