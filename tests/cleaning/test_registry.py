"""Rules and recipes that an installed package adds: a real one, put on the path with its entry points."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from cleaning.batch import clean_batch
from cleaning.clean import clean_text, explain
from cleaning.recipe import list_recipes, load_recipe, recipe_names
from cleaning.registry import known_rules, recipe_files
from warehouse.errors import Misuse

RULE = """
from pathlib import Path
from cleaning.rule import Rule

shout = Rule({name!r}, lambda text, options: text.replace("야호", "와"), {guard!r})
recipe = Path(__file__).with_name("loud.toml")
missing = Path(__file__).with_name("gone.toml")
other = 3
cheer = Rule("cheer", lambda text, options: text.replace("좋아", "좋아요!!"), "좋아")
swell = Rule("swell", lambda text, options: text.replace("와", "와와"), "와")
"""
RECIPE = 'name = "loud"\nversion = "7"\nsteps = ["shout", "tidy"]\nlast = ["says_nothing"]\n'
POINTS = "[mundap.rules]\nshout = loudly:shout\n[mundap.recipes]\nloud = loudly:recipe\n"

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    def put(points: str = POINTS, name: str = "shout", guard: str = "야호", recipe: str = RECIPE) -> None:
        (tmp_path / "loudly.py").write_text(RULE.format(name=name, guard=guard), encoding="utf-8")
        (tmp_path / "loud.toml").write_text(recipe, encoding="utf-8")
        facts = tmp_path / "loudly-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: loudly\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text(points)
        monkeypatch.syspath_prepend(str(tmp_path))

    known_rules.cache_clear()
    recipe_files.cache_clear()
    yield put
    known_rules.cache_clear()
    recipe_files.cache_clear()
    sys.modules.pop("loudly", None)


def test_an_added_rule_and_recipe_work_as_ours_do(install: Install) -> None:
    install()
    assert "loud" in recipe_names()
    recipe = load_recipe("loud")
    assert clean_text("야호  신난다", recipe).text == "와 신난다"
    kept, dropped = clean_batch(pa.table({"id": ["a", "b", "c"], "text": ["야호 가자", "그래", "OK"]}), recipe)
    assert [(row["text"], row["rules"]) for row in kept.to_pylist()] == [("와 가자", ["shout"]), ("그래", [])]
    assert [row["rule"] for row in dropped.to_pylist()] == ["says_nothing"]
    assert [(each.name, origin) for each, origin in list_recipes() if each.name in ("dialogue", "loud")] == [
        ("dialogue", "mundap"),
        ("loud", "loudly"),
    ]


RESTLESS = """name = "noisy"
version = "1"
steps = ["shout", {rules}]
repeat = [{rules}]
"""


@pytest.mark.parametrize("rule", ["cheer", "swell"], ids=["grows by a word a round", "doubles each round"])
@pytest.mark.parametrize("text", ["좋아 와", "나 " * 2_000 + "좋아 와"], ids=["short", "long"])
def test_a_rule_that_never_rests_ends_in_one_line(install: Install, tmp_path: Path, rule: str, text: str) -> None:
    install(f"[mundap.rules]\nshout = loudly:shout\n{rule} = loudly:{rule}\n")
    path = tmp_path / "noisy.toml"
    path.write_text(RESTLESS.format(rules=f'"{rule}", "tidy"'), encoding="utf-8")
    recipe = load_recipe(str(path))
    calls: list[Callable[[], object]] = [
        lambda: clean_text(text, recipe),
        lambda: explain(text, recipe),
        lambda: clean_batch(pa.table({"id": ["q", "r"], "text": ["그래", text]}), recipe),
    ]
    for call in calls:
        with pytest.raises(
            Misuse, match=f"recipe noisy never comes to rest: .* the rule {rule} still changes the text"
        ) as found:
            call()
        assert "\n" not in str(found.value) and "take it out of `repeat`" in str(found.value)
    assert "the text of r;" in str(found.value)


def test_two_rules_that_undo_each_other_are_both_named(install: Install, tmp_path: Path) -> None:
    install("[mundap.rules]\nshout = loudly:shout\ncheer = loudly:cheer\n")
    path = tmp_path / "noisy.toml"
    path.write_text(RESTLESS.format(rules='"cheer", "punctuation"'), encoding="utf-8")
    with pytest.raises(Misuse, match="the rules cheer, punctuation still change the text"):
        clean_text("좋아", load_recipe(str(path)))


def test_a_text_that_keeps_our_own_rules_busy_is_dropped_with_its_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Masking the handle frees the face behind it, and that frees the next handle: two letters a round."""
    monkeypatch.setattr("cleaning.restless._MOST_WORK", 300_000)
    recipe = load_recipe("dialogue")
    chain = "가 " + "@abc:D" * 1_000
    kept, dropped = clean_batch(pa.table({"id": ["chain", "fine"], "text": [chain, "가 " + "@abc:D" * 40]}), recipe)
    assert [(row["id"], row["rule"]) for row in dropped.to_pylist()] == [("chain", "restless")]
    assert dropped["reason"][0].as_py() == "after 50 rounds messengers, smiles still change the text"
    assert clean_text(chain, recipe).drop == ("restless", dropped["reason"][0].as_py())
    assert [row["id"] for row in kept.to_pylist()] == ["fine"]


