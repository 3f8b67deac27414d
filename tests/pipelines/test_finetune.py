"""Training to chat, with a model small enough for a test."""

import io
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from cleaning.recipe import load_recipe
from modeling.compare import paired_difference
from modeling.evaluate import Evaluated
from modeling.evaluate import evaluate as measure
from modeling.facts import read_facts
from modeling.generate import Decoding, Replier
from modeling.shards import read_split
from pipelines.__main__ import run
from pipelines.chat import HELP_LINES, UNREADABLE, answer_once, talk
from pipelines.settings import Settings
from pipelines.steps.building.prepare import prepare
from pipelines.steps.importing import import_file
from pipelines.steps.training.champion import Standing, promote, rollback
from pipelines.steps.training.checkpoints import champion_or_newest
from pipelines.steps.training.evaluate import evaluate
from pipelines.steps.training.finetune import finetune
from pipelines.steps.training.runs import leading, ranking
from warehouse.connect import open_warehouse
from warehouse.datasets.manifest import FileFact
from warehouse.datasets.shards import _content_id
from warehouse.errors import Misuse
from warehouse.lineage import set_champion
from warehouse.records.dialogues import Turn

SMALL = {"max_steps": "6", "batch_size": "8", "width": "16", "heads": "2", "vocab_size": "600", "threads": "1"}
WORDS = ("김치", "라면", "시험", "친구", "엄마", "동생", "학교", "회사", "강아지", "여행")
ASKS = ("때문에 고민이에요", "이야기 좀 들어줘요", "생각이 자꾸 나요", "걱정이 많아요")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Path]:
    """A warehouse with one dataset and one finished run."""
    settings = Settings(root=tmp_path_factory.mktemp("trained"))
    file = settings.root / "pairs.jsonl"
    rows = _talk(range(40))
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    import_file(settings, "jsonl", file)
    version = prepare(settings, "talk").path
    return settings, finetune(settings, version, run_name="mundap", model="tiny", overrides=SMALL).checkpoint


def test_a_run_stands_on_the_leaderboard_with_its_baselines(trained):
    settings, checkpoint = trained
    (row,) = ranking(settings)
    assert row["checkpoint"] == str(checkpoint.resolve()) and row["run"] == "mundap" and row["model"] == "tiny"
    assert row["bits_per_char"] > 0 and row["unigram_bits_per_char"] > row["bigram_bits_per_char"] > 0
    assert row["bits_per_char_low"] <= row["bits_per_char"] <= row["bits_per_char_high"]


def test_a_finished_run_is_not_trained_again(trained):
    settings, checkpoint = trained
    weights = (checkpoint / "model.safetensors").stat().st_mtime_ns
    again = finetune(settings, Path("talk"), run_name="mundap", model="tiny", overrides=SMALL)
    assert again.checkpoint == checkpoint and again.already
    assert {metric.name for metric in again.metrics} >= {"bits_per_char", "bigram_bits_per_char"}
    with open_warehouse(settings.database_url).connect() as connection:
        counted = [connection.exec_driver_sql(f"select count(*) from {t}").scalar_one() for t in ("run", "evaluation")]
    assert counted == [1, 1]
    assert (checkpoint / "model.safetensors").stat().st_mtime_ns == weights
    assert len(ranking(settings)) == 1


def test_the_checkpoint_says_where_it_came_from(trained):
    settings, checkpoint = trained
    facts = json.loads((checkpoint / "mundap.json").read_text("utf-8"))
    assert facts["dataset_path"].startswith(str(settings.datasets)) and facts["code_version"]


def test_a_changed_dataset_is_refused(trained, tmp_path):
    settings, checkpoint = trained
    shard = next((settings.datasets / "talk").glob("*/data/train-*.parquet"))
    whole = shard.read_bytes()
    try:
        shard.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(Misuse, match="damaged"):
            evaluate(settings, checkpoint, None)
    finally:
        shard.write_bytes(whole)


