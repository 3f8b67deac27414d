"""판's addresses: every form of one post becomes one canonical URL."""

import re

from crawlers.sites.links import split_url

BASE_URL = "https://pann.nate.com"
HOSTS = ("pann.nate.com", "m.pann.nate.com")
_POST_PATH = re.compile(r"/(?:talk|feed)/(\d+)/?")


def post_id(url: str) -> str | None:
    """This is the post id of any form of a post's URL, None for every other URL."""
    found = _POST_PATH.fullmatch(split_url(url).path)
    return found[1] if found else None


def post_url(post: str) -> str:
    """This is a post's canonical URL."""
    return f"{BASE_URL}/talk/{post}"
