"""판's addresses: every form of one post, list or comment page becomes one canonical URL and one key."""

import re
from urllib.parse import parse_qsl

from crawlers.sites.boards import PANN_CHANNELS, boards_of
from crawlers.sites.links import fields_of, own_url, split_url, with_fields
from warehouse.records.pages import Link, Page

BASE_URL = "https://pann.nate.com"
HOSTS = ("pann.nate.com", "m.pann.nate.com")
COMMENTS_PATH = "/talk/reply/load"
REPLIES_PATH = "/talk/reply/loadSub"

_POST_PATH = re.compile(r"/(?:talk|feed)/(\d+)/?")
_CHANNEL_PATH = re.compile(r"/talk/(c\d+)(?:/channel/\d+)?/?")
_RANKING_PATH = re.compile(r"/talk/(?:ranking(?:/[a-z]+)?|bestReply|today(?:/\d+)?)/?")
_NO_KEY = frozenset(("currMenu", "order", "f", "listType"))


def post_id(url: str) -> str | None:
    """This is the post id of any form of a post's URL, None for every other URL."""
    found = _POST_PATH.fullmatch(split_url(url).path)
    return found[1] if found else None


def post_url(post: str) -> str:
    """This is a post's canonical URL."""
    return f"{BASE_URL}/talk/{post}"


def post_link(href: str, page_url: str, title: str | None) -> Link | None:
    """This makes the canonical link of an anchor that leads to a post, None for any other anchor."""
    post = post_id(own_url(href, page_url, HOSTS) or "")
    return Link("question", post_url(post), post, title) if post else None


def list_link(href: str, page_url: str, title: str | None = None, *, is_next: bool = False) -> Link | None:
    """This makes the canonical link of an anchor to a channel, ranking or search page, None for any other."""
    url = own_url(href, page_url, HOSTS)
    path = split_url(url or "").path
    is_list = _CHANNEL_PATH.fullmatch(path) or _RANKING_PATH.fullmatch(path) or path == "/search/talk"
    if url is None or not is_list:
        return None
    fields = {name: value for name, value in fields_of(url).items() if name not in _NO_KEY}
    return Link("next" if is_next else "list", with_fields(f"{BASE_URL}{path.rstrip('/')}", fields), None, title)


def comments_link(post: str, page: int) -> Link:
    """This leads to page `page` of a post's comments, newest first as the post page shows them."""
    form = {"pann_id": post, "reply_id": "0", "rereply_id": "0", "page": str(page), "penm": "", "order": "W"}
    return Link("next", f"{BASE_URL}{COMMENTS_PATH}", post, None, tuple(form.items()))


def replies_link(post: str, comment: str, page: int = 1) -> Link:
    """This leads to the replies of one comment."""
    form = {"pann_id": post, "reply_type": "0", "page": str(page), "prts_reply_id": comment, "rereply_id": "0"}
    return Link("next", f"{BASE_URL}{REPLIES_PATH}", post, None, tuple((form | {"cate_cd": ""}).items()))


def form_of(page: Page) -> dict[str, str]:
    """These are the fields that asked for a page: those of the POST's body, else those of the URL."""
    body = page.request_body.decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True)) or fields_of(page.url)
    except ValueError:
        return fields_of(page.url)


def seeds(topic: str | None, query: str | None) -> tuple[Link, ...]:
    """These are the lists where a crawl starts; the home page leads to all. Misuse for an unknown topic."""
    if query:
        return (Link("list", with_fields(f"{BASE_URL}/search/talk", {"q": query, "sort": "DD"})),)
    if topic:
        boards = boards_of("nate_pann", topic)
        return tuple(Link("list", f"{BASE_URL}/talk/{board}", None, PANN_CHANNELS[board]) for board in boards)
    return (Link("list", f"{BASE_URL}/talk"),)


def referer(link: Link) -> str | None:
    """This is the post page, from whose script comments are asked for."""
    post = dict(link.form).get("pann_id")
    return post_url(post) if post else None


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
