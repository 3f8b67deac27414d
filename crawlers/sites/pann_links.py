"""Where 판's pages lead: anchors, comment pages and replies as links to canonical URLs."""

import re

from crawlers.sites.links import fields_of, origin_of, own_url, split_url, with_fields
from crawlers.sites.pann_fragments import COMMENTS_PATH, MOBILE_COMMENTS_PATH, MOBILE_REPLIES_PATH, REPLIES_PATH
from crawlers.sites.pann_urls import BASE_URL, HOSTS, post_id, post_url
from warehouse.records.pages import Link

# The form in which the site itself links its posts.
_OWN_FORM = re.compile(r"/talk/(\d+)(?:\?[\w./%=&+-]*)?", re.ASCII)
_CHANNEL_PATH = re.compile(r"/talk/(c\d+)(?:/channel/\d+)?/?")
_RANKING_PATH = re.compile(r"/talk/(?:ranking(?:/[a-z]+)?|bestReply|today(?:/\d+)?|talker|category)/?")
_NO_KEY = frozenset(("currMenu", "order", "f", "listType"))


def post_link(href: str, page_url: str, title: str | None) -> Link | None:
    """This makes the canonical link of an anchor that leads to a post, None for any other anchor."""
    own = _OWN_FORM.fullmatch(href) if origin_of(page_url) else None
    post = own[1] if own else post_id(own_url(href, page_url, HOSTS) or "")
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


def comments_link(post: str, page: int, *, is_mobile: bool = False) -> Link:
    """This leads to page `page` of a post's comments, newest first as the post page shows them."""
    if is_mobile:
        fields = {"pann_id": post, "order": "N", "rankingType": "total", "page": str(page)}
        return Link("next", with_fields(f"{BASE_URL}{MOBILE_COMMENTS_PATH}", fields), post)
    form = {"pann_id": post, "reply_id": "0", "rereply_id": "0", "page": str(page), "penm": "", "order": "W"}
    return Link("next", f"{BASE_URL}{COMMENTS_PATH}", post, None, tuple(form.items()))


def replies_link(post: str, comment: str, page: int = 1, *, is_mobile: bool = False) -> Link:
    """This leads to the replies of one comment."""
    if is_mobile:
        fields = {"pann_id": post, "prts_reply_id": comment, "page": str(page)}
        return Link("next", with_fields(f"{BASE_URL}{MOBILE_REPLIES_PATH}", fields), post)
    form = {"pann_id": post, "reply_type": "0", "page": str(page), "prts_reply_id": comment, "rereply_id": "0"}
    return Link("next", f"{BASE_URL}{REPLIES_PATH}", post, None, tuple((form | {"cate_cd": ""}).items()))
