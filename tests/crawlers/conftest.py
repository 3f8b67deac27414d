"""Real replicas on loopback, and what they must give back."""

from collections.abc import Iterator

import pytest

from crawlers.fetch import HttpFetcher
from crawlers.replica.corpus import load_corpus
from crawlers.replica.posts import ReplicaPost
from crawlers.replica.server import Replica

AGENT = "Mundap/0.1 (+mailto:somebody@example.com)"


@pytest.fixture(scope="session")
def corpus() -> dict[str, tuple[ReplicaPost, ...]]:
    return load_corpus()


class Opener:
    """Starts replicas and a fetcher for each, and ends them all."""

    def __init__(self, corpus: dict[str, tuple[ReplicaPost, ...]]) -> None:
        self._corpus = corpus
        self._open: list[Replica | HttpFetcher] = []

    def __call__(
        self, site_id: str = "naver_kin", fault: str | None = None, timeout_seconds: float = 15.0
    ) -> tuple[Replica, HttpFetcher]:
        replica = Replica(site_id, self._corpus[site_id], fault=fault)
        fetcher = HttpFetcher(AGENT, frozenset({replica.base_url.removeprefix("http://")}), timeout_seconds)
        self._open += [fetcher, replica]
        return replica, fetcher

    def close(self) -> None:
        for thing in self._open:
            thing.close()


@pytest.fixture
def opened(corpus: dict[str, tuple[ReplicaPost, ...]]) -> Iterator[Opener]:
    opener = Opener(corpus)
    yield opener
    opener.close()
