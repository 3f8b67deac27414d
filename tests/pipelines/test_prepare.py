"""From the warehouse to a dataset version: the same state gives the same bytes, a changed byte is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cleaning.pairing import dialogue_id
from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps.building.prepare import pair, prepare
from pipelines.steps.crawling.crawl import CrawlPlan, crawl_site
from pipelines.steps.datasets import dataset_folder, require_whole
from pipelines.steps.importing import import_file
from tests.stored import stored_dialogues
from warehouse.connect import open_warehouse
from warehouse.datasets.parquet import read_rows
from warehouse.errors import Misuse, MundapError

PAIRS = [
    ("오늘 점심 뭐 먹을까요?", "따뜻한 국밥은 어때요? 든든하고 금방 나와요."),
    ("잠이 안 와요ㅠㅠㅠㅠ", "따뜻한 우유 한 잔 마시고 불을 꺼 보세요."),
    ("시험에 떨어졌어요...", "많이 속상했겠어요. 다음에는 꼭 붙을 거예요!!!"),
    ("ㅋㅋㅋㅋ", "웃으니까 저도 좋아요."),
    ("비가 오는데 우산이 없어요", "편의점에서 하나 사는 게 빠르겠어요."),
]


@pytest.fixture
def filled(settings: Settings, tmp_path: Path) -> Settings:
    lines = [json.dumps({"question": q, "answer": a}, ensure_ascii=False) for q, a in PAIRS]
    file = tmp_path / "pairs.jsonl"
    file.write_text("\n".join(lines), "utf-8")
    import_file(settings, "jsonl", file)
    return settings


def rows_of(version: Path) -> list[dict]:
    return [row for split in ("train", "validation", "test") for row in read_rows(version, split)]


def test_every_row_is_kept_or_dropped_with_its_rule(filled):
    report = prepare(filled, "talk")
    assert (report.dialogues, report.kept, report.dropped) == (5, 4, 1)
    assert report.drops == {"says_nothing": 1} and sum(report.rows.values()) == 4
    texts = {row["messages"][0]["content"]: row for row in rows_of(report.path)}
    assert texts["잠이 안 와요ㅠㅠ"]["rules"] == ["laughter"]


def test_rows_of_different_recipes_can_be_told_apart(filled):
    for name in ("dialogue", "minimal"):
        rows = rows_of(prepare(filled, name, recipe=name).path)
        assert {row["recipe_version"] for row in rows} == {f"{name} 1"}


def test_no_spelling_carries_personal_data_to_the_warehouse_or_into_a_dataset(settings, tmp_path):
    lines = [
        {
            "question": "전화는 ０１０－１２３４－５６７８ 이야 꼭 적어둬라",
            "answer": "전화는 ０１０－１２３４－５６７８ 이야 꼭 적어둬라",
        },
        {"question": "메일 주소 좀 알려 주세요", "answer": "abc&#64;naver.com 으로 보내 주시면 돼요"},
    ]
    file = tmp_path / "hidden.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    import_file(settings, "jsonl", file)
    rows = stored_dialogues(open_warehouse(settings.database_url))
    stored = [turn.content for row in rows for turn in row.turns]
    report = prepare(settings, "talk")
    written = [row["text"] for row in read_rows(report.path, "dropped")]
    assert (report.dropped, len(written)) == (1, 1)
    assert not any("５６７８" in text or "5678" in text or "naver" in text for text in (*stored, *written))


def test_the_card_promises_what_its_recipe_does(filled):
    masked = (prepare(filled, "talk").path / "README.md").read_text("utf-8")
    assert "Personal data is masked as far as the rules know it" in masked and "nobody is named" not in masked
    assert "글 속에 나오는 사람 이름은 그대로" in masked and "People named in the texts are still named" in masked
    bare = (prepare(filled, "bare", recipe="published").path / "README.md").read_text("utf-8")
    assert "This recipe does not run `emails`" in bare and "Personal data is masked" not in bare
    assert "does not run" not in (prepare(filled, "shy", recipe="careful").path / "README.md").read_text("utf-8")


def test_a_careful_export_masks_more_ways_of_writing_also_in_what_it_drops(settings, tmp_path):
    lines = [
        {"question": "가게 번호가 뭐였지요", "answer": "02)345-6789 로 걸어 보세요"},
        {"question": "번호 02)345-6789 맞아요", "answer": "번호 02)345-6789 맞아요"},
    ]
    file = tmp_path / "loose.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), "utf-8")
    import_file(settings, "jsonl", file)
    report = prepare(settings, "shy", recipe="careful")
    assert [row["messages"][1]["content"] for row in rows_of(report.path)] == ["[전화번호] 로 걸어 보세요"]
    assert [row["text"] for row in read_rows(report.path, "dropped")] == [
        "번호 [전화번호] 맞아요\n번호 [전화번호] 맞아요"
    ]


def test_an_unchanged_state_writes_nothing_and_new_rows_a_new_version(filled, tmp_path):
    first, again = prepare(filled, "talk"), prepare(filled, "talk")
    assert (again.unchanged, again.content_id, again.path) == (True, first.content_id, first.path)
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({"question": "배고파요", "answer": "밥부터 먹어요."}, ensure_ascii=False), "utf-8")
    import_file(filled, "jsonl", more)
    grown = prepare(filled, "talk")
    assert not grown.unchanged and grown.content_id != first.content_id
    before = {row["dialogue_id"] for row in rows_of(first.path)}
    assert before < {row["dialogue_id"] for row in rows_of(grown.path)}


def test_two_processes_write_the_bytes_of_one(filled):
    assert prepare(filled, "one").content_id == prepare(filled, "two", workers=2).content_id


def test_a_crawl_becomes_dialogues_with_follow_ups_and_provenance(settings, serve, corpus):
    replica = serve()
    crawl_site(settings, CrawlPlan("naver_kin", base_url=replica.base_url, browser="never"))
    report = prepare(settings, "kin")
    assert report.drops["near_duplicate"] >= 1
    rows = rows_of(report.path)
    assert any(len(row["messages"]) > 2 for row in rows)
    assert all(row["messages"][0]["role"] == "user" and row["messages"][-1]["role"] == "assistant" for row in rows)
    assert all(row["page_sha256"] and row["parser_version"] and row["url"].startswith("https://kin") for row in rows)
    assert all("채택 부탁" not in row["messages"][-1]["content"][-12:] for row in rows)


def test_pairing_again_changes_nothing_and_removes_what_is_no_more(settings, serve):
    crawl_site(settings, CrawlPlan("naver_kin", base_url=serve(posts=12).base_url, browser="never"))
    first, again = pair(settings), pair(settings)
    assert (first.stored, again.stored, again.removed) == (first.dialogues, 0, 0)
    engine = open_warehouse(settings.database_url)
    stale = stored_dialogues(engine)[0]
    from warehouse.store.dialogue_store import store_dialogues

    store_dialogues(engine, [replace(stale, key="gone", dialogue_id=dialogue_id(stale.source, "gone"))], first.load_id)
    assert pair(settings).removed == 1


def test_a_changed_byte_is_refused(filled, capsys):
    version = prepare(filled, "talk").path
    assert run(["verify", str(version)]) == 0
    shard = next((version / "data").glob("train-*.parquet"))
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    assert run(["verify", str(version), "--json"]) == 1
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["ok"] is False and shard.name in result["problems"][0]
    with pytest.raises(Misuse, match="damaged"):
        require_whole(version)


def test_the_folder_loads_with_datasets(filled):
    datasets = pytest.importorskip("datasets")
    report = prepare(filled, "talk")
    loaded = datasets.load_dataset(str(report.path), cache_dir=str(filled.root / "cache"))
    assert {split: len(loaded[split]) for split in loaded} == report.rows
    assert loaded["train"][0]["messages"][0]["role"] == "user"


def test_a_name_finds_the_newest_version(filled):
    report = prepare(filled, "talk")
    assert dataset_folder(filled, Path("talk")) == report.path
    assert dataset_folder(filled, report.path / "manifest.json") == report.path


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b"])
def test_a_name_that_could_leave_its_folder_is_refused(filled, name):
    with pytest.raises(Misuse, match="cannot name a dataset"):
        prepare(filled, name)


def test_an_empty_warehouse_says_what_to_do(settings):
    open_warehouse(settings.database_url, create=True)
    with pytest.raises(Misuse, match="mundap crawl, or mundap import"):
        prepare(settings, "talk")


@pytest.mark.parametrize("fault", ["all dropped", "no dialogue", "disk full", "not allowed"])
def test_a_refused_export_leaves_no_folder_behind(settings, tmp_path, monkeypatch, fault):
    file = tmp_path / "pairs.jsonl"
    pairs = [] if fault == "no dialogue" else [("ㅋㅋㅋㅋ", "!!!"), ("???", "..."), ("안녕하세요", "네")]
    pairs += PAIRS if fault in {"disk full", "not allowed"} else []
    rows = [{"question": question, "answer": answer} for question, answer in pairs]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    open_warehouse(settings.database_url, create=True)
    if rows:
        import_file(settings, "jsonl", file)

    def broken(*_args, **_kwargs):
        raise OSError(28, "No space left on device") if fault == "disk full" else OSError(13, "Permission denied")

    monkeypatch.setattr("warehouse.datasets.shards._finish", broken)
    with pytest.raises(MundapError) as caught:
        prepare(settings, "talk")
    words = {
        "all dropped": "dropped all of 3 dialogues (says_nothing 2, answer_too_short 1), and nothing was written",
        "no dialogue": "holds no dialogue yet",
        "disk full": "free some space",
        "not allowed": "check the disk and its permissions",
    }
    assert words[fault] in str(caught.value)
    assert not settings.datasets.exists()


def test_a_failed_export_keeps_the_versions_that_were_there(filled, monkeypatch):
    whole = prepare(filled, "talk").path
    monkeypatch.setattr("warehouse.datasets.shards._same_content", lambda *_: None)
    full = OSError(28, "No space left")
    monkeypatch.setattr("warehouse.datasets.shards._finish", lambda *_: (_ for _ in ()).throw(full))
    with pytest.raises(MundapError, match="free some space"):
        prepare(filled, "talk")
    with pytest.raises(MundapError, match="free some space"):
        prepare(filled, "other")
    assert [folder.name for folder in filled.datasets.iterdir()] == ["talk"]
    assert list((filled.datasets / "talk").iterdir()) == [whole]
