"""Real parts for the tests of the pipelines: a settings folder, replicas, rows as they were stored."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from crawlers.replica.corpus import load_corpus
from crawlers.replica.posts import ReplicaPost
from crawlers.replica.server import Replica
from pipelines.settings import Settings
from warehouse.connect import open_warehouse


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep settings of the machine at hand out of the tests."""
    for name in [name for name in os.environ if name.startswith("MUNDAP_") and name != "MUNDAP_TEST_MSSQL_URL"]:
        monkeypatch.delenv(name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(root=tmp_path)


@pytest.fixture(scope="session")
def corpus() -> dict[str, tuple[ReplicaPost, ...]]:
    return load_corpus()


@pytest.fixture
def serve(corpus: dict[str, tuple[ReplicaPost, ...]]) -> Iterator[Callable[..., Replica]]:
    """Start a replica of the shipped corpus, or of a part of it."""
    with ExitStack() as stack:

        def start(site: str = "naver_kin", *, posts: int | None = None, fault: str | None = None) -> Replica:
            chosen: Sequence[ReplicaPost] = corpus[site][:posts]
            return stack.enter_context(Replica(site, chosen, fault=fault))

        yield start


def stored_rows(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that people wrote, without numbers and moments that depend on when it was fetched."""
    question = "select external_id, url, title, body, topic, asked_at, votes_up, answers_total from question"
    answer = (
        "select q.external_id, a.kind, a.parent_external_id, a.item_key, a.body, a.is_chosen, a.written_by, a.speaker,"
        " a.votes_up from answer a join question q on q.question_id = a.question_id"
    )
    with open_warehouse(settings.database_url).connect() as connection:
        return {
            name: sorted(map(tuple, connection.execute(sa.text(sql))), key=repr)
            for name, sql in (("question", question), ("answer", answer))
        }