def test_many_rounds_that_come_to_rest_are_taken_by_columns_as_by_single_texts() -> None:
    recipe = load_recipe("dialogue")
    texts = ["ㅎ" + ":D" * 500, "가 주민 " + "9001011234567, " * 60, "가 " + "<가>~" * 250, "그래"]
    kept, _ = clean_batch(pa.table({"id": [*"abcd"], "text": texts}), recipe)
    single = [clean_text(text, recipe) for text in texts]
    assert [(row["text"], tuple(row["rules"])) for row in kept.to_pylist()] == [
        (each.text, each.rules) for each in single if each.text is not None
    ]
    assert "9001011234567" not in str(single[1].text)


def test_a_package_may_not_call_its_recipe_by_a_shipped_name(install: Install) -> None:
    install(recipe=RECIPE.replace('"loud"', '"dialogue"'))
    with pytest.raises(Misuse, match="'dialogue' like the one of mundap, but differs from it: give it another name"):
        load_recipe("loud")


def test_a_file_may_not_call_itself_by_a_shipped_name_unless_it_is_the_same(tmp_path: Path) -> None:
    shipped = load_recipe("dialogue")
    path = tmp_path / "mine.toml"
    path.write_text(shipped.text, encoding="utf-8")
    assert load_recipe(str(path)) == shipped
    path.write_text(shipped.text.replace('"laughter", ', ""), encoding="utf-8")
    for call in (lambda: load_recipe(str(path)), lambda: list_recipes([path])):
        with pytest.raises(Misuse, match=r"calls itself 'dialogue' .* give it another name") as found:
            call()
        assert str(path) in str(found.value) and "\n" not in str(found.value)


def test_a_file_is_listed_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('name = "own"\nversion = "1"\nsteps = ["tidy"]\n', encoding="utf-8")
    recipe, origin = list_recipes([path])[-1]
    assert (recipe.name, recipe.steps, origin) == ("own", ("tidy",), str(path))


@pytest.mark.parametrize(
    ("points", "changes", "words"),
    [
        ("[mundap.rules]\nx = loudly:nothing\n", {}, "cannot be loaded"),
        ("[mundap.rules]\nx = loudly:other\n", {}, "is no cleaning.rule.Rule"),
        (POINTS, {"name": "tidy"}, "takes the name of a known rule 'tidy'"),
        (POINTS, {"guard": "a+b"}, "guard that columns cannot be searched for"),
        ("[mundap.recipes]\ndialogue = loudly:recipe\n", {}, "takes the name of a known recipe"),
        ("[mundap.recipes]\nlost = loudly:missing\n", {}, "names no file"),
    ],
    ids=["missing rule", "no rule", "taken rule", "guard", "taken recipe", "missing file"],
)
def test_a_faulty_package_is_named_in_one_line(
    install: Install, points: str, changes: dict[str, str], words: str
) -> None:
    install(points, **changes)
    with pytest.raises(Misuse) as caught:
        load_recipe("dialogue")
    assert words in str(caught.value)
    assert "loudly" in str(caught.value)
    assert "\n" not in str(caught.value)
