"""The proof of a dataset: what crosses its splits and what personal data it holds, row by row."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from cleaning.recipe import load_recipe
from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps.building.auditing import audit
from pipelines.steps.building.prepare import prepare
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.steps.importing import import_file
from pipelines.steps.ledger import load
from warehouse.connect import open_warehouse
from warehouse.datasets.parquet import DROPPED_SCHEMA, ROW_SCHEMA
from warehouse.datasets.shards import write_dataset
from warehouse.errors import Misuse
from warehouse.records.dialogues import Dialogue, Turn
from warehouse.store.dialogue_store import store_dialogues


def quiet(*_args: object) -> None:
    pass


def row(name: str, question: str, answer: str, **more: str | None) -> dict:
    empty = dict.fromkeys(("topic", "url", "asked_at", "label", "page_sha256", "parser_version", "recipe_version"))
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return empty | {"dialogue_id": name, "source": "t", "messages": messages, "cluster_id": name, "rules": []} | more


def dataset(settings: Settings, train: list[dict], test: list[dict], dropped: list[dict], recipe: str = "") -> Path:
    return write_dataset(
        settings.datasets,
        "made",
        parts=[
            ("train", pa.Table.from_pylist(train, ROW_SCHEMA)),
            ("test", pa.Table.from_pylist(test, ROW_SCHEMA)),
            ("dropped", pa.Table.from_pylist(dropped, DROPPED_SCHEMA)),
        ],
        recipe_name="dialogue",
        recipe_version="1",
        recipe_text=recipe,
        code_version="0",
        source_loads=[1],
        newest_load_at=datetime(2026, 11, 1, tzinfo=UTC),
    ).path


KINDS = {
    "near copy": ({"question": "주말에 바다 보러 어디로 갈까요"}, "near_duplicate", "(trigram Jaccard 0."),
    "answer": ({"question": "전혀 다른 말", "answer": "속초가 시장도 있고 더 나아요!"}, "answer", "equal answers"),
    "address": ({"question": "딴 얘기", "answer": "딴 답", "url": "https://kin/1"}, "address", "one address"),
    "cluster": ({"question": "딴 얘기", "answer": "딴 답", "cluster_id": "aaa"}, "cluster", "one cluster"),
}


@pytest.mark.parametrize(("changes", "kind", "words"), KINDS.values(), ids=KINDS)
def test_what_crosses_is_named_with_both_rows(settings, changes, kind, words):
    held = row("aaa", "주말에 바다 보러 어디로 갈까요?", "속초가 시장도 있고 더 나아요", url="https://kin/1")
    given = {"question": "주말에 바다 보러 어디로 갈까요", "answer": "속초가 시장도 있고 더 나아요"} | changes
    if kind == "near_duplicate":
        given["answer"] = "속초가 시장도 있고 더 나아요 ㅎ"
    report = audit(settings, dataset(settings, [row("bbb", **given)], [held], []), quiet)
    assert {name for name, count in report.found.items() if count} == {kind}
    (line,) = report.problems
    assert "bbb of train and aaa of test" in line and words in line


def talk(number: int, shared: str) -> dict:
    chance = random.Random(number)
    first, second = (
        " ".join("".join(chance.sample("가나다라마바사아자차카타파하", 3)) for _ in range(6)) for _ in "ab"
    )
    turns = [first, "ㅇㅎ", second, shared]
    return {"messages": [{"role": ("user", "assistant")[n % 2], "content": turn} for n, turn in enumerate(turns)]}


def test_a_turn_of_a_longer_talk_is_kept_on_one_side_and_found_where_it_crosses(settings):
    common = "그럴 땐 먼저 연락해 보는 게 좋아"
    held, trained = ({**row(name, "", ""), **talk(n, common)} for n, name in enumerate(("aaa", "bbb")))
    (line,) = audit(settings, dataset(settings, [trained], [held], []), quiet).problems
    assert line == "equal answers: bbb of train and aaa of test"
    (settings.root / "talks.jsonl").write_text(
        "\n".join(json.dumps(talk(n, f"{common} {n % 40}번째로"), ensure_ascii=False) for n in range(120)), "utf-8"
    )
    import_file(settings, "jsonl", settings.root / "talks.jsonl")
    report = prepare(settings, "talks")
    assert report.kept == 120 and len(report.rows) > 1
    assert audit(settings, report.path, quiet).problems == ()


def test_personal_data_is_named_by_row_turn_and_rule_and_never_shown(settings, capsys, monkeypatch):
    monkeypatch.chdir(settings.root)
    kept = [row("bbb", "전화 주세요 010-1234-5678", "네"), row("ccc", "[전화번호]로 전화해", "응")]
    dropped = [
        {"id": name, "rule": "answer_too_short", "reason": "", "text": text}
        for name, text in (("ddd", "메일은 a.b@naver.com 이에요"), ("eee", "０１０－１２３４－５６７８ 이야"))
    ]
    folder = dataset(settings, kept, [], dropped)
    assert run(["audit", str(folder), "--json"]) == 1
    out, err = capsys.readouterr()
    result = json.loads(out.splitlines()[-1])
    assert result["ok"] is False and result["found"]["personal"] == 3
    assert result["problems"] == [
        "personal data: bbb of train, turn 1: phones",
        "personal data: ddd of dropped, turn 1: emails",
        "personal data: eee of dropped, turn 1: hidden by its spelling",
    ]
    assert "1234" not in out + err and "naver" not in out + err


def test_a_dataset_is_held_to_the_masks_of_its_recipe(settings, monkeypatch):
    monkeypatch.chdir(settings.root)
    kept = [row("aaa", "번호가 02)345-6789 맞나요", "그 카드는 30도 2000와트짜리예요")]
    found = [
        audit(settings, dataset(settings, kept, [], [], text), quiet) for text in ("", load_recipe("careful").text)
    ]
    assert [report.problems for report in found] == [
        ("personal data: aaa of train, turn 2: plates",),
        ("personal data: aaa of train, turn 1: careful_phones",),
    ]
    assert [report.masks for report in found] == ["the spec's masks", "the wider masks of its recipe"]
    broken = dataset(settings, kept, [], [], "steps = [")
    with pytest.raises(Misuse, match="is no TOML"):
        audit(settings, broken, quiet)


def test_threads_and_askers_come_from_the_warehouse(settings, monkeypatch, capsys):
    monkeypatch.chdir(settings.root)
    rows = [row("a" * 16, "비가 오나요", "우산 챙기세요"), row("b" * 16, "버스가 늦네요", "곧 올 거예요")]
    folder = dataset(settings, rows[:1], rows[1:], [])
    assert run(["audit", str(folder)]) == 0
    assert "threads and askers of 2 of 2 rows are not in this warehouse" in capsys.readouterr().err
    turns = (Turn("user", "가", "asker"), Turn("assistant", "나"))
    one = Dialogue("a" * 16, "t", "1", turns, thread="kin:1")
    engine = open_warehouse(settings.database_url, create=True)
    with load(settings, engine, "test") as entry:
        store_dialogues(engine, [one, replace(one, dialogue_id="b" * 16, key="2")], entry.load_id)
    report = audit(settings, folder, quiet)
    assert report.on_record == 2
    assert {kind for kind, count in report.found.items() if count} == {"thread", "asker"}


def test_an_export_of_a_crawl_passes_and_passes_again_when_it_has_grown(settings, serve):
    for posts in (30, 60):
        replica = serve(posts=posts)
        crawl_site(settings, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never", refresh="all"))
        report = audit(settings, prepare(settings, "kin").path, quiet)
        assert report.problems == ()
        assert report.on_record == sum(report.rows[split] for split in ("train", "validation", "test"))
        assert report.rows["train"] > 20
