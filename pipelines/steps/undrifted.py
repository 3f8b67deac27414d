"""Whether today's parser has mended the drift for which pages were set aside."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from warehouse.bands import Band, Fact, facts_in
from warehouse.learning import learnt_bands
from warehouse.leases import Crawl
from warehouse.records.pages import ParsedPage
from warehouse.replay import KeptPage


def still_drifting(engine: sa.Engine, readings: Iterable[tuple[KeptPage, ParsedPage]]) -> frozenset[int]:
    """Return the numbers of pages set aside for a field that today's parser finds in fewer than its band's floor.

    Pages of one origin and field are judged together; where nothing is learnt of it, half of them must hold it.
    """
    found: dict[tuple[Crawl, str], dict[int, bool]] = {}
    bands: dict[Crawl, Mapping[str, Band]] = {}
    for kept, parsed in readings:
        if name := kept.drifted:
            site = Crawl(kept.crawl.site, "", kept.crawl.origin)
            if site not in bands:
                bands[site] = learnt_bands(engine, site)
            found.setdefault((site, name), {})[kept.page_id] = _is_found(name, bands[site].get(name), parsed)
    return frozenset(
        page_id
        for (site, name), pages in found.items()
        if sum(pages.values()) < (bands[site][name].floor if name in bands[site] else 0.5) * len(pages)
        for page_id in pages
    )


def _is_found(name: str, band: Band | None, parsed: ParsedPage) -> bool:
    link_kind = name.removesuffix(".layout") if name.endswith(".layout") else "question"
    facts: Iterable[Fact] = (fact for fact in facts_in(link_kind, parsed) if fact.name == name)
    return any(fact.is_there and (band is None or band.holds(fact)) for fact in facts)