def test_without_a_champion_the_newest_talks_and_says_so(trained):
    settings, checkpoint = trained
    folder, told = champion_or_newest(settings, None)
    assert folder == checkpoint and "no champion yet" in told


def test_chat_remembers_forgets_and_ends(trained, capsys):
    settings, checkpoint = trained
    replies = talk(
        settings, checkpoint, lambda: iter(["김치 때문에 고민이에요", "", "초기화", "친구 생각이 나요", "quit", "x"])
    )
    out = capsys.readouterr().out
    assert len(replies) == 2 and all(replies)
    assert (
        out.startswith("문답이 이야기를 들어드릴게요.")
        and "처음부터 다시" in out
        and "<usr>" not in out
        and "</s>" not in out
    )


def test_what_was_said_is_remembered_as_it_was_cleaned(trained, monkeypatch):
    settings, checkpoint = trained
    seen: list[list[str]] = []

    def heard(_self: Replier, turns: Sequence[Turn], _decoding: Decoding) -> str:
        seen.append([turn.content for turn in turns])
        return "네"

    monkeypatch.setattr(Replier, "reply", heard)
    talk(settings, checkpoint, lambda: iter(["제 번호는 010-1234-5678 이에요", "!!!???", "친구 생각이 나요"]))
    assert len(seen) == 2 and seen[1] == [*seen[0], "네", "친구 생각이 나요"] and "1234" not in seen[1][0]


def test_chat_as_json_leaves_stdout_to_the_object(trained, monkeypatch, capsys):
    settings, checkpoint = trained
    monkeypatch.chdir(settings.root)
    monkeypatch.setattr("sys.stdin", io.StringIO("김치 때문에 고민이에요\n"))
    assert run(["chat", "--checkpoint", str(checkpoint), "--json"]) == 0
    out, err = capsys.readouterr()
    assert len(json.loads(out)["replies"]) == 1 and out.count("\n") == 1
    assert err.endswith("user > \n") and "mundap > " in err


def test_a_checkpoint_keeps_the_text_of_its_recipe(trained, monkeypatch, capsys):
    settings, checkpoint = trained
    facts = read_facts(checkpoint)
    assert facts["recipe"]["text"] == load_recipe("dialogue").text
    asked = "ㅋㅋㅋㅋㅋㅋ 김치 때문에 고민이에요"
    mine = {"name": "mine", "version": "1", "text": 'name = "mine"\nversion = "1"\nsteps = ["phones", "tidy"]\n'}
    for recipe, is_told in ((mine, False), ({"name": "mine", "version": "1"}, True)):
        monkeypatch.setattr("pipelines.chat.read_facts", lambda _folder, recipe=recipe: {**facts, "recipe": recipe})
        assert all(answer_once(settings, asked, checkpoint).values())
        assert ("prepared by 'dialogue' instead" in capsys.readouterr().err) is is_told


def test_a_sign_of_crisis_is_answered_with_help_lines_not_with_a_model(trained):
    settings, checkpoint = trained
    (reply,) = answer_once(settings, "요즘 너무 죽고 싶어요", checkpoint).values()
    assert reply == HELP_LINES and "109" in reply


def test_what_is_no_korean_is_asked_back(trained):
    settings, checkpoint = trained
    assert list(answer_once(settings, "!!!???", checkpoint).values()) == [UNREADABLE]


def test_every_decoder_side_by_side(trained):
    settings, checkpoint = trained
    assert {"greedy", "beam", "sampling", "top_k", "top_p"} <= answer_once(
        settings, "안녕", checkpoint, compare=True
    ).keys()


