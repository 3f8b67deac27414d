r"""Guards of all rules searched in whole columns at once.

A guard is a regular expression of a plain kind: alternatives of one to three items, an item being a character, a
class (`[…]`, `[^…]`, ranges, `\d`) or, outermost, `^` and `$` for the ends of the text. Python's `re` takes it as it
is for one text. For a column each alternative is a bit: three small tables tell for each character in which
alternatives it may stand first, second and third, so that two ANDs find up to 64 of them in all rows in one go.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Bits = npt.NDArray[np.uint64]
Mask = tuple[tuple[int, np.uint64], ...]

_END = 0x110000  # stands between texts, where no code point can
_ITEM = re.compile(r"(\[)(\^?)((?:\\.|[^\]\\])+)\]|(\\.|.)", re.DOTALL)
_MEMBER = re.compile(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", re.DOTALL)
# The one guard that no classes can say: a syllable or jamo three times running.
SAME = "([가-힣ㄱ-ㅣ])\\1\\1"
_WORD_ESCAPE = re.compile(r"\\[A-Zabce-z]")
_LONGEST = 3
_BLOCK = 1 << 15  # characters searched at once: what is made of them stays in the processor's cache
_NO_ITEMS = frozenset("(){}?*+.")
# Among the other planes' letters some are digits too; emoji are not.
_DIGITS = [(code, code + 1) for code in range(0x10000) if chr(code).isdecimal()] + [(0x10000, 0x1F000), (0x1FB00, _END)]


class Scan:
    """All guards of a plan, ready for columns.

    >>> scan = Scan(("ㅋㅋ", "^ | $", "[!?][!?]"))
    >>> found = scan.search(["좋아 ", "ㅋㅋ!!", "그래"])
    >>> [scan.hit(guard, found).tolist() for guard in ("ㅋㅋ", "^ | $", "[!?][!?]")]
    [[False, True, False], [True, False, False], [False, True, False]]
    """

    def __init__(self, guards: Iterable[str]) -> None:
        """Raises ValueError for a guard of another kind."""
        wanted = dict.fromkeys(guards)
        distinct = list(dict.fromkeys(each for guard in wanted if guard != SAME for each in _alternatives(guard)))
        self._kinds, order = _kinds(distinct)
        words = _words(distinct)
        self._words = [_Word(word, order) for word in words]
        places = {each: (column, 1 << bit) for column, word in enumerate(words) for bit, each in enumerate(word)}
        places[SAME,] = (len(words), 1)
        self._masks = {guard: self._mask(guard, places) for guard in wanted}

    def _mask(self, guard: str, places: Mapping[tuple[str, ...], tuple[int, int]]) -> Mask:
        mask: dict[int, int] = {}
        for column, bit in {places[each] for each in ([(SAME,)] if guard == SAME else _alternatives(guard))}:
            mask[column] = mask.get(column, 0) | bit
        return tuple((column, np.uint64(bits)) for column, bits in mask.items())

    def hit(self, guard: str, found: Bits) -> npt.NDArray[np.bool_]:
        """Whether a guard stands in each of the texts that were searched."""
        (column, bits), *others = self._masks[guard]
        hit: npt.NDArray[np.bool_] = (found[:, column] & bits) != 0
        for column, bits in others:
            hit |= (found[:, column] & bits) != 0
        return hit

    def search(self, texts: Sequence[str]) -> Bits:
        """For each text the bits of the alternatives that it holds."""
        return self.search_joined("".join(texts), np.fromiter(map(len, texts), np.int64, len(texts)))

    def search_joined(self, joined: str, lengths: npt.NDArray[np.int64]) -> Bits:
        """The same for texts of `lengths` characters that stand behind one another in `joined`."""
        found = np.zeros((len(lengths), len(self._words) + 1), np.uint64)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        row = 0
        while row < len(lengths):
            # At least one text, however long.
            stop = max(row + 1, int(np.searchsorted(starts, starts[row] + _BLOCK, side="right")) - 1)
            self._search_block(joined[starts[row] : starts[stop]], lengths[row:stop], found[row:stop])
            row = stop
        return found

    def _search_block(self, joined: str, lengths: npt.NDArray[np.int64], found: Bits) -> None:
        filled = np.flatnonzero(lengths)
        if not len(filled):
            return
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        ends = np.cumsum(lengths[filled])
        kinds = np.zeros(len(codes) + 2, np.intp)
        np.take(self._kinds, codes, out=kinds[:-2], mode="clip")
        for column, word in enumerate(self._words):
            found[filled, column] = word.search(kinds, ends - lengths[filled], ends - 1)
        if SAME in self._masks:
            found[filled[_rows_with_thrice(codes, ends)], -1] = 1


def _words(alternatives: Sequence[tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """Alternatives by 64; where one word does not hold them, those of one item are apart, for they take less time."""
    if len(alternatives) <= 64:
        return [list(alternatives)]
    ordered = sorted(alternatives, key=lambda items: len(items) > 1)
    single = sum(len(items) == 1 for items in alternatives)
    starts = [*range(0, single, 64), *range(single, len(ordered), 64)]
    return [ordered[start:stop] for start, stop in zip(starts, [*starts[1:], None], strict=True)]


class _Word:
    """Up to 64 alternatives as bits; kind 0 is the end of a text."""

    def __init__(self, alternatives: Sequence[tuple[str, ...]], order: npt.NDArray[np.int64]) -> None:
        self._single = all(len(each) == 1 for each in alternatives)
        self._tables = [np.zeros(len(order), np.uint64) for _ in range(_LONGEST)]
        for bit, items in enumerate(alternatives):
            for place, table in enumerate(self._tables):
                table[_matches(items[place], order) if place < len(items) else slice(None)] |= np.uint64(1 << bit)

    def search(self, kinds: npt.NDArray[np.intp], starts: npt.NDArray[np.int64], lasts: npt.NDArray[np.int64]) -> Bits:
        """The bits of each text that lies from one of `starts` to its last character; two ends follow the kinds."""
        first, second, third = self._tables
        found = first[kinds[:-2]]
        if self._single:
            return np.bitwise_or.reduceat(found, starts)
        found &= second[kinds[1:-1]]
        found &= third[kinds[2:]]
        # Where a text ends, the next one was taken for the rest of it.
        before = np.maximum(lasts - 1, starts)
        found[before] = first[kinds[before]] & second[kinds[before + 1]] & third[0]
        found[lasts] = first[kinds[lasts]] & second[0] & third[0]
        rows: Bits = np.bitwise_or.reduceat(found, starts)
        rows |= first[0] & second[kinds[starts]] & third[np.where(starts == lasts, 0, kinds[starts + 1])]
        return rows


def _rows_with_thrice(codes: Codes, ends: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The texts, by where they end, in which a syllable or jamo stands three times running."""
    same = codes[1:] == codes[:-1]
    thrice = np.flatnonzero(same[1:] & same[:-1])
    thrice = thrice[_is_hangul(codes[thrice])]
    rows = np.searchsorted(ends, thrice, side="right")
    return rows[thrice + 2 < ends[rows]]


