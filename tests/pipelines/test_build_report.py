"""A build's page stands beside its folder; its card tells counts, rules and rights; its rows fit a chat template."""

import json
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from pipelines.reports.build import report_path, with_report
from pipelines.settings import Settings
from pipelines.steps.building.exported import ExportReport
from pipelines.steps.building.prepare import prepare
from pipelines.steps.importing import import_file
from warehouse.datasets.parquet import read_rows
from warehouse.datasets.shards import verify

# As chat models have it: roles must alternate, from the user on.
TEMPLATE = (
    "{% for message in messages %}{% if (message.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('roles must alternate') }}{% endif %}<{{ message.role }}>{{ message.content }}{% endfor %}"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> ExportReport:
    settings = Settings(root=tmp_path_factory.mktemp("built"))
    pairs = [
        (f"질문 {name}은 어떻게 하나요ㅋㅋㅋㅋ", f"{name} 답은 이렇게 하시면 됩니다!!!") for name in "가나다라마바사아"
    ]
    pairs += [(pairs[0][0], pairs[0][1] + "?"), (pairs[0][0] + " ", pairs[0][1] + "~"), ("ㅋㅋㅋ", "그래요 웃읍시다")]
    rows = [
        {"id": str(number), "question": question, "answer": answer} for number, (question, answer) in enumerate(pairs)
    ]
    file = settings.root / "pairs.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    import_file(settings, "jsonl", file)
    return with_report(prepare(settings, "talk"))


@pytest.fixture(scope="module")
def page(built: ExportReport) -> BeautifulSoup:
    assert built.report is not None
    return BeautifulSoup(built.report.read_text("utf-8"), "lxml")


def cells(page: BeautifulSoup, key: str) -> list[list[str]]:
    return [[cell.get_text() for cell in row.select("th, td")] for row in page.select(f"section#{key} tbody tr")]


def test_the_page_shows_each_part_with_a_picture(built, page):
    keys = [section["id"] for section in page.select("section")]
    assert keys == ["stages", "changed", "dropped", "lengths", "duplicates", "months", "splits", "provenance"]
    assert all(page.select_one(f"section#{key} svg") for key in keys[:-1])
    assert cells(page, "stages")[0] == ["in the warehouse", "11"]
    assert cells(page, "stages")[-1] == ["without split conflicts", str(built.kept)]
    assert cells(page, "duplicates") == [["3 dialogues", "1"]]
    assert cells(page, "months") == [["no date", str(built.kept)]]
    assert "of 3 pairs of near-copies recall 1.0000, precision 1.0000" in page.select_one("#duplicates").get_text()


def test_the_page_changes_nothing_of_the_version(built):
    assert built.report == report_path(built.path) and built.report.parent == built.path.parent
    assert verify(built.path) == []
    written = built.report.stat().st_mtime_ns
    assert with_report(built).report.stat().st_mtime_ns == written


def test_measured_agreement_is_counted_not_given(built):
    assert built.duplicates == {"rows": 10, "true": 3, "found": 3, "shared": 3, "recall": 1.0, "precision": 1.0}


def test_the_card_says_all_of_it_twice(built):
    card = (built.path / "README.md").read_text("utf-8")
    korean, english = card.split("## English")
    for part in (korean, english):
        assert re.search(r"\| near_duplicate \| 2 \|", part) and re.search(r"\| laughter \| \d+ \|", part)
        assert f"| train | {built.rows['train']} |" in part and "unknown: ask the owner" in part
    assert "앞선 대화와 거의 같습니다" in korean and "nearly the same as" in english
    told = [line for line in korean.splitlines() if re.match(r"\| \w+ \| \d+ \| [^|]+ \|$", line)]
    assert told and all(re.search("[가-힣]", line) for line in told)
    assert "이용 허락과 권리" in korean and "Licence and rights" in english


def test_questions_on_two_sides_are_counted_and_the_promise_has_its_limit(settings):
    meals = ["국밥을 한 그릇", "비빔밥이나", "시원한 냉면을", "돈가스 정식을", "칼국수를 곱빼기로", "쌀국수를"] * 6
    asked = [("오늘 점심에는 뭐 먹을까요?", f"{number}번 식당에서 {meal} 드세요") for number, meal in enumerate(meals)]
    asked += [("혼자만 물은 것이 있나요", "이 질문은 한 번만 나오는 질문입니다")]
    lines = [json.dumps({"question": q, "answer": a}, ensure_ascii=False) for q, a in asked]
    (settings.root / "asked.jsonl").write_text("\n".join(lines), "utf-8")
    import_file(settings, "jsonl", settings.root / "asked.jsonl")
    report = with_report(prepare(settings, "talk"))
    sides: dict[str, set[str]] = {}
    for split in ("train", "validation", "test"):
        for row in read_rows(report.path, split):
            sides.setdefault(row["messages"][0]["content"], set()).add(split)
    assert report.shared_questions == sum(len(found) > 1 for found in sides.values()) == 1
    card = (report.path / "README.md").read_text("utf-8")
    assert (
        "나오는 질문: 1개." in card
        and "Questions that stand in more than one split, with different answers: 1." in card
    )
    assert "10글자 이상인 말차례" in card and "each turn of 10 letters or more" in card
    assert "Questions that stand in more than one split: 1." in report.report.read_text("utf-8")
    assert prepare(settings, "talk").shared_questions == 1


def test_messages_fit_a_chat_template_as_they_are(built):
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from transformers import PreTrainedTokenizerFast

    words = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(WordLevel({"<unk>": 0}, "<unk>")), unk_token="<unk>")
    rows = [row for split in ("train", "validation", "test") for row in read_rows(built.path, split)]
    for row in rows:
        said = words.apply_chat_template(row["messages"], chat_template=TEMPLATE, tokenize=False)
        assert said == "".join(f"<{turn['role']}>{turn['content']}" for turn in row["messages"])
    assert len(rows) == built.kept


def test_a_dated_source_stands_in_its_month(tmp_path: Path):
    from pipelines.reports.build_sections import month_section

    section = month_section({"a": {"2026-01": 2, "2026-03": 1}, **{f"s{n}": {"2026-02": n} for n in range(1, 8)}})
    assert section.columns == ("month", "s7", "s6", "s5", "s4", "a", "all others")
    assert section.rows[0] == ("2026-01", "0", "0", "0", "0", "2", "0")
    assert section.rows[1] == ("2026-02", "7", "6", "5", "4", "0", "6")
