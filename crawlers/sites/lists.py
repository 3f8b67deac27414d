"""What the rows of any site's lists lead to."""

from collections.abc import Iterable

from warehouse.records.pages import Link


def once_each(links: Iterable[Link]) -> tuple[Link, ...]:
    """These are the links in their order, one for each thing: a picture may link what the title links after it."""
    once: dict[str, Link] = {}
    for link in links:
        name = link.external_id or link.url
        if name not in once or (once[name].title is None and link.title is not None):
            once[name] = link
    return tuple(once.values())
