"""The rivals do our work: on a page of each kind they read what our parser reads."""

from bench.corpus import bench_posts
from bench.parse_against_bs4 import _compare, _kinds


def test_bs4_reads_the_same_fields() -> None:
    kinds = list(_kinds())
    assert len({kind.name for kind in kinds}) == 6
    assert all(_compare(type(kind)(kind.name, kind.site, kind.pages[:2], kind.rival)) > 20 for kind in kinds)


def test_posts_are_as_many_as_asked_for_and_all_different() -> None:
    for site in ("naver_kin", "nate_pann"):
        posts = bench_posts(site, 500)
        assert len({post.external_id for post in posts}) == len({post.title for post in posts}) == 500
        assert max(len(post.answers) for post in posts) > 5
