"""Scrapy over 지식iN: lists to questions to further answers, parsel selectors, rows into SQLite in batches.

Run by .venv-bench as `python scrapy_kin.py BASE_URL FOLDER`; with `--jobdir` the crawl can be resumed, as Scrapy can.
Scrapy's defaults stand (16 requests at once, 8 a host) but for what politeness would slow down.
"""

import json
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import scrapy
from parsel import Selector
from scrapy.crawler import CrawlerProcess

BATCH_ROWS = 200
PER_PAGE = 5
COMMENTS_PER_PAGE = 100
FOR_MINORS = "2001"
SCHEMA = """
CREATE TABLE IF NOT EXISTS question (external_id TEXT PRIMARY KEY, title TEXT, body TEXT, topic_id TEXT, topic TEXT,
    asked_raw TEXT, views INTEGER, answers_total INTEGER);
CREATE TABLE IF NOT EXISTS answer (question_external_id TEXT, kind TEXT, external_id TEXT, parent_external_id TEXT,
    position INTEGER, body TEXT, author TEXT, author_grade TEXT, is_chosen INTEGER, answered_raw TEXT,
    votes_up INTEGER, votes_down INTEGER,
    PRIMARY KEY (question_external_id, kind, external_id, parent_external_id, position));
"""
QUESTION = "INSERT OR REPLACE INTO question VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
ANSWER = "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
NOT_TEXT = (
    "[not(ancestor::*[contains(@class, 'se-oglink') or contains(@class, 'se-module-oglink') or "
    "contains(@class, 'editorHeader') or contains(@class, 'blind')])]"
)
# Number, position, date where it stands outside the markup, and the markup of one answer.
Area = tuple[str, int, str | None, Selector]


def text_of(node: Selector, selector: str) -> str:
    """Return the lines of the first node that the selector finds."""
    pieces = node.css(selector)[:1].xpath(f".//text(){NOT_TEXT}").getall()
    return "\n".join(line for piece in pieces if (line := piece.strip("\u200b\xa0 \t\r\n")))


def number_of(text: str | None) -> int | None:
    """Return the number in a text, None where there is none."""
    digits = "".join(char for char in text or "" if char.isdigit())
    return int(digits) if digits else None


