"""How well the newest pages of a site hold their fields, and where a field stands now that is no longer found."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from cleaning.personal.masks import mask_personal
from crawlers.drift import Form, Proposal, Sought, propose, soups_of
from crawlers.sites.registry import Site, site_by_id
from pipelines.settings import Settings
from pipelines.steps.crawling.expected import expected_bands
from pipelines.steps.masking import masked
from pipelines.steps.mending.fieldchanges import shortened
from warehouse.connect import open_warehouse
from warehouse.drift.bands import Band
from warehouse.drift.facts import Fact, facts_in
from warehouse.errors import Misuse, Permanent
from warehouse.pages.newest import NewestPage, newest_pages, stored_questions
from warehouse.pages.snapshots import read_snapshot
from warehouse.records.pages import Page, ParsedPage, Question

PAGES: Final = 20  # looked through, slowly
_FORMS: Final[dict[str, Form]] = {
    "title": "text", "body": "text", "topic": "text", "asked_at": "moment", "answered_at": "moment",
    "views": "number", "votes_up": "number", "votes_down": "number", "answers_total": "number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Read:
    address_key: str
    page: Page
    parsed: ParsedPage


def drift(settings: Settings, site_id: str) -> dict[str, Any]:
    """Compare the newest question pages of a site with what its pages usually hold.

    Looked at are the pages that a crawl set aside because a field had left its band, else the newest ones. For a
    field that has left it: selectors that found it in the last good pages, and those that find it now.

    Raises:
        Misuse: an unknown site, or no page of it is kept.
        Unready: no warehouse.
    """
    site = site_by_id(site_id)
    engine = open_warehouse(settings.database_url)
    folder = settings.folder / "snapshots"
    newest = newest_pages(engine, site.id, PAGES)
    looked = [read for row in newest.looked_at if (read := _read(site, folder, row))]
    if not looked or newest.crawl is None:
        raise Misuse(f"no question page of {site.id} is kept; crawl it first: mundap crawl {site.id}")
    bands = expected_bands(engine, site, newest.crawl)
    facts = [fact for read in looked for fact in facts_in("question", read.parsed)]
    named = {row.drifted for row in newest.looked_at}
    fields = [
        _coverage(band, [fact for fact in facts if fact.name == name], name in named)
        for name, band in sorted(bands.items())
    ]
    broken = [entry for entry in fields if entry["state"] in ("left", "doubtful")]
    if any(entry["field"].endswith(".layout") for entry in broken):
        # Nobody reads these pages, so every field of theirs is to be looked for.
        broken = [entry for entry in fields if not entry["field"].endswith(".layout")]
    if broken:
        good = [read for row in newest.good if (read := _read(site, folder, row)) and read.parsed.question]
        lists = [read for row in newest.lists if (read := _read(site, folder, row))]
        _look(
            broken,
            bands,
            [read for read in looked if _is_lacking(read, broken, bands)],
            good,
            _Known(engine, site, lists),
        )
    return {"site": site.id, "origin": newest.crawl.origin, "pages": len(looked), "fields": fields}


def _read(site: Site, folder: Any, row: NewestPage) -> _Read | None:
    try:
        page = read_snapshot(folder, row.snapshot)
    except Permanent:
        return None
    return _Read(row.address_key, page, site.read(page, None))


def _coverage(band: Band, facts: Sequence[Fact], is_named: bool) -> dict[str, Any]:
    there = [fact for fact in facts if fact.is_there]
    says = band.left_by(facts)
    return {
        "field": band.name,
        "pages": len(facts),
        "seen": len(there),
        "learnt_share": band.share,
        "learnt_rows": band.rows,
        "floor": band.expected,
        "shortest": band.shortest,
        "longest": band.longest,
        "state": _state(band, facts, says or is_named),
        "says": says,
        "before": [],
        "now": [],
    }


def _state(band: Band, facts: Sequence[Fact], is_left: object) -> str:
    if not facts:
        return "not seen"
    # Too few pages to be sure of it, yet fewer than there should be.
    return "left" if is_left else "doubtful" if band.is_undershot_by(facts) else "within"


def _is_lacking(read: _Read, broken: Sequence[dict[str, Any]], bands: dict[str, Band]) -> bool:
    wanted = {entry["field"] for entry in broken}
    is_read = read.parsed.kind == "question"
    return not is_read or any(
        fact.name in wanted and not bands[fact.name].holds(fact) for fact in facts_in("question", read.parsed)
    )


class _Known:
    """What is known of pages that cannot be read: their questions as stored once, their titles in lists."""

    def __init__(self, engine: sa.Engine, site: Site, lists: Sequence[_Read]) -> None:
        links = [link for read in lists for link in read.parsed.links if link.kind == "question"]
        self._titles = {site.link_key(link): link.title for link in links if link.title}
        ids = {link.external_id for link in links if link.external_id}
        self._ids = {site.link_key(link): link.external_id for link in links}
        self._stored = stored_questions(engine, site.id, sorted(ids))
        self.topics = frozenset(row.topic for row in self._stored.values() if row.topic)

    def value(self, read: _Read, name: str) -> str | None:
        stored = self._stored.get(self._ids.get(read.address_key) or "")
        if stored is not None and (value := _as_printed(stored, name)):
            return value
        return self._titles.get(read.address_key) if name == "title" else None


def _look(
    broken: list[dict[str, Any]], bands: dict[str, Band], lacking: list[_Read], good: list[_Read], known: _Known
) -> None:
    pages, soups = [read.page for read in lacking], soups_of(read.page for read in lacking)
    good_pages, good_soups = [read.page for read in good], soups_of(read.page for read in good)
    others = tuple(_texts_found(read, known) for read in lacking)
    for entry in broken:
        record, _, name = entry["field"].partition(".")
        if name not in _FORMS:
            continue
        sought = _sought(record, name, bands[entry["field"]], known, lacking, others)
        entry["now"] = [_shown(found) for found in propose(pages, soups, sought)]
        if record == "question":
            values = tuple(_as_printed(masked(read.parsed).question, name) for read in good)
            entry["before"] = [
                _shown(found) for found in propose(good_pages, good_soups, replace(sought, known=values))
            ]


def _texts_found(read: _Read, known: _Known) -> tuple[str, ...]:
    """Return texts of the page that are no lost one: a title known elsewhere, and what is still read."""
    parsed = read.parsed
    title = (parsed.question.title if parsed.question else None) or known.value(read, "title")
    return tuple(text for text in (title, *(row.body for row in parsed.answers)) if text)


def _sought(
    record: str, name: str, band: Band, known: _Known, lacking: list[_Read], others: tuple[tuple[str, ...], ...]
) -> Sought:
    is_question = record == "question"
    sought = Sought(name, _FORMS[name], not_around=others, repeats=not is_question)
    if is_question:
        sought = replace(sought, known=tuple(known.value(read, name) for read in lacking))
    if name == "topic":
        sought = replace(sought, choices=known.topics)
    return replace(sought, shortest=band.shortest or 1, longest=band.longest or 1e9)


def _as_printed(row: Question | None, name: str) -> str | None:
    value = getattr(row, "asked_raw" if name == "asked_at" else name) if row is not None else None
    return None if value is None else str(value)


def _shown(found: Proposal) -> dict[str, Any]:
    return asdict(found) | {"example": shortened(mask_personal(found.example))}
