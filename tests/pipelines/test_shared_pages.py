"""Two topics of one site that list the same questions: each page is fetched once, whoever comes first."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
import sqlalchemy as sa

from crawlers.replica.server import Replica
from pipelines.__main__ import run
from pipelines.settings import Settings, load_settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.steps.proof.politeness import prove
from tests.pipelines.conftest import stored_rows
from warehouse.connect import open_warehouse
from warehouse.queries.query import run_select
from warehouse.schema.crawling import frontier, page

TOPICS = '[topics."하나"]\ndirectories = ["8"]\n[topics."둘"]\ndirectories = ["8", "80101"]\n'


@pytest.fixture
def topical(tmp_path):
    (tmp_path / "mundap.toml").write_text(TOPICS, "utf-8")
    return load_settings(tmp_path / "mundap.toml")


def questions(replica: Replica) -> Counter[str]:
    """How often each question, and each page of its further answers, was asked for."""
    return Counter(line for line in replica.requests if "docId" in line)


def asked(settings: Settings, sql: str) -> int:
    return int(run_select(settings.database_url, sql)["n"][0])


def test_a_second_topic_fetches_only_what_the_first_has_not(topical, serve, corpus, capsys):
    replica = serve()
    first = crawl_site(topical, CrawlPlan("naver_kin", topic="하나", base_url=replica.base_url, browser="never"))
    before = questions(replica)
    command = ["crawl", "naver_kin", "--topic", "둘", "--base-url", replica.base_url, "--browser", "never", "--json"]
    assert run([*command, "--config", str(topical.root / "mundap.toml")]) == 0
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert report["known"] == sum(before.values()) > first.stored > 50
    boards = Counter(post.board for post in corpus["naver_kin"])
    assert (first.stored, report["stored"]) == (boards["8"], boards["80101"])
    assert max(questions(replica).values()) == 1
    members = "select count(*) as n from frontier where topic = '둘' and kind = 'question' and state = 'done'"
    assert asked(topical, members) == boards["8"] + boards["80101"], "both topics name their questions"
    # What was known cost nothing of the budget.
    assert asked(topical, "select visited_pages as n from crawl where topic = '둘'") == report["fetched"]
    assert prove(topical).breaches == ()


def test_answers_that_the_first_topic_left_unfetched_are_fetched_by_the_second(topical, corpus):
    some = [post for post in corpus["naver_kin"] if post.board == "8" and post.answers][:4]
    posts = [
        replace(
            post, answers=tuple(replace(post.answers[0], external_id=str(at), body=f"{at}번") for at in range(1, 9))
        )
        for post in some
    ]
    with Replica("naver_kin", posts) as replica:
        plan = CrawlPlan("naver_kin", topic="하나", base_url=replica.base_url, browser="never")
        crawl_site(replace_root(topical, "calm"), plan)
        crawl_site(topical, replace(plan, max_pages=5))  # the list and its questions
        assert asked(topical, "select count(*) as n from frontier where kind = 'thread' and state = 'pending'") > 0
        report = crawl_site(topical, replace(plan, topic="둘"))
        assert (report.known, report.remaining, report.ended) == (4, 0, "")
    assert stored_rows(topical) == stored_rows(replace_root(topical, "calm"))


def replace_root(settings: Settings, name: str) -> Settings:
    return settings.model_copy(update={"root": settings.root / name})


def test_a_page_whose_snapshot_is_gone_is_fetched_again(topical, serve):
    replica = serve(posts=120)
    plan = CrawlPlan("naver_kin", topic="하나", base_url=replica.base_url, browser="never")
    crawl_site(topical, plan)
    engine = open_warehouse(topical.database_url)
    with engine.begin() as connection:
        some = sa.select(frontier.c.frontier_id).where(frontier.c.kind == "question").limit(2)
        connection.execute(sa.update(page).where(page.c.frontier_id.in_(some)).values(erased_at=sa.func.now()))
    engine.dispose()
    crawl_site(topical, replace(plan, topic="둘"))
    assert Counter(questions(replica).values())[2] == 2


# Two crawls of two topics at once, each line naming the one to start.
CRAWLS = """
import os, signal, sys
from pathlib import Path
from pipelines.settings import load_settings
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
settings = load_settings(Path(sys.argv[1]))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    if os.fork() == 0:
        def on_page(done, total=None, note=""):
            print(os.getpid(), note, flush=True)
        plan = CrawlPlan("naver_kin", topic=line.strip(), base_url=sys.argv[2], browser="never", gap=0.01)
        crawl_site(settings, plan, on_page=on_page)
        os._exit(0)
"""


KILLS = 2


def test_two_topics_at_once_fetch_each_page_once_however_they_are_killed(topical, corpus):
    posts = [post for post in corpus["naver_kin"] if post.board == "8"][:20]
    open_warehouse(topical.database_url, create=True).dispose()
    with Replica("naver_kin", posts) as replica:
        command = [sys.executable, "-c", CRAWLS, str(topical.root / "mundap.toml"), replica.base_url]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write("하나\n둘\n")
            process.stdin.flush()
            dead: set[int] = set()
            for _ in range(KILLS):
                pages, pid = 6, 0
                while pages > 0 or pid in dead:  # the dead still have words in the pipe
                    name, topic = process.stdout.readline().split()
                    pages, pid = pages - 1, int(name)
                os.kill(pid, signal.SIGKILL)
                dead.add(pid)
                process.stdin.write(f"{topic}\n")
                process.stdin.flush()
            process.stdin.close()
            process.stdout.read()
            assert process.wait() == 0
        counted = questions(replica)
        assert sum(number - 1 for number in counted.values()) <= KILLS, "a kill may cost the page in flight"
        report = crawl_site(topical, CrawlPlan("naver_kin", topic="둘", base_url=replica.base_url, browser="never"))
        calm = replace_root(topical, "calm")
        crawl_site(calm, CrawlPlan("naver_kin", topic="둘", base_url=replica.base_url, browser="never"))
    assert (report.remaining, report.fetched, report.ended) == (0, 0, "")
    assert stored_rows(topical) == stored_rows(calm)
    both = "select count(*) as n from frontier where kind = 'question' and state = 'done'"
    assert asked(topical, both) == 2 * len(posts)
