"""How a crawl walks 판: where it starts, what is the same thing, and from where it would be asked for."""

from datetime import date

from crawlers.sites.boards import PANN_CHANNELS, Topic
from crawlers.sites.links import fields_of, split_url, with_fields
from crawlers.sites.pann_fragments import fragment_of
from crawlers.sites.pann_urls import BASE_URL, post_id, post_url
from warehouse.records.pages import Link

FIRST_RANKING = date(2013, 1, 1)  # crawler code of 2018-2026
UNDATED = (
    "channel and search lists reach back only as far as their pages go, and rankings by day begin on 2013-01-01 and "
    "hold the 100 best posts of all channels"
)
_NO_KEY = frozenset(("currMenu", "order", "f", "listType"))


def seeds(topic: Topic | None, query: str | None) -> tuple[Link, ...]:
    """These are the lists where a crawl starts; the home page leads to all."""
    if query:
        return (_search(query),)
    if topic is None:
        return (Link("list", f"{BASE_URL}/talk"),)
    channels = (Link("list", f"{BASE_URL}/talk/{board}", None, PANN_CHANNELS.get(board)) for board in topic.channels)
    return (*channels, *map(_search, topic.queries))


def backfill(topic: Topic | None, query: str | None, day: date) -> tuple[Link, ...]:
    """This is the ranking of one day, which holds up to 100 posts of all channels (crawler code of 2018-2026)."""
    if topic or query or day < FIRST_RANKING:
        return ()
    return (Link("list", with_fields(f"{BASE_URL}/talk/ranking/d", {"stdt": f"{day:%Y%m%d}"})),)


def is_for_minors(place: str) -> bool:
    """This tells the URL or number of the channel of teenagers (10대 이야기)."""
    return "c20038" in (place, *split_url(place).path.split("/"))


def link_key(link: Link) -> str:
    """This is the one key of all URL forms: `q:id`, `comments:id:page`, `replies:id:comment:page`, `list:path?…`."""
    if post := post_id(link.url):
        return f"q:{post}"
    fields = dict(link.form) or fields_of(link.url)
    if name := fragment_of(link.url):
        comment = [fields.get("prts_reply_id", "")] if "replies" in name else []
        page = fields.get("page") or fields.get("rPage") or "1"
        return ":".join((name, fields.get("pann_id", ""), *comment, page))
    kept = {name: fields[name] for name in sorted(fields) if name not in _NO_KEY}
    if kept.get("page") == "1":
        del kept["page"]
    return "list:" + with_fields(split_url(link.url).path.rstrip("/") or "/", kept)


def referer(link: Link) -> str | None:
    """This is the post page, from whose script comments are asked for."""
    if fragment_of(link.url) is None:
        return None
    post = (dict(link.form) or fields_of(link.url)).get("pann_id")
    return post_url(post) if post else None


def _search(query: str) -> Link:
    return Link("list", with_fields(f"{BASE_URL}/search/talk", {"q": query, "sort": "DD"}), None, query)
