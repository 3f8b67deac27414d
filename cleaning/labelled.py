"""A labelled set of Korean sentences of our own, with and without personal data, to measure the rules by.

The sentences and ways of writing stand in `sentences/*.toml`; numbers and names are made up for them, by a fixed seed.
A class holds each way of writing as often as its file says: what is written in Korean talk, not what the rules find.
There was no corpus with raw personal data to count in, so those shares are our judgement; figures come by way of
writing too, for a reader to weigh them anew.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

CLASSES: Final = ("email", "link", "resident", "card", "phone", "account", "plate", "messenger", "handle")
SEED: Final = "1"
# A sentence with numbers in it stands with so many different ones.
_VARIANTS: Final = 3

_SLOT: Final = re.compile(r"\{(\w+)\}|[#＃§]")
_DIGITS: Final = {"#": "0123456789", "＃": "０１２３４５６７８９", "§": "공일이삼사오육칠팔구"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A sentence; `before` + `value` + `after` is its text, `value` the personal data that `kind` names.

    `token` is what the value is masked by; where `is_in_spec` is False, no rule of the cleaning spec knows this way of
    writing. A sentence without personal data says as `style` what it holds instead (price, date, …) and has no `kind`.
    """

    before: str
    value: str
    after: str
    style: str
    kind: str | None = None
    token: str = ""
    is_in_spec: bool = True


def labelled(seed: str = SEED) -> list[Sample]:
    """All samples, class by class, then those without personal data; the same for the same seed, anywhere."""
    return [*(sample for kind in CLASSES for sample in _of(kind, seed)), *_nothing(seed)]


def labelled_names(seed: str = SEED) -> list[Sample]:
    """Samples for the opt-in rule that finds names; `token` is the placeholder that a corpus puts for a name."""
    words = (Sample(text, "", "", "word") for text in _file("noname")["words"])
    return [*_of("name", seed), *words]


def tokens() -> dict[str, str]:
    """The token that masks each class."""
    return {kind: str(_file(kind)["token"]) for kind in CLASSES}


class _Chance:
    """Choices by hash: Python's own generators may choose otherwise in another version."""

    def __init__(self, seed: str) -> None:
        self._seed, self._drawn = seed, 0

    def pick(self, choices: Sequence[str]) -> str:
        self._drawn += 1
        digest = hashlib.sha256(f"{self._seed}\x1f{self._drawn}".encode()).digest()
        return choices[int.from_bytes(digest[:8], "big") % len(choices)]

    def fill(self, pattern: str) -> str:
        def value(slot: re.Match[str]) -> str:
            return self.fill(self.pick(_words()[slot[1]])) if slot[1] else self.pick(_DIGITS[slot[0]])

        return _SLOT.sub(value, pattern)


def _of(kind: str, seed: str) -> Iterator[Sample]:
    chance, file = _Chance(f"{seed}:{kind}"), _file(kind)
    for table in ("styles", "beyond"):
        for style, count in file[table].items():
            for _ in range(count):
                before, after = chance.pick(file["carriers"]).split("{}")
                lead, value, rest = _marked(chance.fill(style))
                yield Sample(before + lead, value, rest + after, style, kind, file["token"], table == "styles")


def _marked(written: str) -> tuple[str, str, str]:
    """What stands before, in and behind the angle brackets; all of it is the value where there are none."""
    lead, opened, rest = written.partition("<")
    value, _, behind = rest.partition(">")
    return (lead, value, behind) if opened else ("", written, "")


def _nothing(seed: str) -> Iterator[Sample]:
    chance = _Chance(f"{seed}:nothing")
    for style, sentences in _file("nothing").items():
        for sentence in sentences:
            for _ in range(_VARIANTS if _SLOT.search(sentence) else 1):
                yield Sample(chance.fill(sentence), "", "", style)


@lru_cache(maxsize=16)
def _file(name: str) -> Mapping[str, Any]:
    return tomllib.loads(resources.files("cleaning").joinpath("sentences", f"{name}.toml").read_text(encoding="utf-8"))


def _words() -> Mapping[str, Any]:
    return _file("words")
