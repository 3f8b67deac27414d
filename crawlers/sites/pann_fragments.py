"""판's comment and reply pages, which a post's script loads: their addresses, and what is asked of them."""

from collections.abc import Mapping

from crawlers.sites.links import fields_of, pairs_of, split_url
from warehouse.records.pages import Page

COMMENTS_PATH = "/talk/reply/load"
REPLIES_PATH = "/talk/reply/loadSub"
# The mobile site gives the same by plain GET (crawler code of 2019-2025).
MOBILE_COMMENTS_PATH = "/talk/reply/view"
MOBILE_REPLIES_PATH = "/talk/reply/subReply"
_NAMES: Mapping[str, str] = {
    COMMENTS_PATH: "comments",
    "/talk/reply/loadBeple": "best",
    REPLIES_PATH: "replies",
    # The mobile pages hold other numbers of comments, so their page 2 is not the desktop's.
    MOBILE_COMMENTS_PATH: "mobile-comments",
    MOBILE_REPLIES_PATH: "mobile-replies",
}


def fragment_of(url: str) -> str | None:
    """This names what an address loads, None for any other address.

    >>> fragment_of("https://m.pann.nate.com/talk/reply/subReply?pann_id=1"), fragment_of("https://pann.nate.com/talk/1")
    ('mobile-replies', None)
    """
    return _NAMES.get(split_url(url).path)


def form_of(page: Page) -> dict[str, str]:
    """These are the fields that asked for a page: those of the POST's body, else those of the URL."""
    body = page.request_body.decode("utf-8", "replace")
    return dict(pairs_of(body)) or fields_of(page.url)
