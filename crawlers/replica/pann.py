"""판 in the markup of an era: home, channel, ranking and search lists, post pages; comments and replies by POST.

The mobile site gives comments and replies by GET. Lists are those of 2026 in every era.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote

from crawlers.replica.exchange import Asked, Told, body_markup, page
from crawlers.replica.posts import ReplicaAnswer, ReplicaPost
from crawlers.sites.boards import PANN_CHANNELS
from crawlers.sites.pann_fragments import MOBILE_COMMENTS_PATH, MOBILE_REPLIES_PATH

_ROWS_PER_PAGE = 20
_RANKING_ROWS = 50
_COMMENTS_PER_PAGE = 5
_CHANNEL = re.compile(r"/talk/(c\d+)")
_RANKING = re.compile(r"/talk/ranking(/[dwmy])?")
_POST = re.compile(r"/talk/(\d+)")
_POSTS = {"mobile": "pann_mobile_post.html", "redesign": "pann_redesign.html"}


class PannDesk:
    """Answers for 판 in the markup of `era`: 2026, 2014 or mobile, or in one of no era that was."""

    def __init__(self, posts: Sequence[ReplicaPost], era: str = "2026") -> None:
        self._era = era
        self._posts = tuple(posts)
        self._by_id = {post.external_id: post for post in posts}
        self._comments = {answer.external_id: answer for post in posts for answer in post.answers}

    def respond(self, asked: Asked) -> Told:
        """This answers a request; paths that the site does not have get a 404."""
        if asked.method == "POST":
            return self._posted(asked)
        if self._era == "mobile" and asked.path in (MOBILE_COMMENTS_PATH, MOBILE_REPLIES_PATH):
            return self._mobile_comments(asked)
        if asked.path in ("/", "/talk"):
            boards = sorted({post.board for post in self._posts})
            return page("pann_home.html", rows=self._posts[:10], boards=[(b, PANN_CHANNELS[b]) for b in boards])
        if channel := _CHANNEL.fullmatch(asked.path):
            return self._channel(channel[1], asked.number("page"))
        if _RANKING.fullmatch(asked.path):
            day = asked.fields.get("stdt", "")
            ranked = (post for post in self._posts if day in ("", f"{post.asked_at:%Y%m%d}"))
            best = sorted(ranked, key=lambda post: -(post.votes_up or 0))[: 2 * _RANKING_ROWS]
            return _listing("pann_ranking.html", "톡커들의 선택", best, asked, _RANKING_ROWS)
        if asked.path == "/search/talk":
            words = asked.fields.get("q", "").split()
            found = [post for post in self._posts if all(word in f"{post.title} {post.body}" for word in words)]
            return _listing("pann_search.html", " ".join(words), found, asked, _ROWS_PER_PAGE)
        post = _POST.fullmatch(asked.path)
        return self._post(post[1]) if post else page("pann_gone.html", 404)

    def _channel(self, board: str, number: int) -> Told:
        if board not in PANN_CHANNELS:
            return page("pann_gone.html", 404)
        posts = [post for post in self._posts if post.board == board]
        last = _last(posts, _ROWS_PER_PAGE)
        best = sorted(posts, key=lambda post: -(post.votes_up or 0))[:3] if number == 1 else []
        rows = posts[(number - 1) * _ROWS_PER_PAGE : number * _ROWS_PER_PAGE]
        return page(
            "pann_list.html", rows=rows, best=best, number=number, last=last, path=f"/talk/{board}?page=",
            name=PANN_CHANNELS[board],
        )  # fmt: skip

    def _post(self, external_id: str) -> Told:
        post = self._by_id.get(external_id)
        if post is None:
            return page("pann_gone.html")
        return page(
            _POSTS.get(self._era, "pann_post.html"),
            post=post, best=[answer for answer in post.answers if answer.is_chosen],
            comments=post.answers[:_COMMENTS_PER_PAGE], number=1, last=_last(post.answers, _COMMENTS_PER_PAGE),
            channel=PANN_CHANNELS[post.board], style=int(external_id) % 3, body_markup=body_markup,
            heading="h4" if self._era == "2014" else "h1", css_of_all="reply",
        )  # fmt: skip

    def _mobile_comments(self, asked: Asked) -> Told:
        post = self._by_id.get(asked.fields.get("pann_id", ""))
        comment = self._comments.get(asked.fields.get("prts_reply_id", ""))
        if post is None or (comment is None and asked.path == MOBILE_REPLIES_PATH):
            return page("pann_gone.html", 404)
        if comment is not None:
            return page("pann_mobile_comments.html", comments=comment.turns, number=1, last=1, css_of_all="r-reply")
        last = _last(post.answers, _COMMENTS_PER_PAGE)
        number = min(asked.number("page"), last)
        rows = post.answers[(number - 1) * _COMMENTS_PER_PAGE : number * _COMMENTS_PER_PAGE]
        return page("pann_mobile_comments.html", comments=rows, number=number, last=last, css_of_all="reply")

    def _posted(self, asked: Asked) -> Told:
        post = self._by_id.get(asked.form.get("pann_id", ""))
        if post is None:
            return page("pann_gone.html", 404)
        if asked.path == "/talk/reply/load":
            last = _last(post.answers, _COMMENTS_PER_PAGE)
            # A page beyond the last repeats the last (crawler code of 2019-2025).
            number = min(asked.number("page"), last)
            rows = post.answers[(number - 1) * _COMMENTS_PER_PAGE : number * _COMMENTS_PER_PAGE]
            return page("pann_comments.html", comments=rows, number=number, last=last, prefix="content_area_dl_")
        if asked.path == "/talk/reply/loadBeple":
            best = [answer for answer in post.answers if answer.is_chosen]
            return page("pann_comments.html", comments=best, number=1, last=1, prefix="beple_content_area_")
        comment: ReplicaAnswer | None = self._comments.get(asked.form.get("prts_reply_id", ""))
        if asked.path != "/talk/reply/loadSub" or comment is None:
            return page("pann_gone.html", 404)
        return page("pann_replies.html", replies=comment.turns)


def _listing(template: str, name: str, posts: Sequence[ReplicaPost], asked: Asked, size: int) -> Told:
    number = asked.number("page")
    query = "".join(f"{name}={quote(asked.fields[name])}&" for name in ("q", "stdt") if name in asked.fields)
    rows = posts[(number - 1) * size : number * size]
    return page(
        template, rows=rows, number=number, last=_last(posts, size), path=f"{asked.path}?{query}page=", name=name
    )


def _last(rows: Sequence[object], size: int) -> int:
    return max(-(-len(rows) // size), 1)
