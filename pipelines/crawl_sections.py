"""The sections of a settings file that say how a crawl asks, by whose leave, and where it starts."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from pipelines.sections import Section


class CrawlSettings(Section):
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


class SiteSettings(Section):
    """What holds for one site only."""

    permission: str = Field("", description="who allowed the crawl, and when; needed where robots.txt refuses")
    delay_seconds: float | None = Field(None, ge=0, description="gap between two requests; none means the site's own")


def _known_site(site: str) -> str:
    from crawlers.sites.registry import SITES  # loads parsers, which most commands do without

    if site not in SITES:
        raise ValueError(f"no such site; known are {', '.join(SITES)}")
    return site


SiteId = Annotated[str, AfterValidator(_known_site)]
_Directory = Annotated[str, Field(pattern=r"^[0-9]+$")]
_Channel = Annotated[str, Field(pattern=r"^c[0-9]+$")]


class TopicSettings(Section):
    """Where `crawl --topic NAME` starts; what stands here is added to the topic of that name that the sites give."""

    directories: tuple[_Directory, ...] = Field((), description="지식iN directories by number (dirId)")
    channels: tuple[_Channel, ...] = Field((), description="판 channels by number, such as c20006")
    queries: tuple[str, ...] = Field((), description="words for each site's own search")
    answerers: tuple[str, ...] = Field((), description="지식iN answerers: the u of their profile's address")
    replace: bool = Field(False, description="start from these places alone, not from the given ones too")