def test_a_champion_is_crowned_and_taken_back(trained, monkeypatch):
    settings, checkpoint = trained
    monkeypatch.setattr("pipelines.steps.training.champion.GUARDS", {"reply_chars": 0})
    told = promote(settings, checkpoint)
    assert (told.promoted, told.champion) == (False, None)
    assert told.why.startswith(f"there is still no champion: {checkpoint} fails a guard, reply_chars is ")
    monkeypatch.setattr("pipelines.steps.training.champion.GUARDS", {})  # six steps teach nobody not to repeat himself
    told = promote(settings, checkpoint)
    assert told == Standing(True, f"{checkpoint} is the champion now, the first one", checkpoint.resolve(), None)
    assert "champion" in champion_or_newest(settings, None)[1]
    again = promote(settings, checkpoint)
    assert again.promoted and "already; nothing changed" in again.why
    less = {**SMALL, "max_steps": "1"}  # so that it cannot win
    other = finetune(settings, Path("talk"), run_name="kodialogpt", model="tiny", overrides=less).checkpoint
    lost = promote(settings, other)
    assert not lost.promoted and lost.why.startswith(f"{checkpoint.resolve()} stays the champion: {other} ")
    assert "was measured on too few dialogues to be sure" in lost.why  # 4 of them
    monkeypatch.setattr("pipelines.steps.training.champion.too_few", lambda _rows: False)
    clearly = partial(_difference, 0.9, 0.8)
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.steps.training.champion.paired_difference", clearly)
        assert f"{other} surely loses to it, +0.900" in promote(settings, other).why
    away = checkpoint.rename(checkpoint.with_name("away"))
    with pytest.raises(Misuse, match=r"champion's folder .* is gone; put it back, .*`mundap rollback`"):
        champion_or_newest(settings, None)
    told = promote(settings, other)
    assert told.promoted and "is gone, so they could not be compared" in told.why
    assert rollback(settings).why.endswith("its folder is gone: put it back, or roll back once more")
    away.rename(checkpoint)
    set_champion(open_warehouse(settings.database_url), other, "by hand")
    back = rollback(settings)
    assert back == Standing(
        True, f"{checkpoint} is the champion again, in place of {other}", checkpoint.resolve(), other.resolve()
    )
    gone = rollback(settings)
    assert (gone.promoted, gone.champion, gone.before) == (False, None, checkpoint.resolve())
    assert "none stood before it" in gone.why
    with pytest.raises(Misuse, match="no champion"):
        rollback(settings)


def test_rows_of_the_leaderboard_are_told_apart_at_80_columns(trained, monkeypatch, capsys):
    settings, checkpoint = trained
    monkeypatch.chdir(settings.root)
    monkeypatch.setenv("COLUMNS", "80")
    (settings.root / "mundap.toml").write_text("")
    assert run(["leaderboard"]) == 0
    table, _, crown = capsys.readouterr().out.strip().rpartition("\n")
    assert f"│ {checkpoint.name} " in table and "max_steps=6" in table and "dialogues, set #" in table
    assert max(map(len, table.splitlines())) <= 80 and crown.endswith("checkpoints/NAME")
    evaluate(settings, checkpoint, None, split="validation")
    assert run(["evaluate", checkpoint.name, "--split", "validation"]) == 0  # as the leaderboard prints it
    out = capsys.readouterr().out
    assert "│ unigram_bits_per_char " in out and "also chose among" in " ".join(out.split())
    assert len(list(leading(settings, ranking(settings)))) == 2


