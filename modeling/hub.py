"""A model's name in, a folder on this machine out: the only place of this room that may reach the network."""

from pathlib import Path

import httpx
from huggingface_hub import constants, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

from warehouse.errors import Unready

_ANSWER_SECONDS = 5.0
_OTHER_FRAMEWORKS = ["*.h5", "*.msgpack", "*.ot", "*.onnx", "onnx/*"]


def local_folder(name_or_path: str) -> Path:
    """The folder of a model: a path as it is, a name from the hub, or from the hub's cache where there is no hub.

    The hub is asked once whether it is there: transformers by itself asks for eight files and tries each six times,
    which took 220 s without a network (measured 2026-11).

    Raises:
        Unready: no such folder, and no such model on the hub or no hub.
    """
    if Path(name_or_path).is_dir():
        return Path(name_or_path)
    is_there = _hub_answers()
    try:
        found = snapshot_download(name_or_path, ignore_patterns=_OTHER_FRAMEWORKS, local_files_only=not is_there)
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError) as error:
        why = "the hub has none by that name" if is_there else f"the hub ({constants.ENDPOINT}) does not answer"
        raise Unready(
            f"model {name_or_path} is no folder here and {why}; give a model folder, or `--model tiny`"
        ) from error
    return Path(found)


def _hub_answers() -> bool:
    if constants.HF_HUB_OFFLINE:
        return False
    try:
        httpx.head(constants.ENDPOINT, timeout=_ANSWER_SECONDS)
    except httpx.HTTPError:
        return False
    return True
