"""지식iN as it is served in 2026: home, directory, solved and search lists, question pages, answers by AJAX."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from crawlers.replica.exchange import Asked, Told, body_markup, page
from crawlers.replica.posts import ReplicaPost, author_id
from crawlers.sites.boards import KIN_DIRECTORIES
from crawlers.sites.kin_links import ANSWERS_PER_PAGE
from crawlers.sites.kin_urls import question_ids, top_directory

_ROWS_PER_PAGE = 20
_SEARCH_ROWS = 10
# The real site pins a list's paging to the moment of the first request; here the list never changes.
_QUERY_TIME = "2026-11-01 00:00:00"


class KinDesk:
    """Answers for 지식iN."""

    def __init__(self, posts: Sequence[ReplicaPost]) -> None:
        self._posts = tuple(posts)
        self._by_id = {post.external_id: post for post in posts}

    def respond(self, asked: Asked) -> Told:
        """This answers a request; paths that the site does not have get Naver's own 404 page."""
        if asked.path in ("/", "/index.naver"):
            return self._home()
        if asked.path in ("/qna/list.naver", "/qna/kinupList.naver"):
            return self._directory(asked)
        if asked.path == "/search/list.naver":
            return self._search(asked)
        if asked.path == "/ajax/detail/answerList.naver":
            return self._more_answers(asked)
        query = "&".join(f"{name}={quote(value)}" for name, value in asked.fields.items())
        ids = question_ids(f"{asked.path}?{query}")
        if ids is None:
            return page("kin_not_found.html", 404)
        return self._question(ids[0])

    def _home(self) -> Told:
        boards = dict.fromkeys(post.board for post in self._posts)
        return page("kin_home.html", boards=[(board, KIN_DIRECTORIES[board]) for board in sorted(boards)])

    def _directory(self, asked: Asked) -> Told:
        board = asked.fields.get("dirId", "")
        is_solved = asked.path == "/qna/kinupList.naver"
        posts = [
            post
            for post in self._posts
            if board in ("", post.board) and (not is_solved or any(answer.is_chosen for answer in post.answers))
        ]
        number, last, rows = _slice(posts, asked.number("page"), _ROWS_PER_PAGE)
        path = f"{asked.path}?dirId={board}&queryTime={quote(_QUERY_TIME)}&page="
        name = KIN_DIRECTORIES.get(board, "전체")
        return page(
            "kin_list.html", rows=rows, number=number, last=last, path=path, name=name, names=KIN_DIRECTORIES,
            top=top_directory,
        )  # fmt: skip

    def _search(self, asked: Asked) -> Told:
        words = asked.fields.get("query", "").split()
        period = asked.fields.get("period", "")
        first, _, final = period.partition("|")
        posts = [
            post
            for post in self._posts
            if all(word in f"{post.title} {post.body}" for word in words)
            and (not final or first <= f"{post.asked_at:%Y.%m.%d.}" <= final)
        ]
        number, last, rows = _slice(posts, asked.number("page"), _SEARCH_ROWS)
        kept = f"&period={quote(period)}" if period else ""
        path = f"/search/list.naver?query={quote(' '.join(words))}&section=qna&sort=none{kept}&page="
        return page(
            "kin_search.html", rows=rows, number=number, last=last, path=path, names=KIN_DIRECTORIES,
            top=top_directory, total=len(posts),
        )  # fmt: skip

    def _question(self, doc_id: str) -> Told:
        post = self._by_id.get(doc_id)
        if post is None:
            return page("kin_gone.html")
        style = int(doc_id) % 4
        shown = post.answers[:ANSWERS_PER_PAGE]
        return page(
            "kin_question.html", post=post, shown=shown, style=style, body_markup=body_markup, author_id=author_id,
            topic=KIN_DIRECTORIES[post.board], top=top_directory(post.board), quote=quote,
        )  # fmt: skip

    def _more_answers(self, asked: Asked) -> Told:
        post = self._by_id.get(asked.fields.get("docId", ""))
        is_script = asked.headers.get("x-requested-with") == "XMLHttpRequest"
        # The real site answers this address only to the script of the question's own page.
        if post is None or not is_script or post.external_id not in asked.headers.get("referer", ""):
            return page("kin_not_found.html", 403 if post else 404)
        number, count = asked.number("page"), asked.number("count", ANSWERS_PER_PAGE)
        answers = post.answers[(number - 1) * count : number * count]
        items = [
            {
                "answerNo": int(answer.external_id),
                "deleted": False,
                "formattedModifyTime": f"{answer.written_at:%Y.%m.%d.}",
                "contents": page(
                    "kin_answer.html", answer=answer, style=(int(post.external_id) + place) % 4,
                    body_markup=body_markup, author_id=author_id, quote=quote,
                ).body.decode(),
            }
            for place, answer in enumerate(answers)
        ]  # fmt: skip
        told = {"isSuccess": True, "totalCount": len(post.answers), "detailAnswerList": items}
        return Told(200, json.dumps(told, ensure_ascii=False).encode(), "application/json; charset=utf-8")


def _slice(posts: Sequence[ReplicaPost], number: int, size: int) -> tuple[int, int, Sequence[ReplicaPost]]:
    """A page past the end has no rows, like the real list's (crawler code)."""
    last = max(-(-len(posts) // size), 1)
    return number, last, posts[(number - 1) * size : number * size]
