"""Two versions beside each other: each row that is not the same, with its cause."""

import json
from pathlib import Path

import pytest

from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps.building.prepare import prepare
from pipelines.steps.building.versions import diff_versions
from pipelines.steps.importing import import_file
from tests.stored import stored_dialogues
from warehouse.connect import open_warehouse
from warehouse.store.dialogues import remove_dialogues

PAIRS = [
    {"id": "1", "question": "오늘 점심 뭐 먹을까요", "answer": "따뜻한 국밥은 어때요"},
    {"id": "2", "question": "잠이 안 와요ㅋㅋㅋㅋ", "answer": "따뜻한 우유 한 잔 마시고 불을 꺼 보세요"},
    {"id": "3", "question": "시험에 떨어졌어요", "answer": "많이 속상했겠어요"},
    {"id": "4", "question": "비가 오는데 우산이 없어요", "answer": "편의점에서 하나 사는 게 빨라요"},
]


def stored(settings: Settings, pairs: list[dict[str, str]]) -> Settings:
    file = settings.root / "pairs.jsonl"
    file.write_text("\n".join(json.dumps(pair, ensure_ascii=False) for pair in pairs), "utf-8")
    import_file(settings, "jsonl", file)
    return settings


def by_text(settings: Settings, words: str) -> str:
    rows = stored_dialogues(open_warehouse(settings.database_url))
    return next(row.dialogue_id for row in rows if words in row.turns[0].content)


def test_rows_added_gone_and_changed_say_why(settings):
    old = prepare(stored(settings, PAIRS), "talk")
    edited = {**PAIRS[2], "answer": "다음에는 꼭 붙을 거예요"}
    copied = {**PAIRS[3], "question": f"{PAIRS[3]['question']}!!", "id": "9"}
    stored(settings, [edited, copied, {"id": "8", "question": "배고파요", "answer": "밥부터 먹어요"}])
    remove_dialogues(open_warehouse(settings.database_url), [by_text(settings, "점심")])
    new = prepare(settings, "talk")
    found = diff_versions(settings, Path(f"talk@{old.version}"), Path("talk"), 5)
    assert found.why == {
        "added": {"new load": 1},
        "gone": {"no longer in the warehouse": 1},
        "changed": {"changed in the warehouse": 1},
    }
    assert (found.same, found.is_ancestor, found.new.parent) == (2, True, old.version)
    assert {row.kind: row.dialogue_id for row in found.rows} == {
        "added": by_text(settings, "배고파요"),
        "changed": by_text(settings, "시험에"),
        "gone": next(row.dialogue_id for row in found.rows if row.kind == "gone"),
    }
    assert (old.kept, new.kept) == (4, 4)
    back = diff_versions(settings, new.path, old.path, 5)
    assert (back.is_ancestor, back.why["added"], back.why["gone"]) == (
        False,
        {"new load": 1},
        {"no longer in the warehouse": 1},
    )


def test_another_recipe_is_the_cause_of_its_changes(settings):
    more = [("5", "TV가 갑자기 안 나와요", "선부터 뽑았다 꽂아 보세요"), ("6", "내용 없음", "그래도 답은 드릴게요")]
    stored(settings, [*PAIRS, *({"id": key, "question": q, "answer": a} for key, q, a in more)])
    old, new = prepare(settings, "talk"), prepare(settings, "talk", recipe="published")
    found = diff_versions(settings, old.path, new.path, 5)
    assert found.why == {
        "added": {"no longer dropped by empty_post": 1},
        "gone": {},
        "changed": {"recipe dialogue 1 became published 1": 1},
    }
    assert [row.detail for row in found.rows if row.kind == "changed"] == ["text"]
    back = diff_versions(settings, new.path, old.path, 5)
    assert back.why["gone"] == {"dropped by empty_post": 1}


def test_a_row_that_became_a_copy_names_the_other(settings):
    old = prepare(stored(settings, PAIRS), "talk")
    stored(settings, [{**PAIRS[3], "question": f"{PAIRS[0]['question']}??", "answer": PAIRS[0]["answer"]}])
    found = diff_versions(settings, old.path, prepare(settings, "talk").path, 5)
    assert found.why["gone"] == {"duplicate of another row": 1}
    (copy,) = (row for row in found.rows if row.kind == "gone")
    assert copy.detail.startswith("a near-copy of ") and copy.detail.endswith("trigram Jaccard 1.000")


@pytest.mark.parametrize("name", ["talk@9", "talk@"], ids=["unknown", "ambiguous"])
def test_a_version_that_is_not_one_is_refused_with_those_there(settings, capsys, name):
    prepare(stored(settings, PAIRS), "talk")
    prepare(settings, "talk", recipe="minimal")
    (settings.root / "mundap.toml").write_text("", "utf-8")
    assert run(["diff", name, "talk", "--config", str(settings.root / "mundap.toml")]) == 2
    said = capsys.readouterr().err
    assert said.count("20") >= 2 and "of talk there are: " in said


def test_the_command_prints_tables_and_json(settings, capsys):
    old = prepare(stored(settings, PAIRS), "talk")
    stored(settings, [{"id": "8", "question": "배고파요", "answer": "밥부터 먹어요"}])
    prepare(settings, "talk")
    (settings.root / "mundap.toml").write_text("", "utf-8")
    end = ["--config", str(settings.root / "mundap.toml")]
    assert run(["diff", f"talk@{old.version}", "talk", *end]) == 0
    assert "new load" in capsys.readouterr().out
    assert run(["diff", f"talk@{old.version}", "talk", "--json", *end]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["added"], told["gone"], told["changed"], told["same"]) == (1, 0, 0, 4)
