"""A whole walk from the home page over a real socket finds every post, and asks for nothing twice."""

from typing import Any

import pytest

from crawlers.fetch import Request
from crawlers.sites.boards import boards_of, topic_named
from crawlers.sites.registry import SITES, for_adults


@pytest.mark.parametrize("site_id", SITES)
@pytest.mark.parametrize("topic", [None, "요리"], ids=["home", "topic"])
def test_a_walk_finds_every_post_once(opened: Any, corpus: Any, site_id: str, topic: str | None) -> None:
    site = for_adults(SITES[site_id])
    replica, fetcher = opened(site_id)
    todo = list(site.seeds(topic_named(topic) if topic else None, None))
    seen = {site.link_key(link) for link in todo}
    found: list[str] = []
    for link in todo:
        parsed = site.read(fetcher.fetch(site.request(link, replica.base_url)), None)
        assert parsed.kind in ("list", "question"), link.url
        found += [parsed.question.external_id] if parsed.question else []
        for further in parsed.links:
            if site.link_key(further) not in seen:
                seen.add(site.link_key(further))
                todo.append(further)
    boards = boards_of(site_id, topic) if topic else {post.board for post in corpus[site_id]}
    wanted = [post.external_id for post in corpus[site_id] if post.board in boards]
    assert sorted(found) == sorted(wanted)
    pages = [request for request in replica.requests if request.startswith("GET ")]
    assert len(pages) == len(set(pages))


@pytest.mark.parametrize("path", ["/qna/kinupList.naver?dirId=80101", "/search/list.naver?query=%EB%B0%98%EC%A7%80"])
def test_solved_and_search_lists_lead_to_questions(opened: Any, path: str) -> None:
    replica, fetcher = opened()
    parsed = SITES["naver_kin"].read(fetcher.fetch(Request(replica.base_url + path)), None)
    assert parsed.kind == "list"
    assert {link.kind for link in parsed.links} <= {"question", "next"}


def test_a_search_that_finds_nothing_is_empty(opened: Any) -> None:
    replica, fetcher = opened()
    page = fetcher.fetch(Request(replica.base_url + "/search/list.naver?query=%EA%B3%B5%EB%A3%A1%EB%BC%88%EB%8B%A4"))
    assert SITES["naver_kin"].read(page, None).kind == "empty"
