"""The first steps in a new folder: settings file, secret salt, warehouse."""

import os
import secrets
from importlib.resources import files
from pathlib import Path

from pipelines.settings import DEFAULT_FILE, Settings, load_settings
from warehouse.connect import open_warehouse


def initialise(folder: Path, config: Path | None) -> dict[str, str]:
    """Make what is missing and say what was made; nothing that is there is overwritten.

    Raises:
        Misuse: the settings are at fault.
        Unready: the warehouse cannot be made, or is newer than this code.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = config or folder / DEFAULT_FILE
    told = {"settings": f"{file} (already there)"}
    if not file.exists():
        file.write_text(files("pipelines").joinpath("templates/mundap.toml").read_text("utf-8"), "utf-8")
        told["settings"] = f"{file} (made)"
    settings = load_settings(file)
    told["salt"] = make_salt(settings)
    open_warehouse(settings.database_url, create=True).dispose()
    told["warehouse"] = "ready"
    return told


def make_salt(settings: Settings) -> str:
    """Write a random salt for author keys unless the environment or the file has one; say which holds."""
    if os.environ.get("MUNDAP_AUTHOR_SALT"):
        return "MUNDAP_AUTHOR_SALT of the environment"
    if named := os.environ.get("MUNDAP_AUTHOR_SALT_FILE"):
        return f"{named} (named by the environment)"
    file = settings.folder / "salt"
    if file.exists():
        return f"{file} (already there)"
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(secrets.token_hex(32))
    return f"{file} (made; keep it: without it author keys of later crawls do not match)"
