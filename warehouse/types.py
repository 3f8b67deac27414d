"""Column types that keep Korean text, moments and keys whole on SQLite and on SQL Server.

SQLAlchemy's own String, Text, Enum and DateTime are banned from the schema: on SQL Server they become VARCHAR,
NTEXT and DATETIME, which lose Hangul, are deprecated, or cut microseconds (measured 2026-11).
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import mssql
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeDecorator, TypeEngine

from warehouse.errors import Permanent

_BINARY_COLLATION = "Latin1_General_100_BIN2"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_EATEN_NEWLINE = re.compile(r"\\(\r?\n)")


class Unstorable(Permanent, DontWrapMixin):
    """A value that no column of that kind can hold: a key too long or with a NUL in it."""


def storable(text: str) -> str:
    """The text as the warehouse holds it: NUL and lone surrogates become U+FFFD.

    A NUL cuts a statement short in pymssql and a lone surrogate has no UTF-8; a visible mark beats a silent loss.

    >>> storable("가" + chr(0) + "나")
    '가\ufffd나'
    """
    # Most texts are told by this quicker look: neither NUL nor a surrogate is printable.
    return text if text.isprintable() else _UNSTORABLE.sub("\ufffd", text)


def holds_only_storable(texts: Iterable[str]) -> bool:
    """Whether none of many texts holds what `storable` replaces: two quick looks at all of them together.

    >>> holds_only_storable(["가", "😀"]), holds_only_storable(["가", chr(0)]), holds_only_storable([chr(0xD800)])
    (True, False, False)
    """
    joined = "".join(texts)
    try:
        joined.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in joined


def _literal(text: str, dialect: Dialect) -> str:
    # T-SQL deletes a backslash before a newline inside a literal, and pymssql writes values as literals.
    return _EATEN_NEWLINE.sub(r"\\\\\1\1", text) if dialect.name == "mssql" else text


class Key(TypeDecorator[str]):
    """Short text of at most `length` UTF-16 units that is compared unit by unit: NFC and stripped."""

    impl = sa.Unicode
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """NVARCHAR with a binary collation on SQL Server, whose default collation equates ㅋ with ﾻ."""
        if dialect.name == "mssql":
            return dialect.type_descriptor(mssql.NVARCHAR(self.length, collation=_BINARY_COLLATION))
        return dialect.type_descriptor(sa.Unicode(self.length))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The key normalised, see `normalised`."""
        return None if value is None else _literal(self.normalised(value), dialect)

    def normalised(self, value: str) -> str:
        """The key as it is stored.

        Raises:
            Unstorable: a NUL or lone surrogate in it, or too long for its column.
        """
        key = unicodedata.normalize("NFC", value).strip()
        if _UNSTORABLE.search(key):
            raise Unstorable(f"the key {key[:60]!a} holds a NUL or half a character; the row is set aside")
        # A character is two units at most: a key of half the length needs no counting.
        if 2 * len(key) > self.length and len(key) + sum(char > "\uffff" for char in key) > self.length:
            raise Unstorable(f"the key {key[:60]!r}… is longer than {self.length} characters; the row is set aside")
        return key


class Body(TypeDecorator[str]):
    """Text of any length, stored exactly but for what `storable` marks."""

    impl = sa.UnicodeText
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """NVARCHAR(MAX) on SQL Server; SQLAlchemy's UnicodeText would be the deprecated NTEXT."""
        return dialect.type_descriptor(mssql.NVARCHAR() if dialect.name == "mssql" else sa.UnicodeText())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text with unstorable characters marked."""
        return None if value is None else _literal(storable(value), dialect)


class Moment(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, naive UTC to the microsecond in the database."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """DATETIME2(6) on SQL Server; sa.DateTime would cut to 3 ms and refuse microseconds."""
        if dialect.name == "mssql":
            return dialect.type_descriptor(mssql.DATETIME2(6))  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
        return dialect.type_descriptor(sa.DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The moment as naive UTC.

        Raises:
            ValueError: a naive moment, whose zone nobody knows (a defect of the caller).
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone reached the warehouse: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored moment made aware."""
        return None if value is None else value.replace(tzinfo=UTC)


def row_id() -> TypeEngine[int]:
    """A row number: BIGINT, but INTEGER on SQLite, which numbers rows by itself only for that name."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
