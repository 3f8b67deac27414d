"""The README of a dataset version, in Korean and English: what it holds, by what rules, and who has rights in it."""

from collections.abc import Mapping, Sequence

from pipelines.steps.rights import SourceRights, common_licence
from warehouse.card import front_matter
from warehouse.manifest import Manifest


def write_card(manifest: Manifest, sources: Sequence[SourceRights], drops: Mapping[str, int]) -> str:
    """Return the card; `sources` tell rows, licence and rights by source, `drops` count dropped rows by rule."""
    total = sum(manifest.rows.values())
    return "\n".join(
        [
            front_matter(manifest, common_licence(sources)),
            f"# {manifest.name} {manifest.version}",
            "",
            f"한국어 질문과 답변에서 만든 대화 {total:,}건입니다. 개인정보는 가려져 있고, 글쓴이 이름은 없습니다.",
            "",
            f"{total:,} dialogues made from Korean questions and answers. Personal data is masked, nobody is named.",
            "",
            *_table(("split", "rows"), [(side, manifest.rows.get(side, 0)) for side in manifest.rows]),
            "",
            f"Recipe `{manifest.recipe_name}` {manifest.recipe_version}; {manifest.dropped:,} rows dropped, "
            "readable with their reasons in `dropped/`:",
            "",
            *_table(("dropped by", "rows"), list(drops.items())),
            "",
            "## Licence and rights",
            "",
            "The texts belong to those who wrote them. Whether you may use or pass them on depends on each source:",
            "",
            *_table(
                ("source", "rows", "licence", "rights"),
                [(given.source, given.rows, given.licence, given.rights) for given in sources],
            ),
            "",
        ]
    )


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    if not rows:
        return ["(none)"]
    lines = [columns, ["---"] * len(columns), *rows]
    return [f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in line)} |" for line in lines]
