"""Whether today's parser has mended the drift for which pages were set aside."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from crawlers.sites.registry import Site
from pipelines.steps.crawling.expected import expected_bands
from warehouse.drift.bands import Band
from warehouse.drift.facts import Fact, facts_in
from warehouse.frontier.crawls import Crawl
from warehouse.frontier.emptied import LIST_ROWS
from warehouse.pages.replay import KeptPage
from warehouse.records.pages import ParsedPage


def still_drifting(engine: sa.Engine, site: Site, readings: Iterable[tuple[KeptPage, ParsedPage]]) -> dict[int, str]:
    """Return the pages set aside for a field, by number, that today's parser finds in fewer than its band's floor.

    Pages of one origin and field are judged together; where nothing is learnt of it, half of them must hold it.
    """
    found: dict[tuple[Crawl, str], dict[int, bool]] = {}
    bands: dict[Crawl, Mapping[str, Band]] = {}
    for kept, parsed in readings:
        if name := kept.drifted:
            crawl = Crawl(site.id, "", kept.crawl.origin)
            if crawl not in bands:
                bands[crawl] = expected_bands(engine, site, crawl)
            found.setdefault((crawl, name), {})[kept.page_id] = _is_found(name, bands[crawl].get(name), parsed)
    return {
        page_id: name
        for (crawl, name), pages in found.items()
        if sum(pages.values()) < (bands[crawl][name].expected if name in bands[crawl] else 0.5) * len(pages)
        for page_id in pages
    }


def _is_found(name: str, band: Band | None, parsed: ParsedPage) -> bool:
    if name == LIST_ROWS:
        return any(link.kind == "question" for link in parsed.links)
    link_kind = name.removesuffix(".layout") if name.endswith(".layout") else "question"
    facts: Iterable[Fact] = (fact for fact in facts_in(link_kind, parsed) if fact.name == name)
    return any((fact.is_there or fact.is_silent) and (band is None or band.holds(fact)) for fact in facts)
