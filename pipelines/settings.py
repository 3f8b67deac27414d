"""Settings: one TOML file, environment variables over it, defaults under it.

`MUNDAP_WAREHOUSE__URL` overrides `[warehouse] url`, and so on: secrets belong there, not in the file. Relative
paths are taken from the settings file's folder, or from the current folder where there is no file.
"""

import hashlib
import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from warehouse.errors import Misuse

DEFAULT_FILE = "mundap.toml"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WarehouseSettings(_Section):
    """Where rows, pages and the secret salt are kept."""

    url: str = Field("", description="SQLAlchemy URL; empty means the embedded SQLite file in `folder`")
    folder: Path = Field(Path(".mundap"), description="snapshots, salt, rows set aside and the embedded warehouse")


class CrawlSettings(_Section):
    """How pages are asked for."""

    user_agent: str = Field("mundap/0.1", description="product token; robots.txt groups are matched against it")
    contact: str = Field("", description="mail or page where a site's operator reaches you; sent with the user agent")
    max_pages: int | None = Field(None, gt=0, description="budget of one crawl; none means until its lists end")
    timeout_seconds: float = Field(15.0, gt=0)
    browser: Literal["auto", "always", "never"] = "auto"


class SiteSettings(_Section):
    """What holds for one site only."""

    permission: str = Field("", description="who allowed the crawl, and when; needed where robots.txt refuses")
    delay_seconds: float | None = Field(None, ge=0, description="gap between two requests; none means the site's own")


class PathsSettings(_Section):
    """Where results go."""

    datasets: Path = Path("datasets")
    checkpoints: Path = Path("checkpoints")


class ModelSettings(_Section):
    """What `finetune` trains when nobody says otherwise."""

    run: str = "mundap"
    model: str = "skt/kogpt2-base-v2"


class LimitsSettings(_Section):
    """When a command calls itself incomplete."""

    set_aside_share: float = Field(0.05, ge=0, le=1)


class ScheduleSettings(_Section):
    """Cron lines in Korean time for the deployments; an empty line means no schedule."""

    crawl: str = "0 3 * * *"
    nightly: str = "0 5 * * *"
    dataset: str = Field("mundap", description="name of the dataset that nightly exports")


class Settings(BaseSettings):
    """All settings; `root` is the folder that relative paths start from."""

    model_config = SettingsConfigDict(
        env_prefix="MUNDAP_", env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    root: Path = Path()
    source_file: Path | None = None
    warehouse: WarehouseSettings = WarehouseSettings()
    crawl: CrawlSettings = CrawlSettings()
    sites: dict[str, SiteSettings] = {}
    paths: PathsSettings = PathsSettings()
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
        """The warehouse's SQLAlchemy URL."""
        return self.warehouse.url or f"sqlite:///{self.folder / 'warehouse.db'}"

    @property
    def datasets(self) -> Path:
        """The folder that datasets are written to."""
        return self.path(self.paths.datasets)

    @property
    def checkpoints(self) -> Path:
        """The folder that checkpoints are written to."""
        return self.path(self.paths.checkpoints)

    def sha256(self) -> str:
        """Hash of everything that can change a result; the warehouse URL, which may hold a secret, is left out."""
        shown = self.model_dump_json(exclude={"root": True, "source_file": True, "warehouse": {"url"}})
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
        raise Misuse(_first_fault(error, file)) from None


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


def _first_fault(error: ValidationError, file: Path | None) -> str:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    where = f"settings file {file}" if file else "settings from the environment (MUNDAP_…)"
    if fault["type"] == "extra_forbidden":
        return f"{where}: unknown key {place}; remove or correct it (mundap.example.toml shows all keys)"
    return f"{where}: {place}: {fault['msg'].lower()} (found {fault['input']!r}); correct it"


def author_salt(settings: Settings) -> bytes | None:
    """Read the secret for author keys: MUNDAP_AUTHOR_SALT, else the salt file, else None (keys are stored null)."""
    if secret := os.environ.get("MUNDAP_AUTHOR_SALT"):
        return secret.encode()
    file = settings.folder / "salt"
    return file.read_bytes().strip() if file.is_file() else None
