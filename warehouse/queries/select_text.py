"""What the text of a query tells before it is sent: is it one SELECT, what parameters does it want."""

import re

from warehouse.errors import Misuse

# What may hold a semicolon or a word without its being code: strings, quoted names, comments.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\[[^\]]*\]|--[^\n]*|/\*.*?\*/", re.DOTALL)
_WRITING = re.compile(
    r"\b(insert|update|delete|merge|drop|create|alter|truncate|exec|execute|grant|revoke|into|use|set|declare|waitfor"
    r"|openrowset|opendatasource|openquery|backup|restore|dbcc|shutdown|kill|updatetext|writetext|reconfigure)\b",
    re.IGNORECASE,
)
_OPEN_COMMENT = re.compile(r"[^'\"]*/\*", re.DOTALL)
_COUNTED = re.compile(r"\?\d*|(?<![:\w])[:@$]\d+")
_PARAMETER = re.compile(r"(?<![:\w])[:@$]([^\W\d]\w*)")


def require_one_select(sql: str) -> None:
    """Pass one SELECT, or WITH … SELECT, and nothing else.

    Raises:
        Misuse: it begins otherwise, something follows, or a comment in it has no end.
    """
    bare = _bare(sql).strip().rstrip(";").strip()
    if _OPEN_COMMENT.match(bare):
        raise Misuse("a comment begins with /* and never ends; close it with */")
    if not re.match(r"(select|with)\b", bare, re.IGNORECASE):
        raise Misuse("only a SELECT can be asked; begin with SELECT or WITH")
    if ";" in bare:
        raise Misuse("one SELECT at a time; take out what follows the first semicolon")


def require_named_parameters(sql: str) -> None:
    """Pass a text whose parameters all have names.

    Raises:
        Misuse: a parameter that is only counted: `?`, `?1`, `:1`.
    """
    if found := _COUNTED.search(_bare(sql)):
        raise Misuse(f"the parameter {found[0]} has no name; write :name, and give it with --param name=…")


def require_no_writing_word(sql: str) -> None:
    """Pass a text without any word by which SQL Server writes: no semicolon is needed between statements there.

    Raises:
        Misuse: such a word outside of quotes.
    """
    if found := _WRITING.search(_bare(sql)):
        raise Misuse(f"only reading is allowed, and {found[0].upper()} is not; ask with a plain SELECT")


def parameter_names(sql: str) -> list[str]:
    """The parameters that it wants, in order, once each.

    >>> parameter_names("SELECT ':a' FROM t WHERE b = :b AND c = :c OR b = :b")
    ['b', 'c']
    """
    return list(dict.fromkeys(_PARAMETER.findall(_bare(sql))))


def words_of(sql: str) -> set[str]:
    """The words outside of quotes and comments, in small letters."""
    return {word.lower() for word in re.findall(r"\w+", _bare(sql))}


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


def _bare(sql: str) -> str:
    return _QUOTED.sub(" ", sql)
