"""판's addresses: every form of one post becomes one canonical URL."""

import re

from crawlers.sites.links import fields_of, pairs_of, split_url
from warehouse.records.pages import Page

BASE_URL = "https://pann.nate.com"
HOSTS = ("pann.nate.com", "m.pann.nate.com")
COMMENTS_PATH = "/talk/reply/load"
BEST_PATH = "/talk/reply/loadBeple"
REPLIES_PATH = "/talk/reply/loadSub"
# The mobile site gives the same by plain GET (crawler code of 2019-2025).
MOBILE_COMMENTS_PATH = "/talk/reply/view"
MOBILE_REPLIES_PATH = "/talk/reply/subReply"
FRAGMENT_PATHS = (COMMENTS_PATH, BEST_PATH, REPLIES_PATH, MOBILE_COMMENTS_PATH, MOBILE_REPLIES_PATH)
_POST_PATH = re.compile(r"/(?:talk|feed)/(\d+)/?")


def post_id(url: str) -> str | None:
    """This is the post id of any form of a post's URL, None for every other URL."""
    found = _POST_PATH.fullmatch(split_url(url).path)
    return found[1] if found else None


def post_url(post: str) -> str:
    """This is a post's canonical URL."""
    return f"{BASE_URL}/talk/{post}"


def is_mobile_fragment(url: str) -> bool:
    """This tells the mobile site's comment pages and replies."""
    return split_url(url).path in (MOBILE_COMMENTS_PATH, MOBILE_REPLIES_PATH)


def form_of(page: Page) -> dict[str, str]:
    """These are the fields that asked for a page: those of the POST's body, else those of the URL."""
    body = page.request_body.decode("utf-8", "replace")
    return dict(pairs_of(body)) or fields_of(page.url)
