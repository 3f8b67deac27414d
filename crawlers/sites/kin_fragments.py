"""지식iN's further answers and comments, which only a question page's script asks for: their addresses."""

from crawlers.sites.links import split_url

ANSWERS_PATH = "/ajax/detail/answerList.naver"
COMMENTS_PATH = "/ajax/detail/commentListAjax.naver"


def fragment_path(url: str) -> str | None:
    """This is today's path of such an address, None for any other."""
    path = split_url(url).path.removesuffix(".nhn").removesuffix(".naver") + ".naver"
    return path if path in (ANSWERS_PATH, COMMENTS_PATH) else None
