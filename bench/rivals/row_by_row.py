"""The published way to store pairs (Helpbot's): for each row a connection, an INSERT and a commit."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

_TABLE = "CREATE TABLE qna (id INTEGER PRIMARY KEY, que TEXT, que_detail TEXT, ans_writer TEXT, ans_detail TEXT)"
_INSERT = "INSERT INTO qna (que, que_detail, ans_writer, ans_detail) VALUES (?, ?, ?, ?)"


def make(path: Path) -> None:
    """Make the table."""
    connection = sqlite3.connect(path)
    connection.execute(_TABLE)
    connection.commit()
    connection.close()


def load(path: Path, pairs: Iterable[tuple[str, str]]) -> None:
    """Store pairs of question and answer, each by itself; the driver's own settings, as they were."""
    for question, answer in pairs:
        connection = sqlite3.connect(path)
        connection.execute(_INSERT, (question, "", "", answer))
        connection.commit()
        connection.close()


def stored(path: Path) -> list[tuple[str, str]]:
    """Return the pairs that are there."""
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT que, ans_detail FROM qna ORDER BY id").fetchall()
    connection.close()
    return rows
