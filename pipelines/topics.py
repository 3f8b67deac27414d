"""The topics that `--topic` knows: the sites' own, with what the settings add or put in their place."""

from collections.abc import Mapping

from crawlers.sites.boards import TOPICS, Topic
from pipelines.crawl_sections import TopicSettings
from pipelines.settings import Settings


def topics_of(settings: Settings) -> Mapping[str, Topic]:
    """Return all topics by name."""
    own = {name: _joined(TOPICS.get(name), name, section) for name, section in settings.topics.items()}
    return {**TOPICS, **own}


def _joined(given: Topic | None, name: str, section: TopicSettings) -> Topic:
    base = Topic(name) if given is None or section.replace else given
    # A place named twice is one place: dict keys keep the order.
    return Topic(
        name,
        tuple(dict.fromkeys(base.directories + section.directories)),
        tuple(dict.fromkeys(base.channels + section.channels)),
        tuple(dict.fromkeys(base.queries + section.queries)),
        tuple(dict.fromkeys(base.answerers + section.answerers)),
    )
