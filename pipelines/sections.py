"""The sections of a settings file, those of crawling apart; nothing changes after reading."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, ConfigDict, Field, field_validator

_CRON_FIELDS: Final = 5  # minute, hour, day, month, weekday


class Section(BaseModel):
    """One section: a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WarehouseSettings(Section):
    """Where rows, pages and the secret salt are kept."""

    url: str = Field("", description="SQLAlchemy URL; empty means the embedded SQLite file in `folder`")
    password_file: Path | None = Field(None, description="file with the password of `url`, such as a mounted secret")
    reader_url: str = Field("", description="URL of a login that may only read the views; `query` uses it")
    reader_password_file: Path | None = Field(None, description="file with the password of `reader_url`")
    folder: Path = Field(Path(".mundap"), description="snapshots, salt, rows set aside and the embedded warehouse")
    snapshot_days: int = Field(90, gt=0, description="age at which `expire` and `nightly` erase raw pages")


class PathsSettings(Section):
    """Where results go."""

    datasets: Path = Path("datasets")
    checkpoints: Path = Path("checkpoints")


class EngineSettings(Section):
    """Where whole corpora are cleaned."""

    address: str = Field("", description="Dask scheduler such as tcp://host:8786; empty means on this machine")


class ModelSettings(Section):
    """What `finetune` trains when nobody says otherwise."""

    run: str = "mundap"
    model: str = "skt/kogpt2-base-v2"


class LimitsSettings(Section):
    """When a command calls itself incomplete."""

    set_aside_share: float = Field(0.05, ge=0, le=1)


class ScheduleSettings(Section):
    """Cron lines in Korean time for the deployments; an empty line means no schedule."""

    crawl: str = "0 3 * * *"
    nightly: str = "0 5 * * *"
    dataset: str = Field("mundap", description="name of the dataset that nightly exports")

    @field_validator("crawl", "nightly")
    @classmethod
    def _is_cron(cls, line: str) -> str:
        if not line.strip():
            return ""
        # Prefect's own check takes three seconds to load; it reads the same five fields.
        try:
            if len(line.split()) != _CRON_FIELDS:
                raise CronSimError
            CronSim(line, datetime.now(UTC))
        except CronSimError:
            raise ValueError(f"{line!r} is no cron line; write it like '0 3 * * *', or '' for none") from None
        return line
