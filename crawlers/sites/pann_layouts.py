"""판's post page in each of its forms, as selectors: what stands where.

The desktop page was read in 2026; the older desktop page (2014-2022) and the mobile one (2019-2026) come from crawler
code of their years.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommentMarks:
    """Selectors of one comment (`item`) and of what is inside it; `best` are the boxes of the best ones."""

    item: str
    in_post: str
    best: str
    name: str
    date: str
    body: str
    up: str
    down: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Selectors of one form of the post page; empty where the page does not hold the field.

    `numbers` are date and views side by side, told apart by what they look like.
    """

    name: str
    titles: tuple[str, ...]
    body: str
    author: str
    comments: CommentMarks
    date: str = ""
    views: str = ""
    numbers: str = ""
    up: str = ""
    down: str = ""
    total: str = ""
    silence: str = "p.no_reply"


_DESKTOP_COMMENTS = CommentMarks(
    item="dl.cmt_item",
    in_post=".cmt_best dl.cmt_item, #commentDiv dl.cmt_item",
    best=".cmt_best",
    name="dt .nameui",
    date="dt i",
    body="dd.usertxt",
    up="dd.n_good",
    down="dd.n_bad",
)
_MOBILE_COMMENTS = CommentMarks(
    item="dl",
    in_post=".reply-best dl.best, .view-best dl, dl.view-best, #listDiv dl",
    best=".reply-best, .view-best",
    name="dt span:not(.bar)",
    date="dt em",
    body=".userText",
    up="[id^=R_cnt_]",
    down="[id^=O_cnt_]",
)


def _desktop(name: str, title: str) -> Layout:
    return Layout(
        name=name,
        titles=(title,),
        body="#contentArea",
        author=".info .writer",
        comments=_DESKTOP_COMMENTS,
        date=".info .date",
        views=".info .count",
        up=".btnbox.up .count",
        down=".btnbox.down .count",
        total=".cmt_tit .num",
    )


_MOBILE = Layout(
    name="mobile",
    titles=("h1.view-tit", ".pann-title h1"),
    body="#pann-content",
    author=".writer .nick",
    comments=_MOBILE_COMMENTS,
    numbers=".writer .sub .num",
)

LAYOUTS: Mapping[str, Layout] = {
    layout.name: layout
    for layout in (_desktop("2026", ".post-tit-info h1"), _desktop("2014", ".post-tit-info h4"), _MOBILE)
}
TITLES: tuple[tuple[str, str], ...] = tuple(
    (layout.name, selector) for layout in LAYOUTS.values() for selector in layout.titles
)
