"""A dialogue's whole fate: its steps, why it was dropped, where it stands."""

import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from pipelines.__main__ import run
from pipelines.settings import Settings
from pipelines.steps.building.prepare import prepare
from pipelines.steps.explaining import fate_fields, fate_of
from pipelines.steps.importing import import_file
from tests.stored import stored_dialogues
from warehouse.connect import open_warehouse
from warehouse.datasets.parquet import read_rows
from warehouse.store.dialogue_store import store_dialogues
from warehouse.store.dialogues import store_sides

LONG = "주말에 바다 보러 가려는데 강릉이랑 속초 중에 어디가 더 좋을까요"
PAIRS = {
    "plain": ("오늘 점심 뭐 먹을까요?", "따뜻한 국밥은 어때요?"),
    "changed": ("잠이 안 와요ㅠㅠㅠㅠ", "따뜻한 우유 한 잔 마시고 불을 꺼 보세요!!!!"),
    "text": ("지금 뭐 하고 있어요?", "!!!???"),
    "quality": ("저녁에는 뭐 먹을까요?", "네"),
    "first": (LONG, "둘 다 좋지만 시장 구경까지 하려면 속초가 더 나아요"),
    "copy": (LONG + "?", "둘 다 좋지만 시장 구경까지 하려면 속초가 더 나아요 ㅎㅎ"),
}


