"""What every visit of a crawl needs, and what visits come to."""

from dataclasses import dataclass, field
from datetime import date, datetime

import httpx
import sqlalchemy as sa

from crawlers.sites.registry import Site
from pipelines.steps.crawling.contract import Contract
from pipelines.steps.crawling.emptied import ListWatch
from pipelines.steps.crawling.fetching import Fetchers
from pipelines.steps.crawling.listing import Lists
from pipelines.steps.crawling.permit import Leave
from warehouse.frontier.crawls import Crawl
from warehouse.pages.snapshots import SnapshotWriter


@dataclass(frozen=True, slots=True)
class Desk:
    """What every visit of one crawl needs."""

    engine: sa.Engine
    site: Site
    crawl: Crawl
    fetchers: Fetchers
    leave: Leave
    snapshots: SnapshotWriter
    gap_seconds: float
    salt: bytes | None
    load_id: int
    began_at: datetime | None = None
    max_pages: int | None = None
    max_depth: int | None = None
    since: date | None = None
    until: date | None = None
    contract: Contract = field(default_factory=lambda: Contract(dict))
    lists: Lists = field(default_factory=Lists)
    watch: ListWatch = field(default_factory=ListWatch)

    @property
    def host(self) -> str:
        """The host really asked, with its port."""
        return httpx.URL(self.crawl.origin).netloc.decode()


@dataclass(frozen=True, slots=True)
class Tally:
    """What visits came to; `ended` says why the crawl must stop, `silent` counts visits in a row without an answer.

    `trouble` is the last reason of silent ones, `known` counts pages that another crawl of the site has, `questions`
    the visits of questions, `questions_gone` those of them that found one gone, `empty` lists without a row, `left_out`
    questions asked on days that are not wanted; `repeats` tells lists that show the same rows again and again.
    """

    visited: int = 0
    known: int = 0
    fetched: int = 0
    unchanged: int = 0
    stored: int = 0
    set_aside: int = 0
    gone: int = 0
    empty: int = 0
    questions: int = 0
    questions_gone: int = 0
    left_out: int = 0
    silent: int = 0
    blocked: bool = False
    is_interrupted: bool = False
    ended: str = ""
    trouble: str = ""
    repeats: tuple[str, ...] = ()

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            visited=self.visited + other.visited,
            known=self.known + other.known,
            fetched=self.fetched + other.fetched,
            unchanged=self.unchanged + other.unchanged,
            stored=self.stored + other.stored,
            set_aside=self.set_aside + other.set_aside,
            gone=self.gone + other.gone,
            empty=self.empty + other.empty,
            questions=self.questions + other.questions,
            questions_gone=self.questions_gone + other.questions_gone,
            left_out=self.left_out + other.left_out,
            silent=other.silent if other.visited else self.silent + other.silent,
            blocked=self.blocked or other.blocked,
            is_interrupted=self.is_interrupted or other.is_interrupted,
            ended=other.ended or self.ended,
            trouble=other.trouble or self.trouble,
            repeats=self.repeats + other.repeats,
        )
