"""Two labelled sets of Korean sentences of our own, with and without personal data, to measure the rules by.

The sentences and ways of writing stand in `sentences/*.toml`; numbers and names are made up for them, by a fixed seed.
A class holds each way of writing as often as its file says: what is written in Korean talk, not what the rules find.
There was no corpus with raw personal data to count in, so those shares are our judgement; figures come by way of
writing too, for a reader to weigh them anew.

Who wrote the rules had the first set before them. The unseen set (`sentences/unseen/`) was written by somebody who had
read neither the rules nor the first set's ways of writing but those of phones, and was finished before any rule was
measured on it: a rule that is mended by it must be measured on another.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any, Final

CLASSES: Final = ("email", "link", "resident", "card", "phone", "account", "plate", "messenger", "handle")
SEED: Final = "1"
# A sentence with numbers in it stands with so many different ones.
_VARIANTS: Final = 3

_SLOT: Final = re.compile(r"\{(\w+)\}|\{#\}|[#＃§]")
_SIGNS: Final = {"{#}": "#", "#": "0123456789", "＃": "０１２３４５６７８９", "§": "공일이삼사오육칠팔구"}


class LabelledSet(StrEnum):
    """The set that the rules' authors know, and the one that they do not."""

    first = "first"
    unseen = "unseen"


# Two tables of ways of writing: what the spec knows and does not know; in the unseen set, the usual and the odd.
_TABLES: Final = {LabelledSet.first: ("styles", "beyond"), LabelledSet.unseen: ("plain", "odd")}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence; `before` + `value` + `after` is its text, `value` the personal data that `kind` names.

    `token` is what the value is masked by; where `is_in_spec` is False, no rule of the cleaning spec is known to
    know this way of writing, and of the unseen set none is; where `is_plain` is False, few people write so. A sentence
    without personal data says as `style` what it holds instead (price, date, …) and has no `kind`.
    """

    before: str
    value: str
    after: str
    style: str
    kind: str | None = None
    token: str = ""
    is_in_spec: bool = True
    is_plain: bool = True


def labelled(seed: str = SEED, which: LabelledSet = LabelledSet.first) -> list[Sample]:
    """All samples, class by class, then those without personal data; the same for the same seed, anywhere."""
    return [*(sample for kind in CLASSES for sample in _of(kind, seed, which)), *_nothing(seed, which)]


def labelled_names(seed: str = SEED) -> list[Sample]:
    """Samples for the opt-in rule that finds names; `token` is the placeholder that a corpus puts for a name."""
    words = (Sample(text, "", "", "word") for text in _file("noname")["words"])
    return [*_of("name", seed, LabelledSet.first), *words]


def tokens() -> dict[str, str]:
    """The token that masks each class."""
    return {kind: str(_file(kind)["token"]) for kind in CLASSES}


class _Chance:
    """Choices by hash: Python's own generators may choose otherwise in another version."""

    def __init__(self, seed: str, which: LabelledSet) -> None:
        self._seed, self._drawn, self._words = seed, 0, _file("words", which)

    def pick(self, choices: Sequence[str]) -> str:
        self._drawn += 1
        digest = hashlib.sha256(f"{self._seed}\x1f{self._drawn}".encode()).digest()
        return choices[int.from_bytes(digest[:8], "big") % len(choices)]

    def fill(self, pattern: str) -> str:
        def value(slot: re.Match[str]) -> str:
            return self.fill(self.pick(self._words[slot[1]])) if slot[1] else self.pick(_SIGNS[slot[0]])

        return _SLOT.sub(value, pattern)


def _of(kind: str, seed: str, which: LabelledSet) -> Iterator[Sample]:
    chance, file = _Chance(f"{seed}:{kind}", which), _file(kind, which)
    for table, is_plain in zip(_TABLES[which], (True, False), strict=True):
        in_spec = is_plain and which is LabelledSet.first
        for style, count in file[table].items():
            for _ in range(count):
                before, after = chance.pick(file["carriers"]).split("{}")
                lead, value, rest = _marked(chance.fill(style))
                yield Sample(before + lead, value, rest + after, style, kind, file["token"], in_spec, is_plain)


def _marked(written: str) -> tuple[str, str, str]:
    """What stands before, in and behind the angle brackets; all of it is the value where there are none."""
    lead, opened, rest = written.partition("<")
    value, _, behind = rest.partition(">")
    return (lead, value, behind) if opened else ("", written, "")


def _nothing(seed: str, which: LabelledSet) -> Iterator[Sample]:
    chance = _Chance(f"{seed}:nothing", which)
    for style, sentences in _file("nothing", which).items():
        for sentence in sentences:
            for _ in range(_VARIANTS if _SLOT.search(sentence.replace("{#}", "")) else 1):
                yield Sample(chance.fill(sentence), "", "", style)


@lru_cache(maxsize=32)
def _file(name: str, which: LabelledSet = LabelledSet.first) -> Mapping[str, Any]:
    folder = resources.files("cleaning.personal") / "sentences" / ("" if which is LabelledSet.first else which)
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
