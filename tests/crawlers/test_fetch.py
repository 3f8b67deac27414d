import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from crawlers.addresses import is_allowed
from crawlers.charset import decide_charset
from crawlers.fetch import HttpFetcher, Request
from crawlers.sites.boards import TOPICS
from crawlers.sites.registry import SITES, rebase
from warehouse.errors import Permanent, Transient
from warehouse.records.pages import Page

KIN, PANN = SITES["naver_kin"], SITES["nate_pann"]
QUESTION = "/qna/detail.naver?d1id=8&dirId={board}&docId={id}"


def first_question(corpus: Any) -> str:
    post = corpus["naver_kin"][0]
    return QUESTION.format(board=post.board, id=post.external_id)


def test_a_page_comes_with_what_is_needed_to_replay_it(opened: Any, corpus: Any) -> None:
    replica, fetcher = opened()
    page = fetcher.fetch(Request(replica.base_url + first_question(corpus)))
    assert (page.status, page.charset, page.method, page.fetched_by) == (200, "utf-8", "GET", "http")
    assert page.url == page.final_url
    assert dict(page.headers)["content-type"] == "text/html; charset=utf-8"
    assert page.fetched_at.utcoffset() is not None


def test_a_page_that_is_known_is_not_sent_again(opened: Any) -> None:
    replica, fetcher = opened()
    first = fetcher.fetch(Request(replica.base_url + "/"))
    again = fetcher.fetch(Request(replica.base_url + "/", etag=dict(first.headers)["etag"]))
    assert (again.status, again.body) == (304, b"")


def test_comments_are_posted(opened: Any, corpus: Any) -> None:
    replica, fetcher = opened("nate_pann")
    post = next(post for post in corpus["nate_pann"] if len(post.answers) > 5)
    page = fetcher.fetch(
        Request(replica.base_url + "/talk/reply/load", "POST", (("pann_id", post.external_id), ("page", "2")))
    )
    parsed = PANN.read(page, None)
    assert [answer.external_id for answer in parsed.answers] == [answer.external_id for answer in post.answers[5:]]
    assert page.request_body == f"pann_id={post.external_id}&page=2".encode()


def test_further_answers_want_their_question_page_as_referer(opened: Any, corpus: Any) -> None:
    replica, fetcher = opened()
    post = corpus["naver_kin"][0]
    url = f"{replica.base_url}/ajax/detail/answerList.naver?dirId={post.board}&docId={post.external_id}&page=1"
    assert KIN.read(fetcher.fetch(Request(url)), None).kind == "gone"
    told = fetcher.fetch(Request(url, referer=replica.base_url + first_question(corpus)))
    assert len(KIN.read(told, None).answers) >= len(post.answers) > 0


@pytest.mark.parametrize(("fault", "wait"), [("429", 1.0), ("429_date", None), ("503", None)])
def test_a_server_that_is_busy_is_tried_later(opened: Any, fault: str, wait: float | None) -> None:
    replica, fetcher = opened(fault=f"{fault}:1")
    with pytest.raises(Transient, match=f"{replica.base_url}/ answered {fault[:3]}.*try again later") as caught:
        fetcher.fetch(Request(replica.base_url + "/"))
    if fault == "429_date":
        assert caught.value.retry_after_seconds is not None
    else:
        assert caught.value.retry_after_seconds == wait
    assert fetcher.fetch(Request(replica.base_url + "/")).status == 200


def test_a_slow_server_is_a_timeout(opened: Any) -> None:
    replica, fetcher = opened(fault="slow:1", timeout_seconds=0.3)
    with pytest.raises(Transient, match=r"in 0\.3 s"):
        fetcher.fetch(Request(replica.base_url + "/"))


def test_a_body_cut_short_is_a_lost_connection(opened: Any) -> None:
    replica, fetcher = opened(fault="truncated:1")
    with pytest.raises(Transient, match=r"connection to .* failed"):
        fetcher.fetch(Request(replica.base_url + "/"))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("gzip_bomb", "more than 8,000,000 bytes"),
        ("redirect_loop", "redirects in a circle, back to http"),
        ("redirect_offsite", "off the site, to https://other.example.com/"),
    ],
)
def test_a_page_that_can_never_work_is_set_aside(opened: Any, corpus: Any, fault: str, words: str) -> None:
    replica, fetcher = opened(fault=fault)
    with pytest.raises(Permanent, match=words):
        fetcher.fetch(Request(replica.base_url + first_question(corpus)))


