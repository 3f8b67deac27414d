import pytest

from crawlers.sites.boards import KIN_DIRECTORIES, PANN_CHANNELS, topic_named
from crawlers.sites.registry import SITES, rebase, site_by_id
from warehouse.errors import Misuse
from warehouse.records.pages import Link

KIN, PANN = SITES["naver_kin"], SITES["nate_pann"]


def key(site_id: str, url: str, *form: tuple[str, str]) -> str:
    return SITES[site_id].link_key(Link("list", url, form=form))


@pytest.mark.parametrize(
    "url",
    [
        "https://kin.naver.com/qna/detail.naver?d1id=8&dirId=814&docId=439818814",
        "https://kin.naver.com/qna/detail.nhn?docId=439818814&dirId=814",
        "https://kin.naver.com/qna/detail.naver?docId=439818814&qb=7JWg&enc=utf8&rank=3&answerNo=2#answer2",
        "https://m.kin.naver.com/qna/dirs/814/docs/439818814?d1id=8",
        "https://m.kin.naver.com/mobile/qna/detail.nhn?d1id=8&dirId=814&docId=439818814",
    ],
)
def test_all_forms_of_a_question_have_one_key(url: str) -> None:
    assert key("naver_kin", url) == "q:439818814"


@pytest.mark.parametrize(
    "url",
    [
        "https://pann.nate.com/talk/375541390",
        "https://m.pann.nate.com/talk/375541390?currMenu=category&page=3",
        "https://m.pann.nate.com/feed/375541390",
    ],
)
def test_all_forms_of_a_post_have_one_key(url: str) -> None:
    assert key("nate_pann", url) == "q:375541390"


def test_a_list_is_named_without_the_moment_of_its_paging() -> None:
    first = "https://kin.naver.com/qna/list.naver?dirId=814&queryTime=2026-11-01%2000%3A00%3A00&page=2"
    assert key("naver_kin", first) == key("naver_kin", "https://kin.naver.com/qna/list.nhn?page=2&dirId=814")
    assert key("naver_kin", first) == "list:/qna/list.naver?dirId=814&page=2"


def test_the_first_page_is_the_list_itself() -> None:
    assert key("nate_pann", "https://pann.nate.com/talk/c20006?page=1") == "list:/talk/c20006"


def test_comment_pages_and_replies_are_told_apart_by_their_form() -> None:
    load, sub = "https://pann.nate.com/talk/reply/load", "https://pann.nate.com/talk/reply/loadSub"
    assert key("nate_pann", load, ("pann_id", "375541390"), ("page", "2")) == "comments:375541390:2"
    reply_form = (("pann_id", "375541390"), ("prts_reply_id", "77"), ("page", "1"))
    assert key("nate_pann", sub, *reply_form) == "replies:375541390:77:1"


@pytest.mark.parametrize("site_id", SITES)
@pytest.mark.parametrize("topic", ["연애", "가족", "자격증", "요리", "연애·결혼", "청소년·가족 고민"])
def test_every_topic_leads_to_known_boards(site_id: str, topic: str) -> None:
    seeds = SITES[site_id].seeds(topic_named(topic), None)
    boards = KIN_DIRECTORIES if site_id == "naver_kin" else PANN_CHANNELS
    assert seeds
    assert all(any(link.url.endswith(board) for board in boards) for link in seeds)


def test_an_unknown_topic_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Misuse, match=r"'낚시'.*연애, 가족, 자격증, 요리"):
        topic_named("낚시")


def test_an_unknown_site_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Misuse, match=r"'daum'.*naver_kin, nate_pann"):
        site_by_id("daum")


def test_further_answers_are_asked_from_their_question_page() -> None:
    url = "https://kin.naver.com/ajax/detail/answerList.naver?dirId=814&docId=9&page=2&count=5"
    request = KIN.request(Link("next", url, "9"), "http://127.0.0.1:8001")
    assert request.referer == "http://127.0.0.1:8001/qna/detail.naver?d1id=8&dirId=814&docId=9"
    assert request.is_script_call


def test_comments_are_asked_by_post() -> None:
    request = PANN.request(Link("next", "https://pann.nate.com/talk/reply/load", "9", form=(("pann_id", "9"),)))
    assert (request.method, request.form) == ("POST", (("pann_id", "9"),))


def test_rebase_keeps_path_and_query() -> None:
    assert rebase("https://kin.naver.com/?a=%20b", "http://localhost:1/") == "http://localhost:1/?a=%20b"
