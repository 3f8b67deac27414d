"""How a crawl walks 판: where it starts, what is the same thing, and from where it would be asked for."""

from datetime import date

from crawlers.sites.boards import PANN_CHANNELS, boards_of
from crawlers.sites.links import fields_of, split_url, with_fields
from crawlers.sites.pann_urls import BASE_URL, COMMENTS_PATH, REPLIES_PATH, post_id, post_url
from warehouse.records.pages import Link

FIRST_RANKING = date(2013, 1, 1)  # crawler code of 2018-2026
UNDATED = (
    "channel and search lists reach back only as far as their pages go, and rankings by day begin on 2013-01-01 and "
    "hold the 100 best posts of all channels"
)
_NO_KEY = frozenset(("currMenu", "order", "f", "listType"))


def seeds(topic: str | None, query: str | None) -> tuple[Link, ...]:
    """These are the lists where a crawl starts; the home page leads to all. Misuse for an unknown topic."""
    if query:
        return (Link("list", with_fields(f"{BASE_URL}/search/talk", {"q": query, "sort": "DD"})),)
    if topic:
        boards = boards_of("nate_pann", topic)
        return tuple(Link("list", f"{BASE_URL}/talk/{board}", None, PANN_CHANNELS[board]) for board in boards)
    return (Link("list", f"{BASE_URL}/talk"),)


def backfill(topic: str | None, query: str | None, day: date) -> tuple[Link, ...]:
    """This is the ranking of one day, which holds up to 100 posts of all channels (crawler code of 2018-2026)."""
    if topic or query or day < FIRST_RANKING:
        return ()
    return (Link("list", with_fields(f"{BASE_URL}/talk/ranking/d", {"stdt": f"{day:%Y%m%d}"})),)


def link_key(link: Link) -> str:
    """This is the one key of all URL forms: `q:id`, `comments:id:page`, `replies:id:comment:page`, `list:path?…`."""
    if post := post_id(link.url):
        return f"q:{post}"
    path = split_url(link.url).path
    fields = dict(link.form) or fields_of(link.url)
    if path == COMMENTS_PATH:
        return f"comments:{fields.get('pann_id', '')}:{fields.get('page', '1')}"
    if path == REPLIES_PATH:
        return f"replies:{fields.get('pann_id', '')}:{fields.get('prts_reply_id', '')}:{fields.get('page', '1')}"
    kept = {name: fields[name] for name in sorted(fields) if name not in _NO_KEY}
    if kept.get("page") == "1":
        del kept["page"]
    return "list:" + with_fields(path.rstrip("/") or "/", kept)


def referer(link: Link) -> str | None:
    """This is the post page, from whose script comments are asked for."""
    post = dict(link.form).get("pann_id")
    return post_url(post) if post else None
