"""The README of a dataset version, in Korean and English: what it holds, by what rules, and who has rights in it."""

from collections.abc import Mapping, Sequence
from typing import Final

from crawlers.sites.registry import SITES
from pipelines.plural import counted
from warehouse.card import front_matter
from warehouse.manifest import Manifest

KNOWN_RIGHTS: Final = {
    "chatbot-csv": "songys/Chatbot_data, MIT licence.",
}
UNKNOWN_RIGHTS: Final = "Imported by the user: ask whoever gave you the file."


def write_card(manifest: Manifest, sources: Mapping[str, int], drops: Mapping[str, int]) -> str:
    """Return the card; `sources` and `drops` count kept rows by source and dropped rows by rule."""
    total = sum(manifest.rows.values())
    return "\n".join(
        [
            front_matter(manifest),
            f"# {manifest.name} {manifest.version}",
            "",
            f"한국어 질문과 답변에서 만든 대화 {total:,}건입니다. 개인정보는 가려져 있고, 글쓴이 이름은 없습니다.",
            "",
            f"{counted(total, 'dialogue')} made from Korean questions and answers. "
            "Personal data is masked, nobody is named.",
            "",
            *_table(("split", "rows"), [(side, manifest.rows.get(side, 0)) for side in manifest.rows]),
            "",
            f"Recipe `{manifest.recipe_name}` {manifest.recipe_version}; {counted(manifest.dropped, 'row')} set aside, "
            "readable with their reasons in `dropped/`:",
            "",
            *_table(("dropped by", "rows"), list(drops.items())),
            "",
            "## Rights",
            "",
            "The texts belong to those who wrote them. Whether you may use or pass them on depends on each source:",
            "",
            *_table(("source", "rows", "rights"), [(name, count, rights_of(name)) for name, count in sources.items()]),
            "",
        ]
    )


def rights_of(source: str) -> str:
    """Say in a sentence who must be asked about a source's texts."""
    site, _, origin = source.partition("@")
    if site in SITES:
        return f"A copy served at {origin}: as its owner says." if origin else SITES[site].rights
    return KNOWN_RIGHTS.get(source, UNKNOWN_RIGHTS)


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    if not rows:
        return ["(none)"]
    lines = [columns, ["---"] * len(columns), *rows]
    return [f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in line)} |" for line in lines]
