"""The sections of a settings file; an unknown key is refused, nothing changes after reading."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

CRON_FIELDS: Final = 5  # minute, hour, day, month, weekday


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WarehouseSettings(_Section):
    """Where rows, pages and the secret salt are kept."""

    url: str = Field("", description="SQLAlchemy URL; empty means the embedded SQLite file in `folder`")
    password_file: Path | None = Field(None, description="file with the password of `url`, such as a mounted secret")
    reader_url: str = Field("", description="URL of a login that may only read the views; `query` uses it")
    reader_password_file: Path | None = Field(None, description="file with the password of `reader_url`")
    folder: Path = Field(Path(".mundap"), description="snapshots, salt, rows set aside and the embedded warehouse")
    snapshot_days: int = Field(90, gt=0, description="age at which `expire` and `nightly` erase raw pages")


class CrawlSettings(_Section):
    """How pages are asked for."""

    user_agent: str = Field("mundap/0.1", description="product token; robots.txt groups are matched against it")
    contact: str = Field("", description="mail or page where a site's operator reaches you; sent with the user agent")
    max_pages: int | None = Field(None, gt=0, description="budget of one crawl; none means until its lists end")
    max_depth: int | None = Field(None, ge=0, description="links to go from a seed at most; none means any number")
    refresh: Literal["no", "due", "all"] = Field("no", description="stored pages that a crawl looks at again")
    timeout_seconds: float = Field(15.0, gt=0)
    browser: Literal["auto", "always", "never"] = "auto"
    with_minors: bool = Field(False, description="crawl the boards where minors write, too")
    stop_on_drift: bool = Field(True, description="end a crawl whose pages lack what the site's pages always held")


class SiteSettings(_Section):
    """What holds for one site only."""

    permission: str = Field("", description="who allowed the crawl, and when; needed where robots.txt refuses")
    delay_seconds: float | None = Field(None, ge=0, description="gap between two requests; none means the site's own")


def _known_site(site: str) -> str:
    from crawlers.sites.registry import SITES  # loads parsers, which most commands do without

    if site not in SITES:
        raise ValueError(f"no such site; known are {', '.join(SITES)}")
    return site


SiteId = Annotated[str, AfterValidator(_known_site)]
Directory = Annotated[str, Field(pattern=r"^[0-9]+$")]
Channel = Annotated[str, Field(pattern=r"^c[0-9]+$")]


class TopicSettings(_Section):
    """Where `crawl --topic NAME` starts; what stands here is added to the topic of that name that the sites give."""

    directories: tuple[Directory, ...] = Field((), description="지식iN directories by number (dirId)")
    channels: tuple[Channel, ...] = Field((), description="판 channels by number, such as c20006")
    queries: tuple[str, ...] = Field((), description="words for each site's own search")
    answerers: tuple[str, ...] = Field((), description="지식iN answerers: the u of their profile's address")
    replace: bool = Field(False, description="start from these places alone, not from the given ones too")


class PathsSettings(_Section):
    """Where results go."""

    datasets: Path = Path("datasets")
    checkpoints: Path = Path("checkpoints")


class EngineSettings(_Section):
    """Where whole corpora are cleaned."""

    address: str = Field("", description="Dask scheduler such as tcp://host:8786; empty means on this machine")


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

    @field_validator("crawl", "nightly")
    @classmethod
    def _is_cron(cls, line: str) -> str:
        if not line.strip():
            return ""
        # Prefect's own check takes three seconds to load; it reads the same five fields.
        try:
            if len(line.split()) != CRON_FIELDS:
                raise CronSimError
            CronSim(line, datetime.now(UTC))
        except CronSimError:
            raise ValueError(f"{line!r} is no cron line; write it like '0 3 * * *', or '' for none") from None
        return line
