"""What makes two crawls the same one, and which frontier rows are a crawl's."""

import hashlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from warehouse.schema.crawling import frontier

# For statements that are made once: making one costs several times what executing it does.
OF_CRAWL = sa.and_(*(frontier.c[name] == sa.bindparam(f"of_{name}") for name in ("site", "topic", "origin")))


@dataclass(frozen=True, slots=True)
class Crawl:
    """Identity of one crawl: `topic` is empty when there is none, `origin` is the scheme and host really fetched."""

    site: str
    topic: str
    origin: str


def of_crawl(crawl: Crawl) -> sa.ColumnElement[bool]:
    """The condition that a frontier row belongs to the crawl."""
    row = frontier.c
    return sa.and_(row.site == crawl.site, row.topic == crawl.topic, row.origin == crawl.origin)


def hash_of(key: str) -> str:
    """The hash under which an address's key stands in the frontier."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def named(crawl: Crawl) -> dict[str, Any]:
    """The parameters with which `OF_CRAWL` is the condition `of_crawl(crawl)`."""
    return {"of_site": crawl.site, "of_topic": crawl.topic, "of_origin": crawl.origin}
