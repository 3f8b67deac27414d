"""The warehouse that the cookbook's benchmark fills is one that the store could have written."""

from pathlib import Path

import pytest

from bench.filling import INDEXES, fill, opened, without_indexes


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filling") / "w.db"
    assert fill(path, 200)["question"] == 200
    return path


def test_counts_and_lengths_are_kept_as_the_store_keeps_them(filled: Path) -> None:
    with opened(filled) as connection:
        wrong = """
            SELECT count(*) FROM question AS q WHERE body_length <> length(title) + length(body)
               OR answers_stored <> (SELECT count(*) FROM answer AS a WHERE a.question_id = q.question_id)
               OR answers_chosen <> (SELECT count(*) FROM answer AS a WHERE a.question_id = q.question_id AND is_chosen)
               OR first_answered_at IS NOT
                  (SELECT min(answered_at) FROM answer AS a WHERE a.question_id = q.question_id)
        """
        assert connection.execute(wrong).fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM answer WHERE body_length <> length(body)").fetchone() == (0,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_indexes_come_back(filled: Path) -> None:
    names = "SELECT name FROM sqlite_master WHERE type = 'index'"
    with opened(filled) as connection:
        with without_indexes(connection):
            assert not {name for (name,) in connection.execute(names)} & set(INDEXES)
        assert {name for (name,) in connection.execute(names)} >= set(INDEXES)
