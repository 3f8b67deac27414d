"""Both sites' replicas, started and stopped together."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from crawlers.replica.corpus import corpus_from_file, load_corpus
from crawlers.replica.server import Replica
from crawlers.sites.registry import SITES
from warehouse.errors import Misuse


@contextmanager
def serving(
    *, corpus: Path | None = None, port: int = 0, era: str = "E4", fault: str | None = None
) -> Iterator[dict[str, str]]:
    """Serve until the block ends; gives site id → base URL. Site k listens on port + k (0: any free port).

    A file given as `corpus` is served as 지식iN only.

    Raises:
        Misuse: an unknown era or fault, a corpus file at fault, a port that is taken.
    """
    posts = load_corpus() if corpus is None else {"naver_kin": corpus_from_file(corpus)}
    with ExitStack() as stack:
        sites = {}
        for number, site_id in enumerate(site_id for site_id in SITES if site_id in posts):
            wanted = port + number if port else 0
            try:
                replica = stack.enter_context(Replica(site_id, posts[site_id], port=wanted, fault=fault, era=era))
            except OSError as error:
                raise Misuse(f"port {wanted} is taken ({error.strerror}); choose another with --port") from None
            sites[site_id] = replica.base_url
        yield sites
