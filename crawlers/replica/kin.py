"""지식iN in the markup of an era: home, directory, solved and search lists, question pages; answers, comments by AJAX.

Lists are those of 2026 (E4) or of 2022 (four columns). A page before E4 carries all answers, as far as anybody knows.
"""

import json
from collections.abc import Sequence
from urllib.parse import quote

from crawlers.replica.exchange import Asked, Told, body_markup, page
from crawlers.replica.posts import ReplicaPost, author_id
from crawlers.sites.boards import KIN_DIRECTORIES
from crawlers.sites.kin_fragments import ANSWERS_PATH, COMMENTS_PATH
from crawlers.sites.kin_links import ANSWERS_PER_PAGE, COMMENTS_PER_PAGE
from crawlers.sites.kin_urls import question_ids, top_directory

_QUESTIONS = {
    "E4": "kin_question.html",
    "E3": "kin_question_e3.html",
    "E2": "kin_question_e2.html",
    "mobile": "kin_question_mobile.html",
    "redesign": "kin_redesign.html",
}
_ROWS_PER_PAGE = 20
_SEARCH_ROWS = 10
# The real site pins a list's paging to the moment of the first request; here the list never changes.
_QUERY_TIME = "2026-11-01 00:00:00"


class KinDesk:
    """Answers for 지식iN in the markup of `era`: E4, E3, E2 or mobile, or in one of no era that was."""

    def __init__(self, posts: Sequence[ReplicaPost], era: str = "E4") -> None:
        self._era = era
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
        if asked.path in (ANSWERS_PATH, COMMENTS_PATH):
            return self._to_script(asked)
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
            top=top_directory, era=self._era,
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
        shown = post.answers[:ANSWERS_PER_PAGE] if self._era in ("E4", "redesign") else post.answers
        # What ends a mobile class name changes with each build of the site.
        mark = f"b{int(doc_id) % 7}Xq"
        return page(
            _QUESTIONS[self._era], post=post, mark=mark, shown=shown, style=style, body_markup=body_markup,
            author_id=author_id, topic=KIN_DIRECTORIES[post.board], top=top_directory(post.board), quote=quote,
        )  # fmt: skip

    def _to_script(self, asked: Asked) -> Told:
        post = self._by_id.get(asked.fields.get("docId", ""))
        is_script = asked.headers.get("x-requested-with") == "XMLHttpRequest"
        # The real site answers this address only to the script of the question's own page.
        if post is None or not is_script or post.external_id not in asked.headers.get("referer", ""):
            return page("kin_not_found.html", 403 if post else 404)
        told = self._more_answers(post, asked) if asked.path == ANSWERS_PATH else _comments(post, asked)
        return Told(200, json.dumps(told, ensure_ascii=False).encode(), "application/json; charset=utf-8")

    def _more_answers(self, post: ReplicaPost, asked: Asked) -> dict[str, object]:
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
        return {"isSuccess": True, "totalCount": len(post.answers), "detailAnswerList": items}


def _comments(post: ReplicaPost, asked: Asked) -> dict[str, object]:
    wanted = asked.fields.get("answerNo", "")
    found = [comment for answer in post.answers if answer.external_id == wanted for comment in answer.comments]
    number, count = asked.number("page"), asked.number("count", COMMENTS_PER_PAGE)
    items = [
        {
            "commentNo": int(comment.external_id or 0),
            "contents": str(body_markup(comment.body, 0)),
            "writeTime": f"{comment.written_at:%Y.%m.%d. %H:%M:%S}",
            "viewId": f"{comment.by[:2]}****",
            "u": quote(author_id(comment.by), safe=""),
        }
        for comment in found[(number - 1) * count : number * count]
    ]
    return {"isSuccess": True, "result": {"totalCount": len(found), "commentList": items}}


def _slice(posts: Sequence[ReplicaPost], number: int, size: int) -> tuple[int, int, Sequence[ReplicaPost]]:
    """A page past the end has no rows, like the real list's (crawler code)."""
    last = max(-(-len(posts) // size), 1)
    return number, last, posts[(number - 1) * size : number * size]