def answers_of(areas: Iterable[Area], question: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of answers and of the follow-ups under them."""
    for number, position, written, area in areas:
        yield (
            question, "answer", number, "", position, text_of(area, ".answerDetail"),
            area.css(".profile_card strong.name::text").get(), area.css(".profile_card .badge::text").get(),
            int("채택" in area.css(".answerInfo .title::text").getall()),
            written or (area.css(".answerDate::text").get() or "").strip(),
            number_of(area.css("[data-vote-option=UP]::attr(data-vote-count)").get()),
            number_of(area.css("[data-vote-option=DOWN]::attr(data-vote-count)").get()),
        )  # fmt: skip
        for place, turn in enumerate(area.css(".additionQnaList__item"), 1):
            yield (
                question, "follow_up", "", number, place, text_of(turn, ".additionQnaList__text"), None, None, 0,
                turn.css(".date::text").get(), None, None,
            )  # fmt: skip


class KinSpider(scrapy.Spider):
    """Follows the home page's directories, their pages, their questions, and the answers beyond the fifth."""

    name = "kin"

    async def start(self) -> Any:
        """Begin at the home page."""
        yield scrapy.Request(f"{self.base_url}/", callback=self.parse_home)

    def parse_home(self, response: Any) -> Iterator[Any]:
        """Follow the directories, but for minors' boards."""
        for href in response.css(".directoryList a::attr(href)").getall():
            if parse_qs(urlsplit(href).query)["dirId"] != [FOR_MINORS]:
                yield response.follow(href, callback=self.parse_list)

    def parse_list(self, response: Any) -> Iterator[Any]:
        """Follow a list's questions and its next page."""
        yield from response.follow_all(css="#au_board_list td.title a", callback=self.parse_question)
        yield from response.follow_all(css=".paginate a.next", callback=self.parse_list)

    def parse_question(self, response: Any) -> Iterator[Any]:
        """Take a question with the answers that its page shows."""
        fields = parse_qs(urlsplit(response.url).query)
        number = fields["docId"][0]
        root = response.css(".endContentLeft")
        infos = ["".join(info.css("::text").getall()) for info in root.css(".userInfo--question .infoItem")]
        total = number_of(root.css("._answerCount::text").get()) or 0
        row = (
            number, " ".join(text_of(root, ".endTitleSection").split("\n")), text_of(root, ".questionDetail"),
            fields["dirId"][0], text_of(root, ".tagList a.tag"),
            next(info for info in infos if "작성일" in info).replace("작성일", "").strip(),
            next(number_of(info) for info in infos if "조회수" in info), total,
        )  # fmt: skip
        areas = root.css(".answerArea")
        shown = [(area.attrib["id"].removeprefix("answer_"), n, None, area) for n, area in enumerate(areas, 1)]
        yield {"question": row, "answers": list(answers_of(shown, number))}
        yield from self.comments(response.url, number, fields["dirId"][0], shown)
        if total > len(areas):
            yield self.more_answers(response.url, number, fields["dirId"][0], len(areas) // PER_PAGE + 1)

    def comments(self, referer: str, number: str, directory: str, areas: Iterable[Area]) -> Iterator[Any]:
        """Ask for the comments on those answers that count some."""
        for answer, _, _, area in areas:
            if number_of(area.css("._commentCnt::text").get()):
                yield self.comments_page(referer, number, directory, answer, 1)

    def comments_page(self, referer: str, number: str, directory: str, answer: str, page: int) -> Any:
        """Ask for one page of the comments on an answer."""
        fields = {"dirId": directory, "docId": number, "answerNo": answer, "page": str(page)}
        return scrapy.Request(
            f"{self.base_url}/ajax/detail/commentListAjax.naver?{urlencode(fields | {'count': COMMENTS_PER_PAGE})}",
            headers={"Referer": referer, "X-Requested-With": "XMLHttpRequest"},
            callback=self.parse_comments,
            cb_kwargs={"number": number, "directory": directory, "answer": answer, "page": page, "referer": referer},
        )

    def parse_comments(
        self, response: Any, number: str, directory: str, answer: str, page: int, referer: str
    ) -> Iterator[Any]:
        """Take comments, and go on while there are more."""
        told = json.loads(response.text)["result"]
        first = (page - 1) * COMMENTS_PER_PAGE + 1
        rows = [
            (
                number, "comment", str(item["commentNo"]), answer, place, text_of(Selector(item["contents"]), "body"),
                item["u"], None, 0, item["writeTime"], None, None,
            )
            for place, item in enumerate(told["commentList"], first)
        ]  # fmt: skip
        yield {"question": None, "answers": rows}
        if told["totalCount"] > page * COMMENTS_PER_PAGE:
            yield self.comments_page(referer, number, directory, answer, page + 1)

    def more_answers(self, referer: str, number: str, directory: str, page: int) -> Any:
        """Ask for further answers as the page's own script does."""
        fields = {"dirId": directory, "docId": number, "answerSortType": "DEFAULT", "answerFilterType": "ALL"}
        fields |= {"answerViewType": "DETAIL", "page": str(page), "count": str(PER_PAGE)}
        return scrapy.Request(
            f"{self.base_url}/ajax/detail/answerList.naver?{urlencode(fields)}",
            headers={"Referer": referer, "X-Requested-With": "XMLHttpRequest"},
            callback=self.parse_more,
            cb_kwargs={"number": number, "directory": directory, "page": page, "referer": referer},
        )

    def parse_more(self, response: Any, number: str, directory: str, page: int, referer: str) -> Iterator[Any]:
        """Take further answers, and go on while there are more."""
        told = json.loads(response.text)
        first = (page - 1) * PER_PAGE + 1
        areas = [
            (str(item["answerNo"]), place, item["formattedModifyTime"], Selector(item["contents"]))
            for place, item in enumerate(told["detailAnswerList"], first)
        ]
        yield {"question": None, "answers": list(answers_of(areas, number))}
        yield from self.comments(referer, number, directory, areas)
        if told["totalCount"] > page * PER_PAGE:
            yield self.more_answers(referer, number, directory, page + 1)


class SqlitePipeline:
    """Stores rows in SQLite (WAL), many pages to a transaction."""

    def __init__(self, file: Path) -> None:
        self.file = file

    @classmethod
    def from_crawler(cls, crawler: Any) -> "SqlitePipeline":
        """Take the place of the database from the settings."""
        return cls(Path(crawler.settings["ROWS_FILE"]))

    def open_spider(self) -> None:
        """Open the database."""
        self.connection = sqlite3.connect(self.file)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.executescript(SCHEMA)
        self.questions: list[tuple[Any, ...]] = []
        self.answers: list[tuple[Any, ...]] = []

    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        """Keep a page's rows until a batch is full."""
        self.questions += [item["question"]] if item["question"] else []
        self.answers += item["answers"]
        if len(self.questions) + len(self.answers) >= BATCH_ROWS:
            self.store()
        return item

    def close_spider(self) -> None:
        """Store the last batch."""
        self.store()
        self.connection.close()

    def store(self) -> None:
        """Write the batch in one transaction."""
        with self.connection:
            self.connection.executemany(QUESTION, self.questions)
            self.connection.executemany(ANSWER, self.answers)
        self.questions, self.answers = [], []


def main(base_url: str, folder: Path, *, resumable: bool) -> None:
    """Crawl, and print how many answers came."""
    settings = {
        "ROBOTSTXT_OBEY": True,
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
        "HTTPCACHE_ENABLED": True,
        "HTTPCACHE_DIR": str(folder / "httpcache"),
        "ITEM_PIPELINES": {SqlitePipeline: 300},
        "ROWS_FILE": str(folder / "rows.db"),
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    }
    if resumable:
        settings["JOBDIR"] = str(folder / "job")
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(KinSpider)
    process.crawl(crawler, base_url=base_url)
    process.start()
    print(json.dumps({"fetched": crawler.stats.get_value("downloader/response_count", 0)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), resumable="--jobdir" in sys.argv)
