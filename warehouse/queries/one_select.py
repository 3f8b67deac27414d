"""What may be asked: one SELECT, its parameters named, and nothing that writes."""

import re

from warehouse.errors import Misuse
from warehouse.queries.select_text import bare

_WRITING = re.compile(
    r"\b(insert|update|delete|merge|drop|create|alter|truncate|exec|execute|grant|revoke|into|use|set|declare|waitfor"
    r"|openrowset|opendatasource|openquery|backup|restore|dbcc|shutdown|kill|updatetext|writetext|reconfigure)\b",
    re.IGNORECASE,
)
_OPEN_COMMENT = re.compile(r"[^'\"]*/\*", re.DOTALL)
_COUNTED = re.compile(r"\?\d*|(?<![:\w])[:@$]\d+")


def require_one_select(sql: str) -> None:
    """Pass one SELECT, or WITH … SELECT, and nothing else.

    Raises:
        Misuse: it begins otherwise, something follows, or a comment in it has no end.
    """
    text = bare(sql).strip().rstrip(";").strip()
    if _OPEN_COMMENT.match(text):
        raise Misuse("a comment begins with /* and never ends; close it with */")
    if not re.match(r"(select|with)\b", text, re.IGNORECASE):
        raise Misuse("only a SELECT can be asked; begin with SELECT or WITH")
    if ";" in text:
        raise Misuse("one SELECT at a time; take out what follows the first semicolon")


def require_named_parameters(sql: str) -> None:
    """Pass a text whose parameters all have names.

    Raises:
        Misuse: a parameter that is only counted: `?`, `?1`, `:1`.
    """
    if found := _COUNTED.search(bare(sql)):
        raise Misuse(f"the parameter {found[0]} has no name; write :name, and give it with --param name=…")


def require_no_writing_word(sql: str) -> None:
    """Pass a text without any word by which SQL Server writes: no semicolon is needed between statements there.

    Raises:
        Misuse: such a word outside of quotes.
    """
    if found := _WRITING.search(bare(sql)):
        raise Misuse(f"only reading is allowed, and {found[0].upper()} is not; ask with a plain SELECT")