def _is_hangul(codes: Codes) -> npt.NDArray[np.bool_]:
    return ((codes >= 0xAC00) & (codes <= 0xD7A3)) | ((codes >= 0x3131) & (codes <= 0x3163))


@lru_cache(maxsize=512)
def _alternatives(guard: str) -> tuple[tuple[str, ...], ...]:
    """The items of each alternative."""
    found: list[tuple[str, ...]] = [()]
    for match in _ITEM.finditer(guard):
        if match[0] == "|":
            found.append(())
        else:
            found[-1] += (match[0],)
    if _WORD_ESCAPE.search(guard) or any(not 1 <= len(items) <= _LONGEST or _NO_ITEMS & {*items} for items in found):
        raise ValueError(f"no guard for columns: {guard!r}")
    return tuple(found)


@lru_cache(maxsize=512)
def _ranges(item: str) -> tuple[tuple[int, int], ...]:
    """The code points that an item matches, as half-open ranges."""
    match = _ITEM.fullmatch(item)
    if item in {"^", "$"} or match is None:
        return ((_END, _END + 1),)
    ranges: list[tuple[int, int]] = []
    for member in _MEMBER.finditer(match[3] or match[4]):
        if member[0] == "\\d":
            ranges += _DIGITS
        else:
            low = member[1][-1]
            ranges.append((ord(low), ord((member[2] or low)[-1]) + 1))
    return _others(ranges) if match[2] else tuple(ranges)


def _others(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    done = 0
    for low, high in (*sorted(ranges), (_END, _END)):
        if done < low:
            found.append((done, low))
        done = max(done, high)
    return tuple(found)


def _matches(item: str, codes: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    inside = np.zeros(len(codes), np.bool_)
    for low, high in _ranges(item):
        inside |= (codes >= low) & (codes < high)
    return inside


def _kinds(alternatives: Iterable[tuple[str, ...]]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int64]]:
    """The kind of each code point, and one code point of each kind; kind 0 is the end of a text.

    Characters that no item tells apart are of one kind.
    """
    items = dict.fromkeys(item for items in alternatives for item in items)
    bounds = {bound for item in items for pair in _ranges(item) for bound in pair if bound <= _END}
    starts = np.array(sorted(bounds | {0, _END}), np.int64)
    told = np.array([_matches(item, starts) for item in items] or [starts == _END]).T
    numbers = {told[-1].tobytes(): 0}
    kinds = np.array([numbers.setdefault(row.tobytes(), len(numbers)) for row in told], np.intp)
    order = np.zeros(len(numbers), np.int64)
    order[kinds] = starts
    return np.repeat(kinds, np.diff(starts, append=_END + 1)), order
