"""As many posts as a benchmark wants, made of the corpus that ships with the replica."""

from collections.abc import Sequence
from dataclasses import replace

from crawlers.replica.corpus import load_corpus
from crawlers.replica.posts import ReplicaAnswer, ReplicaPost

_FIRST_ID = {"naver_kin": 430_000_000, "nate_pann": 370_000_000}
# 판's comment ids are made of the post's: this far apart, no two posts share one.
_ID_STEP = {"naver_kin": 1, "nate_pann": 10_000}
# Every tenth question is a popular one, so that further answers are asked for by AJAX or POST.
_POPULAR_EVERY, _POPULAR_ANSWERS = 10, 9


def bench_posts(site_id: str, number: int) -> tuple[ReplicaPost, ...]:
    """Return `number` posts, no two of them equal; the same number gives the same posts everywhere."""
    shipped = load_corpus()[site_id]
    answers = [answer for post in shipped for answer in post.answers]
    return tuple(_copied(site_id, shipped[place % len(shipped)], place, answers) for place in range(number))


def _copied(site_id: str, post: ReplicaPost, place: int, pool: Sequence[ReplicaAnswer]) -> ReplicaPost:
    number = _FIRST_ID[site_id] + place * _ID_STEP[site_id]
    answers = list(post.answers)
    if place % _POPULAR_EVERY == 0:
        answers += [replace(pool[(place + step) % len(pool)], is_chosen=False) for step in range(_POPULAR_ANSWERS)]
    return replace(
        post,
        external_id=str(number),
        title=f"{post.title} {place}",
        answers=tuple(_numbered(site_id, number, nth, answer) for nth, answer in enumerate(answers, 1)),
    )


def _numbered(site_id: str, post: int, nth: int, answer: ReplicaAnswer) -> ReplicaAnswer:
    own = nth if site_id == "naver_kin" else post * 2 + nth * 100
    turns = tuple(
        turn if turn.external_id is None else replace(turn, external_id=str(own + step))
        for step, turn in enumerate(answer.turns, 1)
    )
    return replace(answer, external_id=str(own), turns=turns)
