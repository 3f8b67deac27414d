"""What the text of a query tells before it is sent, and how its text must be sent."""

import re

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.DOTALL)
_NAME = r"(?:\w+\.)?(\w+)"
_ALIAS = (
    r"(?:\s+as\s+(\w+)|\s+(?!(?:as|on|using|where|join|left|right|full|inner|outer|cross|natural|group|order|having|limit"
    r"|union|except|intersect|window)\b)(\w+))?"
)
_SOURCE = re.compile(rf"\b(?:from|join)\s+{_NAME}{_ALIAS}", re.IGNORECASE)
_NEXT_SOURCE = re.compile(rf"\s*,\s*{_NAME}{_ALIAS}", re.IGNORECASE)
_INNER = re.compile(r"\)\s*(?:as\s+)?([^\W\d]\w*)", re.IGNORECASE)
_QUOTED_NAME = re.compile(r"\[\w+\]|\"\w+\"")
_PARAMETER = re.compile(r"(?<![:\w])[:@$]([^\W\d]\w*)")


def bare(sql: str) -> str:
    """The text with a blank for each string, quoted name and comment: what may hold a word without its being code."""
    return _QUOTED.sub(" ", sql)


def parameter_names(sql: str) -> list[str]:
    """The parameters that it wants, in order, once each.

    >>> parameter_names("SELECT ':a' FROM t WHERE b = :b AND c = :c OR b = :b")
    ['b', 'c']
    """
    return list(dict.fromkeys(_PARAMETER.findall(bare(sql))))


def words_of(sql: str) -> set[str]:
    """The words outside of quotes and comments, in small letters."""
    return {word.lower() for word in re.findall(r"\w+", bare(sql))}


def sources_of(sql: str) -> dict[str, str]:
    """What the query reads from: each name it goes by, and the view or table of that, empty for an inner SELECT.

    >>> sources_of("SELECT q.x FROM questions AS q, [load] JOIN (SELECT 1 AS x) i ON 1 = 1")
    {'i': '', 'q': 'questions', 'load': 'load'}
    """
    text = _QUOTED.sub(lambda found: found[0][1:-1] if _QUOTED_NAME.fullmatch(found[0]) else " ", sql)
    sources = {name.lower(): "" for name in _INNER.findall(text)}
    for first in _SOURCE.finditer(text):
        found: re.Match[str] | None = first
        while found:
            sources[(found[2] or found[3] or found[1]).lower()] = found[1].lower()
            found = _NEXT_SOURCE.match(text, found.end())
    return sources


def strings_of(sql: str) -> list[str]:
    """The texts in single quotes, without these.

    >>> strings_of("SELECT 'a''b' AS [it's] -- 'c'")
    ["a'b"]
    """
    found = (part[0] for part in _QUOTED.finditer(sql))
    return [text[1:-1].replace("''", "'") for text in found if text.startswith("'")]


def literal_colons(sql: str) -> str:
    r"""The text with colons in quotes and comments escaped, which SQLAlchemy would take for parameters.

    >>> literal_colons("SELECT ' :a' WHERE b = :b")
    "SELECT ' \\:a' WHERE b = :b"
    """
    return _QUOTED.sub(lambda found: found[0].replace(":", "\\:"), sql)


def national(sql: str) -> str:
    """The text with N before each string that is not ASCII: without it SQL Server reads it in its own code page.

    Where that is not a Korean one, Hangul becomes ???, which equals nothing, and no error tells.

    >>> national("SELECT '가', N'가', 'a', [가] -- '가'")
    "SELECT N'가', N'가', 'a', [가] -- '가'"
    """

    def marked(found: re.Match[str]) -> str:
        has_one = re.search(r"\b[nN]$", sql[: found.start()][-2:])
        return found[0] if found[0][0] != "'" or found[0].isascii() or has_one else f"N{found[0]}"

    return _QUOTED.sub(marked, sql)
