"""Under which licence a checkpoint's weights stand: that of the model which it started from, as far as it is known."""

import json
import re
from pathlib import Path
from typing import Any, Final

from modeling.options import SCRATCH

KOGPT2_LICENCE: Final = "CC-BY-NC-SA-4.0"  # the hub's page of skt/kogpt2-base-v2; it passes on to every fine-tune
SCRATCH_LICENCE: Final = "other"

_KOGPT2: Final = "skt/kogpt2-base-v2"
# What KoGPT2's own card and the cards of its fine-tunes say: the licence in the head, the name or repository in a line.
_CARD_LICENCE: Final = re.compile(r"(?mi)^license:\s*cc-by-nc-sa-4\.0\s*$")
_CARD_NAME: Final = re.compile(r"(?i)\bskt(?:-ai)?/kogpt2\b")


def licence_of(model: str) -> str:
    """The licence of what is trained from `model`: `tiny`, a model folder, or a name on the hub.

    A model from scratch has none of its own: the text that it learnt decides (see the dataset's card). KoGPT2's is
    given only where the model is KoGPT2: by its name, or by a folder whose name, config or card says so. A folder
    with the facts of a training passes that training's licence on.
    """
    if model == SCRATCH:
        return SCRATCH_LICENCE
    folder = Path(model)
    inherited = _json(folder / "mundap.json").get("licence")
    if isinstance(inherited, str) and inherited:
        return inherited
    return KOGPT2_LICENCE if _is_kogpt2(folder, model) else f"see the base model's own licence: {model}"


def _is_kogpt2(folder: Path, model: str) -> bool:
    cached = next((part.replace("--", "/") for part in folder.parts if part.startswith("models--")), "")
    names = (model, cached, str(_json(folder / "config.json").get("_name_or_path", "")))
    if any(_names_kogpt2(name) for name in names):
        return True
    card = _text(folder / "README.md")
    return bool(_CARD_LICENCE.search(card) and _CARD_NAME.search(card))


def _names_kogpt2(name: str) -> bool:
    # A copy keeps the last part of the name, whatever it lies under.
    return name.rstrip("/").lower().rsplit("/", 1)[-1] == _KOGPT2.rsplit("/", 1)[-1]


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(_text(file) or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _text(file: Path) -> str:
    # What cannot be read tells nothing about rights; loading the model says what is wrong with the folder.
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError:
        return ""
