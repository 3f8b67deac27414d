import pytest

from crawlers.sites.boards import KIN_DIRECTORIES, PANN_CHANNELS, Topic, topic_named
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


@pytest.mark.parametrize(
    "url",
    [
        "https://kin.naver.com/userinfo/answerList.nhn?u=abc%3D&sd=answer&page=2",
        "https://kin.naver.com/userinfo/answerList.naver?page=2&sd=answer&u=abc%3D&queryTime=2026-10-07",
    ],
)
def test_an_answerers_list_has_one_key(url: str) -> None:
    assert key("naver_kin", url) == "list:/userinfo/answerList.naver?page=2&sd=answer&u=abc%3D"


def test_comments_of_an_answer_are_asked_from_the_question_and_told_apart() -> None:
    url = "https://kin.naver.com/ajax/detail/commentListAjax.naver?dirId=814&docId=9&answerNo=3&page=1&count=100"
    assert key("naver_kin", url) == "comments:9:3:1"
    request = KIN.request(Link("next", url, "9"))
    assert request.referer == "https://kin.naver.com/qna/detail.naver?d1id=8&dirId=814&docId=9"


def test_panns_mobile_comments_are_another_page_than_the_desktops() -> None:
    view = "https://m.pann.nate.com/talk/reply/view?pann_id=9&order=N&rankingType=total&page=2"
    sub = "https://m.pann.nate.com/talk/reply/subReply?pann_id=9&prts_reply_id=7&rPage=2"
    assert (key("nate_pann", view), key("nate_pann", sub)) == ("mobile-comments:9:2", "mobile-replies:9:7:2")


def test_a_day_of_a_ranking_is_a_list_of_its_own() -> None:
    first, second = (f"https://pann.nate.com/talk/ranking/d?stdt=2018040{day}&page=1" for day in (7, 8))
    assert key("nate_pann", first) == "list:/talk/ranking/d?stdt=20180407"
    assert key("nate_pann", first) != key("nate_pann", second)


@pytest.mark.parametrize(
    ("site_id", "place", "is_for_minors"),
    [
        ("naver_kin", "https://kin.naver.com/qna/list.naver?dirId=2001", True),
        ("naver_kin", "https://m.kin.naver.com/qna/dirs/2001/docs/5", True),
        ("naver_kin", "20", True),
        ("naver_kin", "https://kin.naver.com/qna/list.naver?dirId=201", False),
        ("naver_kin", "https://kin.naver.com/qna/list.naver?dirId=20101", False),
        ("naver_kin", "80101", False),
        ("nate_pann", "https://pann.nate.com/talk/c20038?page=2", True),
        ("nate_pann", "https://pann.nate.com/talk/c20038/channel/3", True),
        ("nate_pann", "c20038", True),
        ("nate_pann", "https://pann.nate.com/talk/c20003", False),
    ],
)
def test_where_minors_write_is_told_by_the_whole_number(site_id: str, place: str, is_for_minors: bool) -> None:
    assert SITES[site_id].is_for_minors(place) is is_for_minors


def test_a_topic_starts_at_its_boards_searches_and_answerers() -> None:
    topic = Topic("낚시", ("10",), ("c20034",), ("바다 낚시",), ("abc=",))
    assert [link.url for link in KIN.seeds(topic, None)] == [
        "https://kin.naver.com/qna/list.naver?dirId=10",
        "https://kin.naver.com/search/list.naver?query=%EB%B0%94%EB%8B%A4%20%EB%82%9A%EC%8B%9C&section=qna&sort=none",
        "https://kin.naver.com/userinfo/answerList.naver?u=abc%3D&isSearch=true&sd=answer&section=qna&isWorry=false",
    ]
    assert [link.url for link in PANN.seeds(topic, None)] == [
        "https://pann.nate.com/talk/c20034",
        "https://pann.nate.com/search/talk?q=%EB%B0%94%EB%8B%A4%20%EB%82%9A%EC%8B%9C&sort=DD",
    ]
