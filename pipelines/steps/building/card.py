"""The README of a dataset version, in Korean and English: what it holds, by what rules, and who has rights in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cleaning.meanings import KOREAN_MEANINGS, MEANINGS
from cleaning.personal.masks import PERSONAL_RULES
from cleaning.registry import known_rules
from cleaning.splits.links import LEAST_LINKING_LETTERS
from pipelines.steps.building.rights import SourceRights, common_licence
from warehouse.datasets.card import front_matter
from warehouse.datasets.manifest import Manifest


@dataclass(frozen=True, slots=True)
class _Words:
    """The card's words in one language; `{…}` are filled in."""

    language: str
    about: str
    masked: str
    unmasked: str
    names_stay: str
    names_replaced: str
    counts: tuple[str, str]
    apart: str
    recipe: str
    changed: tuple[str, ...]
    dropped: tuple[str, ...]
    rights: str
    owners: str
    source: tuple[str, ...]
    use: str
    nothing: str
    meanings: Mapping[str, str]


_KOREAN: Final = _Words(
    language="한국어",
    about="한국어 질문과 답변에서 만든 대화 {kept:,}건입니다.",
    masked="개인정보는 규칙이 아는 만큼 가려져 있고, 글쓴이 이름은 없습니다.",
    unmasked="이 조리법은 {rules} 규칙을 쓰지 않으므로, 저장할 때 가려지지 않은 개인정보가 글에 남아 있을 수 있습니다. "
    "글쓴이 이름은 없습니다.",
    names_stay="글 속에 나오는 사람 이름은 그대로입니다.",
    names_replaced="글 속의 사람 이름은 찾아낸 만큼 가명으로 바꾸었습니다.",
    counts=("나눔", "대화"),
    apart="거의 같은 대화, 같은 글타래와 질문자, 같은 답(전체, 그리고 {letters}글자 이상인 말차례)은 한 나눔에만 "
    "있습니다. 그보다 짧은 답의 말차례는 여러 나눔에 나올 수 있습니다. 둘 이상의 나눔에 서로 다른 답과 함께 "
    "나오는 질문: {questions:,}개.",
    recipe="조리법 `{name}` {version}, 코드 `{code}`, 원천 적재 {loads}건 (가장 최근 {newest:%Y-%m-%d} UTC), "
    "이전 판 {parent}. {dropped:,}건은 뺐으며, 이유와 함께 `dropped/`에 남아 있습니다.",
    changed=("바꾼 규칙", "대화", "하는 일"),
    dropped=("뺀 규칙", "대화", "이유"),
    rights="이용 허락과 권리",
    owners="글의 권리는 쓴 사람에게 있습니다. 쓰거나 나누어 줄 수 있는지는 출처마다 다릅니다.",
    source=("출처", "대화", "이용 허락", "권리"),
    use="쓰는 법",
    nothing="(없음)",
    meanings={**MEANINGS, **KOREAN_MEANINGS},
)
_ENGLISH: Final = _Words(
    language="English",
    about="{kept:,} dialogues made from Korean questions and answers.",
    masked="Personal data is masked as far as the rules know it, and no author is named.",
    unmasked="This recipe does not run {rules}: personal data that was not masked before storing may be in the "
    "texts. No author is named.",
    names_stay="People named in the texts are still named.",
    names_replaced="People named in the texts have pseudonyms as far as they were found.",
    counts=("split", "rows"),
    apart="Near-copies, threads, askers and equal answers (the whole, and each turn of {letters} letters or more) "
    "stand in one split only; shorter turns of an answer may recur in others. Questions that stand in more than "
    "one split, with different answers: {questions:,}.",
    recipe="Recipe `{name}` {version}, code `{code}`, {loads} source loads (the newest of {newest:%Y-%m-%d} UTC), "
    "parent version {parent}. {dropped:,} rows dropped, readable with their reasons in `dropped/`.",
    changed=("changed by", "rows", "what it does"),
    dropped=("dropped by", "rows", "why"),
    rights="Licence and rights",
    owners="The texts belong to those who wrote them. Whether you may use or pass them on depends on each source:",
    source=("source", "rows", "licence", "rights"),
    use="How to use it",
    nothing="(none)",
    meanings=MEANINGS,
)
_USE: Final = """```python
from datasets import load_dataset

rows = load_dataset("{folder}")["train"]
tokenizer.apply_chat_template(rows[0]["messages"], tokenize=False)
```"""


def write_card(
    manifest: Manifest,
    sources: Sequence[SourceRights],
    changed: Mapping[str, int],
    drops: Mapping[str, int],
    steps: Sequence[str],
    shared_questions: int,
) -> str:
    """Return the card; `sources` tell rows, licence and rights by source, `changed` and `drops` count rows by rule.

    `steps` are the recipe's: they tell what of personal data the texts may still hold. `shared_questions` stand in more
    than one split.
    """
    parts = [front_matter(manifest, common_licence(sources)), f"# {manifest.name} {manifest.version}"]
    for words in (_KOREAN, _ENGLISH):
        apart = words.apart.format(letters=LEAST_LINKING_LETTERS, questions=shared_questions)
        parts += [f"## {words.language}", *_told(words, manifest, sources, changed, drops, steps, apart)]
    return "\n\n".join(parts) + "\n"


def _told(
    words: _Words,
    manifest: Manifest,
    sources: Sequence[SourceRights],
    changed: Mapping[str, int],
    drops: Mapping[str, int],
    steps: Sequence[str],
    apart: str,
) -> list[str]:
    facts = {
        "name": manifest.recipe_name,
        "version": manifest.recipe_version,
        "code": manifest.code_version,
        "loads": len(manifest.source_loads),
        "newest": manifest.newest_load_at,
        "parent": manifest.parent or words.nothing,
        "dropped": manifest.dropped,
    }
    return [
        f"{words.about.format(kept=sum(manifest.rows.values()))} {_privacy(words, steps)}",
        _table(words, words.counts, [*manifest.rows.items()]),
        apart,
        words.recipe.format(**facts),
        _table(words, words.changed, _rules(words, changed)),
        _table(words, words.dropped, _rules(words, drops)),
        f"### {words.rights}",
        words.owners,
        _table(words, words.source, [(one.source, one.rows, one.licence, one.rights) for one in sources]),
        f"### {words.use}",
        _USE.format(folder=f"{manifest.name}/{manifest.version}"),
    ]


def _privacy(words: _Words, steps: Sequence[str]) -> str:
    missing = [f"`{rule}`" for rule in (*PERSONAL_RULES, "links") if not {rule, f"careful_{rule}"} & {*steps}]
    masks = words.unmasked.format(rules=", ".join(missing)) if missing else words.masked
    return f"{masks} {words.names_replaced if 'real_names' in steps else words.names_stay}"


def _rules(words: _Words, counts: Mapping[str, int]) -> list[tuple[str, int, str]]:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(rule, rows, _meaning(words, rule.partition(":")[0])) for rule, rows in ranked]


def _meaning(words: _Words, rule: str) -> str:
    if rule in words.meanings:
        return words.meanings[rule]
    added = known_rules().get(rule)  # a package's rule has a reason of its own at most
    return added.reason if added and added.reason else "–"


def _table(words: _Words, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    if not rows:
        return f"{columns[0]}: {words.nothing}"
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(
        f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in line)} |" for line in lines
    )
