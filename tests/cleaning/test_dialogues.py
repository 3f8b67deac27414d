from typing import Literal

import pytest

from cleaning.dialogues import clean_dialogues
from cleaning.recipe import Recipe, load_recipe
from warehouse.records.dialogues import Dialogue, Turn


def _dialogue(*turns: str, site: Literal["kin", "pann"] | None = None) -> Dialogue:
    """Turns written as `u:…` and `a:…`."""
    roles: dict[str, Literal["user", "assistant"]] = {"u": "user", "a": "assistant"}
    return Dialogue("d1", "test", "1", tuple(Turn(roles[turn[0]], turn[2:], turn[0]) for turn in turns), site=site)


PIECES = {
    "plain": (["u:가", "a:나"], ["가", "나"]),
    "dropped tail": (["u:가", "a:나", "u:ㅋㅋ", "a:라"], ["가", "나"]),
    "longest piece": (["u:가", "a:나", "u:ㅋㅋ", "a:라", "u:마", "a:바", "u:사", "a:아"], ["마", "바", "사", "아"]),
    "first of equals": (["u:가", "a:나", "u:다", "a:ㅋㅋ", "u:마", "a:바"], ["가", "나"]),
    "same role joined": (["u:가", "u:나", "a:다", "a:라"], ["가 나", "다 라"]),
    "ends cut": (["a:가", "u:나", "a:다", "u:라"], ["나", "다"]),
}


@pytest.mark.parametrize(("turns", "expected"), PIECES.values(), ids=PIECES)
def test_the_longest_unbroken_piece_is_kept(turns: list[str], expected: list[str], dialogue_recipe: Recipe) -> None:
    kept, dropped = clean_dialogues([_dialogue(*turns)], dialogue_recipe)
    assert not dropped
    assert [turn.content for turn in kept[0].dialogue.turns] == expected
    assert [turn.role for turn in kept[0].dialogue.turns] == ["user", "assistant"] * (len(expected) // 2)


@pytest.mark.parametrize(
    ("turns", "rule"),
    [
        (["u:ㅋㅋ", "a:나"], "says_nothing"),
        (["u:가", "a:#@시스템#사진#"], "lost_content"),
        (["u:가"], "no_answer"),
        (["a:가"], "no_answer"),
        ([], "no_answer"),
    ],
    ids=["question", "answer", "question alone", "answer alone", "no turns"],
)
def test_a_dialogue_without_a_piece_is_dropped(turns: list[str], rule: str, dialogue_recipe: Recipe) -> None:
    kept, dropped = clean_dialogues([_dialogue(*turns)], dialogue_recipe)
    assert not kept
    assert (dropped[0].row_id, dropped[0].rule) == ("d1", rule)
    assert dropped[0].text == "\n".join(turn[2:] for turn in turns)


def test_rules_and_one_name_over_all_turns(dialogue_recipe: Recipe) -> None:
    kept, _ = clean_dialogues(
        [_dialogue("u:#@이름#씨 뭐해??", "a:#@이름#씨 자요ㅋㅋㅋ 감사합니다.", site="kin")], dialogue_recipe
    )
    asked, answered = (turn.content for turn in kept[0].dialogue.turns)
    assert asked.removesuffix("씨 뭐해?") == answered.split("씨")[0]
    assert kept[0].rules == ("names", "punctuation", "laughter")
    assert [turn.author_key for turn in kept[0].dialogue.turns] == ["u", "a"]


def test_the_sites_boilerplate_goes(dialogue_recipe: Recipe) -> None:
    turns = ("u:연차가 며칠인가요? 내공 100 드려요.", "a:안녕하세요. 15일입니다. 채택 부탁드려요!")
    kept, _ = clean_dialogues([_dialogue(*turns, site="kin"), _dialogue(*turns)], dialogue_recipe)
    assert [turn.content for turn in kept[0].dialogue.turns] == ["연차가 며칠인가요?", "15일입니다."]
    assert kept[1].dialogue.turns[1].content == "안녕하세요. 15일입니다. 채택 부탁드려요!"


def test_a_turn_that_a_recipe_leaves_empty_counts_as_dropped() -> None:
    kept, dropped = clean_dialogues([_dialogue("u:가", "a:(비밀)")], load_recipe("published"))
    assert not kept
    assert dropped[0].rule == "empty"