@pytest.mark.parametrize(
    ("fault", "site_id", "kind"),
    [
        ("captcha:0", "naver_kin", "captcha"),
        ("captcha:0", "nate_pann", "captcha"),
        ("login:0", "naver_kin", "login"),
        ("deleted", "naver_kin", "gone"),
        ("deleted", "nate_pann", "gone"),
        ("redesign", "naver_kin", "unknown"),
        ("redesign", "nate_pann", "unknown"),
        ("charset", "naver_kin", "question"),
        ("charset", "nate_pann", "question"),
    ],
)
def test_a_fault_of_content_is_told_by_its_kind(opened: Any, corpus: Any, fault: str, site_id: str, kind: str) -> None:
    replica, fetcher = opened(site_id, fault)
    post = corpus[site_id][0]
    path = f"/talk/{post.external_id}" if site_id == "nate_pann" else first_question(corpus)
    parsed = SITES[site_id].read(fetcher.fetch(Request(replica.base_url + path)), None)
    assert parsed.kind == kind
    if kind == "question":
        assert parsed.question is not None and parsed.question.title == post.title


@pytest.mark.parametrize("site_id", SITES)
def test_an_empty_list_is_told(opened: Any, site_id: str) -> None:
    replica, fetcher = opened(site_id, "empty")
    link = SITES[site_id].seeds(TOPICS["연애"], None)[0]
    assert SITES[site_id].read(fetcher.fetch(Request(rebase(link.url, replica.base_url))), None).kind == "empty"


@pytest.mark.parametrize(
    ("fault", "status"), [("robots_refuse", 200), ("robots_404", 404), (None, 200)], ids=["refuse", "none", "allow"]
)
def test_robots_are_served(opened: Any, fault: str | None, status: int) -> None:
    replica, fetcher = opened(fault=fault)
    assert fetcher.fetch(Request(replica.base_url + "/robots.txt")).status == status


def test_a_site_that_has_gone_answers_no_more_on_an_open_connection(opened: Any) -> None:
    replica, fetcher = opened()
    assert fetcher.fetch(Request(replica.base_url + "/")).status == 200
    replica.close()
    with pytest.raises(Transient, match="failed"):
        fetcher.fetch(Request(replica.base_url + "/"))


def test_an_unreachable_server_is_tried_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{taken.getsockname()[1]}"
        with (
            HttpFetcher("Mundap", frozenset({host})) as fetcher,
            pytest.raises(Transient, match=f"http://{host}/ failed"),
        ):
            fetcher.fetch(Request(f"http://{host}/"))


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://kin.naver.com@evil.example/",
        "file:///etc/passwd",
        "http://kin.naver.com:81/",
        "x",
    ],
)
def test_nothing_but_the_allowed_hosts_is_asked(url: str) -> None:
    assert is_allowed("https://kin.naver.com/", frozenset({"kin.naver.com"}))
    with HttpFetcher("Mundap", frozenset({"kin.naver.com"})) as fetcher, pytest.raises(Permanent, match="not on kin"):
        fetcher.fetch(Request(url))


@pytest.fixture
def one_answer() -> Iterator[Any]:
    """A server that sends exactly these bytes to the first who asks."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(answer: bytes) -> str:
        def run() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(answer)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return f"127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for thread in threads:
        thread.join(5)
    listener.close()


def fetched(host: str) -> Page:
    with HttpFetcher("Mundap", frozenset({host})) as fetcher:
        return fetcher.fetch(Request(f"http://{host}/"))


def test_a_redirect_to_the_login_host_is_an_answer(one_answer: Any) -> None:
    host = one_answer(b"HTTP/1.1 302 x\r\nLocation: https://nid.naver.com/nidlogin.login\r\nContent-Length: 0\r\n\r\n")
    assert KIN.read(fetched(host), None).kind == "login"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"not http at all\r\n\r\n", id="no HTTP"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", id="short"),
    ],
)
def test_a_broken_answer_is_tried_later(one_answer: Any, answer: bytes) -> None:
    with pytest.raises(Transient, match="failed"):
        fetched(one_answer(answer))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", id="bad gzip"),
        pytest.param(b"HTTP/1.1 302 x\r\nLocation: http://[bad\r\nContent-Length: 0\r\n\r\n", id="bad redirect"),
    ],
)
def test_a_senseless_answer_is_set_aside(one_answer: Any, answer: bytes) -> None:
    with pytest.raises(Permanent, match="set aside"):
        fetched(one_answer(answer))


@pytest.mark.parametrize(
    ("content_type", "body", "charset"),
    [
        pytest.param("text/html; charset=utf-8", "한글".encode(), "utf-8", id="header"),
        pytest.param("text/html", '<meta charset="euc-kr">한글'.encode("cp949"), "cp949", id="meta"),
        pytest.param("text/html", "한글".encode(), "utf-8", id="nothing said, UTF-8"),
        pytest.param("text/html", "뷁 한글".encode("cp949"), "cp949", id="nothing said, CP949"),
        pytest.param("text/html; charset=euc-kr", "한글이에요".encode(), "utf-8", id="header lies"),
        pytest.param("text/html; charset=hex", "한글".encode(), "utf-8", id="no charset at all"),
        pytest.param("text/html; charset=utf-8", b"\xff\xff", "utf-8", id="nothing fits"),
    ],
)
def test_the_charset_is_decided(content_type: str, body: bytes, charset: str) -> None:
    assert decide_charset({"content-type": content_type}, body) == charset