@pytest.fixture
def filled(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> tuple[Settings, dict[str, str]]:
    """A warehouse with one dialogue of each fate, and their ids."""
    monkeypatch.chdir(settings.root)
    settings.root.joinpath("pairs.jsonl").write_text(
        "\n".join(json.dumps({"question": q, "answer": a}, ensure_ascii=False) for q, a in PAIRS.values()), "utf-8"
    )
    import_file(settings, "jsonl", settings.root / "pairs.jsonl")
    found = {row.turns[0].content: row.dialogue_id for row in stored_dialogues(open_warehouse(settings.database_url))}
    return settings, {name: found[pair[0]] for name, pair in PAIRS.items()}


def told(capsys: pytest.CaptureFixture[str], dialogue_id: str) -> tuple[str, dict]:
    assert run(["why", dialogue_id]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert run(["why", dialogue_id, "--json"]) == 0
    return text, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_an_untouched_dialogue_is_told_in_words(filled, capsys):
    settings, ids = filled
    text, fields = told(capsys, ids["plain"])
    assert "No rule of recipe dialogue 1 changes any of its turns." in text and "┃" not in text
    assert "in no dataset version yet" in text and "mundap export NAME" in text
    assert (fields["steps"], fields["dropped"], fields["split"], fields["versions"]) == ([], None, None, [])
    first, second = prepare(settings, "one"), prepare(settings, "two")
    text, fields = told(capsys, ids["plain"])
    side = fields["split"]
    assert f"It stands in {side} of two {second.version}, and in {side} of one {first.version}." in text
    assert [(place["dataset"], place["split"]) for place in fields["versions"]] == [("two", side), ("one", side)]


def test_each_step_stands_with_its_turn_before_and_after(filled, capsys):
    _, ids = filled
    text, fields = told(capsys, ids["changed"])
    steps = [(step["turn"], step["rule"], step["before"][-5:], step["after"][-2:]) for step in fields["steps"]]
    assert (
        steps == [(1, "laughter", "요ㅠㅠㅠㅠ", "ㅠㅠ"), (2, "punctuation", "요!!!!", "요!")]
        or steps[0][1] == "laughter"
    )
    assert {step["rule"] for step in fields["steps"]} == {"laughter", "punctuation"}
    assert "laughter" in text and "punctuation" in text


@pytest.mark.parametrize("exported", [False, True], ids=["before the export", "after it"])
@pytest.mark.parametrize(
    ("name", "rule", "by"),
    [("text", "says_nothing", "text rule"), ("quality", "answer_too_short", "quality filter")],
    ids=["text rule", "quality filter"],
)
def test_a_dropped_dialogue_names_its_rule_and_reason(filled, capsys, name, rule, by, exported):
    settings, ids = filled
    version = prepare(settings, "talk").version if exported else None
    text, fields = told(capsys, ids[name])
    dropped = fields["dropped"]
    assert (dropped["rule"], dropped["by"], dropped["version"]) == (rule, by, version)
    assert f"by the {by} {rule}: {dropped['reason']}" in text
    assert (f"from talk {version}" if exported else "under recipe dialogue 1") in text
    assert fields["split"] is None


def test_a_near_copy_names_the_one_that_stays_and_how_like_they_are(filled, capsys):
    settings, ids = filled
    prepare(settings, "talk")
    stays, goes = sorted((ids["first"], ids["copy"]))
    text, fields = told(capsys, goes)
    assert fields["dropped"]["representative"] == stays == fields["cluster"]["representative"]
    assert 0.8 <= fields["dropped"]["jaccard"] < 1
    assert f"a near-copy of {stays}, which stays (trigram Jaccard {fields['dropped']['jaccard']:.3f};" in text
    assert f"trigram Jaccard {fields['dropped']['jaccard']:.3f}" in fields["dropped"]["reason"]
    text, fields = told(capsys, stays)
    assert fields["cluster"] == {"representative": stays, "copies": [goes]} and fields["split"]
    assert f"Dropped as near-copies of it: {goes}." in text


def test_a_split_conflict_names_what_links_it_to_which_sides(filled, capsys):
    settings, ids = filled
    engine = open_warehouse(settings.database_url)
    rows = {row.dialogue_id: row for row in stored_dialogues(engine)}
    one, other, between = (rows[row_id] for row_id in (ids["plain"], ids["changed"], min(ids["first"], ids["copy"])))
    linked = [replace(one, thread="t"), replace(other, turns=_asked_by(other, "k"))]
    between = replace(between, thread="t", turns=_asked_by(between, "k"))
    store_dialogues(engine, [*linked, between], 1)
    store_sides(engine, {one.dialogue_id: "train", other.dialogue_id: "test"})
    prepare(settings, "talk")
    text, fields = told(capsys, between.dialogue_id)
    reason = "linked to train (same thread) and to test (same asker)"
    assert (fields["dropped"]["rule"], fields["dropped"]["reason"]) == ("split_conflict", reason)
    assert f"by the split rule split_conflict: {reason}" in text


def _asked_by(dialogue, key):
    return (replace(dialogue.turns[0], author_key=key), *dialogue.turns[1:])


MIXED = {
    "quality": ("오늘 점심 뭐 먹을까요?!!", "네"),
    "abusive": ("하루 종일 어땠어요ㅠㅠㅠㅠ", "존나 힘들었어요ㅋㅋㅋㅋ ^^"),
    "masked": ("연락처 알려 주세요", "010-1234-5678이고 메일은 a.b@naver.com이에요!!!"),
    "empty": ("내용 없음", "그러게요"),
}


def test_the_rows_add_up_to_the_reports_counters_and_why_tells_each_rows_rules(filled):
    settings, _ = filled
    cut = [("user", "안녕!!!"), ("assistant", "네 반가워요ㅋㅋㅋ"), ("user", "ㅋㅋㅋㅋ"), ("assistant", "또 봐!!")]
    rows = [{"question": q, "answer": a} for q, a in MIXED.values()]
    rows.append({"messages": [{"role": role, "content": said} for role, said in cut]})
    file = settings.root / "more.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    import_file(settings, "jsonl", file)
    report = prepare(settings, "talk")
    kept = [row for split in ("train", "validation", "test") for row in read_rows(report.path, split)]
    dropped = list(read_rows(report.path, "dropped"))
    assert (len(kept), len(dropped)) == (report.kept, report.dropped)
    assert Counter(rule for row in kept for rule in row["rules"]) == report.rules
    assert Counter(row["rule"] for row in dropped) == report.drops
    assert {"profanity", "laughter", "punctuation"} <= report.rules.keys()
    assert {"near_duplicate", "answer_too_short", "empty_post", "says_nothing"} <= report.drops.keys()
    for row in kept:
        fields = fate_fields(fate_of(settings, row["dialogue_id"], "dialogue"))
        rules = dict.fromkeys(step["rule"] for step in fields["steps"] if step["kept"])
        assert [*rules, *fields["marks"]] == row["rules"]
        for step, following in pairwise(fields["steps"]):
            assert step["turn"] != following["turn"] or step["after"] == following["before"]
    for row in dropped:
        fault = fate_fields(fate_of(settings, row["id"], "dialogue"))["dropped"]
        assert (fault["rule"], fault["reason"]) == (row["rule"], row["reason"])


def test_a_version_whose_folder_is_gone_is_said(filled, capsys):
    settings, ids = filled
    report = prepare(settings, "talk")
    report.path.rename(Path("moved"))
    text, fields = told(capsys, ids["plain"])
    assert "its folder" in text and "is gone" in text and fields["versions"] == []


def test_the_finished_turns_stand_at_the_end_as_in_the_shards(filled, capsys):
    settings, ids = filled
    text, fields = told(capsys, ids["changed"])
    assert [turn["content"] for turn in fields["result"]] == [
        "잠이 안 와요ㅠㅠ",
        "따뜻한 우유 한 잔 마시고 불을 꺼 보세요!",
    ]
    assert "What a model is fed: user: 잠이 안 와요ㅠㅠ assistant: 따뜻한 우유 한 잔 마시고 불을 꺼 보세요!" in text
    report = prepare(settings, "talk")
    for split in ("train", "validation", "test"):
        for row in read_rows(report.path, split):
            assert fate_fields(fate_of(settings, row["dialogue_id"], "dialogue"))["result"] == row["messages"]
    for row in read_rows(report.path, "dropped"):
        text, fields = told(capsys, row["id"])
        assert fields["result"] is None and "Nothing of it is fed to a model: the row is dropped." in text
        assert "What a model is fed" not in text


@pytest.mark.parametrize(
    "unknown",
    ["nosuch", "2169742ae7fd5c75x", "한글", "", "x" * 10_000, "a\0b", "\udcff"],
    ids=["unknown", "too long", "Hangul", "empty", "far too long", "NUL", "half a character"],
)
def test_an_unknown_dialogue_is_one_line_with_a_remedy(filled, capsys, unknown):
    assert run(["why", unknown]) == 2
    out, err = capsys.readouterr()
    assert "no dialogue '" in err and len(err) < 300
    assert not out and len(err.splitlines()) == 1 and "mundap query 'select dialogue_id" in err


def test_turns_that_follow_on_are_one_as_in_cleaning(settings):
    file = settings.root / "talk.jsonl"
    turns = [
        ("user", "안녕하세요"),
        ("user", "질문 있어요ㅋㅋㅋㅋ"),
        ("assistant", "네 말씀하세요"),
        ("user", "감사합니다"),
    ]
    file.write_text(
        json.dumps({"messages": [{"role": r, "content": c} for r, c in turns]}, ensure_ascii=False), "utf-8"
    )
    import_file(settings, "jsonl", file)
    (row,) = stored_dialogues(open_warehouse(settings.database_url))
    fields = fate_fields(fate_of(settings, row.dialogue_id, "dialogue"))
    assert [(step["turn"], step["before"]) for step in fields["steps"]] == [(1, "안녕하세요 질문 있어요ㅋㅋㅋㅋ")]
