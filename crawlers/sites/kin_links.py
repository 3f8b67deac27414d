"""Where 지식iN's pages lead: anchors and further answers as links to canonical URLs."""

from crawlers.sites.kin_fragments import ANSWERS_PATH, COMMENTS_PATH
from crawlers.sites.kin_urls import BASE_URL, HOSTS, list_path, question_ids, question_url
from crawlers.sites.links import fields_of, own_url, with_fields
from warehouse.records.pages import Link

# A question page carries this many answers, the rest comes by AJAX (crawler code of 2026).
ANSWERS_PER_PAGE = 5
# As many comments as the page's script asks for at once (crawler code of 2020-2024).
COMMENTS_PER_PAGE = 100


def question_link(href: str, page_url: str, title: str | None) -> Link | None:
    """This makes the canonical link of an anchor that leads to a question, None for any other anchor."""
    ids = question_ids(own_url(href, page_url, HOSTS) or "")
    return Link("question", question_url(*ids), ids[0], title) if ids else None


def list_link(href: str, page_url: str, title: str | None = None, *, is_next: bool = False) -> Link | None:
    """This makes the canonical link of an anchor that leads to a list, None for any other anchor."""
    url = own_url(href, page_url, HOSTS)
    path = list_path(url or "")
    if url is None or path is None:
        return None
    return Link("next" if is_next else "list", with_fields(f"{BASE_URL}{path}", fields_of(url)), None, title)


def answers_link(doc_id: str, dir_id: str | None, page: int) -> Link:
    """This leads to page `page` of a question's answers, in the order in which the question page shows them."""
    fields = {"dirId": dir_id or "", "docId": doc_id, "answerSortType": "DEFAULT", "answerFilterType": "ALL"}
    fields |= {"answerViewType": "DETAIL", "page": str(page), "count": str(ANSWERS_PER_PAGE)}
    return Link("next", with_fields(f"{BASE_URL}{ANSWERS_PATH}", fields), doc_id)


def comments_link(doc_id: str, dir_id: str | None, answer_number: str, page: int = 1) -> Link:
    """This leads to the comments on one answer; answer 0 is the question itself."""
    fields = {"dirId": dir_id or "", "docId": doc_id, "answerNo": answer_number, "page": str(page)}
    return Link("next", with_fields(f"{BASE_URL}{COMMENTS_PATH}", fields | {"count": str(COMMENTS_PER_PAGE)}), doc_id)
