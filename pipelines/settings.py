"""Settings: one TOML file, environment variables over it, defaults under it.

`MUNDAP_WAREHOUSE__URL` overrides `[warehouse] url`, and so on: secrets belong there, not in the file. Relative
paths are taken from the settings file's folder, or from the current folder where there is no file.
"""

import hashlib
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from pipelines.crawl_sections import CrawlSettings, SiteId, SiteSettings, TopicSettings
from pipelines.secret_files import secret, with_password
from pipelines.sections import (
    EngineSettings,
    LimitsSettings,
    ModelSettings,
    PathsSettings,
    ScheduleSettings,
    WarehouseSettings,
)
from warehouse.errors import Misuse

DEFAULT_FILE = "mundap.toml"


class Settings(BaseSettings):
    """All settings; `root` is the folder that relative paths start from."""

    model_config = SettingsConfigDict(
        env_prefix="MUNDAP_", env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    root: Path = Path()
    source_file: Path | None = None
    warehouse: WarehouseSettings = WarehouseSettings()
    crawl: CrawlSettings = CrawlSettings()
    sites: dict[SiteId, SiteSettings] = {}
    topics: dict[str, TopicSettings] = {}
    paths: PathsSettings = PathsSettings()
    engine: EngineSettings = EngineSettings()
    model: ModelSettings = ModelSettings()
    limits: LimitsSettings = LimitsSettings()
    schedule: ScheduleSettings = ScheduleSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the environment over the file, whose values arrive as init arguments."""
        return env_settings, init_settings

    def path(self, path: Path) -> Path:
        """Resolve a path of these settings."""
        return path if path.is_absolute() else self.root / path

    @property
    def folder(self) -> Path:
        """The working folder (`.mundap`)."""
        return self.path(self.warehouse.folder)

    @property
    def database_url(self) -> str:
        """The warehouse's SQLAlchemy URL, its password put in where a file holds it."""
        own = self.warehouse
        return with_password(own.url or f"sqlite:///{self.folder / 'warehouse.db'}", self._file(own.password_file))

    @property
    def reader_url(self) -> str:
        """The URL that questions in SQL are asked at: the reader's login where there is one."""
        own = self.warehouse
        return (
            with_password(own.reader_url, self._file(own.reader_password_file)) if own.reader_url else self.database_url
        )

    @property
    def datasets(self) -> Path:
        """The folder that datasets are written to."""
        return self.path(self.paths.datasets)

    @property
    def checkpoints(self) -> Path:
        """The folder that checkpoints are written to."""
        return self.path(self.paths.checkpoints)

    def _file(self, path: Path | None) -> Path | None:
        return None if path is None else self.path(path)

    def sha256(self) -> str:
        """Hash of everything that can change a result; how the warehouse is reached, a secret perhaps, is left out."""
        reached = {"url", "password_file", "reader_url", "reader_password_file"}
        shown = self.model_dump_json(exclude={"root": True, "source_file": True, "warehouse": reached})
        return hashlib.sha256(shown.encode()).hexdigest()


def load_settings(file: Path | None = None) -> Settings:
    """Read `file`, or `mundap.toml` of the current folder where there is one.

    Raises:
        Misuse: the file is missing or no TOML, or holds an unknown key or a bad value.
    """
    if file is None and Path(DEFAULT_FILE).is_file():
        file = Path(DEFAULT_FILE)
    values = {} if file is None else _read(file)
    root = Path.cwd() if file is None else file.resolve().parent
    try:
        return Settings(**values, root=root, source_file=file)
    except ValidationError as error:
        raise Misuse(_first_fault(error, file, values)) from None
    except SettingsError as error:
        # pydantic-settings names the field only in its words; a section as a whole stands there as JSON.
        section = re.search(r'field "(\w+)"', str(error))
        name = f"MUNDAP_{section[1].upper()}" if section else "MUNDAP_…"
        raise Misuse(f"environment variable {name} holds no JSON; write {name}__KEY for each key of it") from None


def _read(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise Misuse(f"no settings file at {file}; make one with: mundap init") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misuse(
            f"settings file {file} cannot be read: {error}; mend that line, or make one: mundap init"
        ) from None
    for reserved in {"root", "source_file"} & values.keys():
        raise Misuse(f"settings file {file}: unknown key {reserved}; remove it")
    return values


def _first_fault(error: ValidationError, file: Path | None, values: Mapping[str, Any]) -> str:
    fault = error.errors()[0]
    path = [str(part) for part in fault["loc"] if part != "[key]"]
    place, variable = ".".join(path), _variable(path, values)
    where = f"environment variable {variable}" if variable else f"settings file {file}" if file else "settings"
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown key {place}; remove or correct it (mundap.example.toml shows all keys)"
    if fault["type"] == "value_error":  # worded by a check of ours
        return f"{where}: {place}: {fault['ctx']['error']}"
    return f"{where}: {place}: {fault['msg'].lower()} (found {fault['input']!r}); correct it"


def _variable(path: Sequence[str], values: Mapping[str, Any]) -> str | None:
    """The variable that a faulty value came from: its own, which wins, or else one above or below it in the path."""
    names = {name.upper(): name for name in sorted(os.environ)}
    own = "__".join(("MUNDAP", *path)).upper().replace("MUNDAP__", "MUNDAP_", 1)
    if own in names:
        return names[own]
    inner: Any = values
    for part in path:
        inner = inner.get(part) if isinstance(inner, Mapping) else None
    if inner is not None:
        return None
    return next((names[name] for name in names if name.startswith(f"{own}__") or own.startswith(f"{name}__")), None)


def author_salt(settings: Settings) -> bytes | None:
    """Read the secret for author keys, None where there is none (keys are stored null then).

    It is MUNDAP_AUTHOR_SALT, else what the file MUNDAP_AUTHOR_SALT_FILE holds, else the file that `init` made.

    Raises:
        Misuse: the file that the environment names cannot be read.
    """
    if given := os.environ.get("MUNDAP_AUTHOR_SALT"):
        return given.encode()
    if named := os.environ.get("MUNDAP_AUTHOR_SALT_FILE"):
        return secret(Path(named), "the author salt").encode()
    file = settings.folder / "salt"
    return file.read_bytes().strip() if file.is_file() else None