def test_on_other_data_what_was_learnt_is_left_out_and_told(trained, tmp_path, monkeypatch, capsys):
    settings, checkpoint = trained
    (own,) = (settings.datasets / "talk").iterdir()
    folder = _learnt_and_more(tmp_path)
    asked, known = (
        {e.dialogue_id: e.turns[0].content for e in read_split(f, s)} for f, s in ((folder, "test"), (own, "train"))
    )
    gone = len({*asked.values()} & {*known.values()})
    assert 0 < gone < len(asked)
    monkeypatch.chdir(settings.root)
    command = ["evaluate", str(checkpoint), "--data", str(folder), "--split", "test"]
    assert run([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["left_out"], found["rows"]) == (gone, len(asked) - gone)
    told = " ".join(found["notes"])
    assert f"{gone} dialogue" in told and "left out" in told and "this data's own training dialogues" in told
    assert "So little text" not in told
    away = own.rename(tmp_path / "away")
    try:
        assert run(command) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert "could not be checked" in told and "took no part" not in told
    finally:
        away.rename(own)


def test_against_a_champion_of_other_data_each_is_measured_once_on_what_neither_learnt(trained, tmp_path, monkeypatch):
    settings, champion = trained
    (own,) = (settings.datasets / "talk").iterdir()
    folder = _learnt_and_more(tmp_path)
    less = {**SMALL, "max_steps": "1"}
    candidate = finetune(settings, folder, run_name="kodialogpt", model="tiny", overrides=less).checkpoint
    set_champion(open_warehouse(settings.database_url), champion, "by hand")
    measured: list[Path] = []

    def counted(checkpoint: Path, dataset: Path, **more: Path | None) -> Evaluated:
        measured.append(checkpoint)
        return measure(checkpoint, dataset, **more)

    monkeypatch.setattr("pipelines.steps.training.champion.evaluate", counted)
    monkeypatch.setattr("pipelines.steps.training.champion.GUARDS", {})
    told = promote(settings, candidate)
    assert measured == [candidate, champion.resolve()]
    mine, its = (measure(one, folder, learnt=own) for one in (candidate, champion))
    whole = {name: bits for name, bits, _ in measure(candidate, folder).per_dialogue}
    assert mine.left_out and len(whole) == mine.left_out + mine.rows
    assert {name: bits for name, bits, _ in mine.per_dialogue} == pytest.approx(
        {n: whole[n] for n, _, _ in mine.per_dialogue}
    )
    difference, low, high = paired_difference(mine.per_dialogue, its.per_dialogue)
    assert (
        f"{difference:+.3f} bits per character on the same {mine.rows} held-out dialogues "
        f"(95 % interval {low:+.3f} to {high:+.3f}"
    ) in told.why


def _learnt_and_more(root: Path) -> Path:
    """Another dataset, whose test split holds dialogues that the checkpoint learnt, and some that it did not."""
    settings, file = Settings(root=root), root / "pairs.jsonl"
    rows = [*_talk(range(40)), *_talk(range(100, 200))]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    import_file(settings, "jsonl", file)
    folder = prepare(settings, "more").path
    _swap_sides(folder)
    return folder


def _swap_sides(folder: Path) -> None:
    """What was for training is for the test now, and the other way round: a whole version all the same."""
    names = ["data/train-00000-of-00001.parquet", "data/test-00000-of-00001.parquet"]
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / names[0]).rename(folder / "kept")
    (folder / names[1]).rename(folder / names[0])
    (folder / "kept").rename(folder / names[1])
    files, rows = manifest["files"], manifest["rows"]
    files[names[0]], files[names[1]] = files[names[1]], files[names[0]]
    rows["train"], rows["test"] = rows["test"], rows["train"]
    facts = {name: FileFact(**fact) for name, fact in files.items()}
    manifest["content_id"] = _content_id(facts, manifest["recipe"]["text"])
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def _talk(numbers: range) -> list[dict[str, str]]:
    words = [(number, word, ask) for number in numbers for word, ask in [divmod(number % 40, len(ASKS))]]
    return [
        {
            "question": f"{number}일 전부터 " * (number >= 40) + f"{WORDS[word]} {ASKS[ask]}",
            "answer": f"{WORDS[word]} 말이군요. {number}번째로 듣는 이야기예요. 천천히 해 봐요.",
        }
        for number, word, ask in words
    ]


def _difference(value: float, low: float, *_measured: object) -> tuple[float, float, float]:
    return value, low, value + 0.1
