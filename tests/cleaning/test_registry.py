"""Rules and recipes that an installed package adds: a real one, put on the path with its entry points."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from cleaning.batch import clean_batch
from cleaning.clean import clean_text
from cleaning.recipe import list_recipes, load_recipe, recipe_names
from cleaning.registry import known_rules, recipe_files
from warehouse.errors import Misuse

RULE = """
from pathlib import Path
from cleaning.rules import Rule

shout = Rule({name!r}, lambda text, options: text.replace("야호", "와"), {guard!r})
recipe = Path(__file__).with_name("loud.toml")
missing = Path(__file__).with_name("gone.toml")
other = 3
"""
RECIPE = 'name = "loud"\nversion = "7"\nsteps = ["shout", "tidy"]\nlast = ["says_nothing"]\n'
POINTS = "[mundap.rules]\nshout = loudly:shout\n[mundap.recipes]\nloud = loudly:recipe\n"

Install = Callable[..., None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    def put(points: str = POINTS, name: str = "shout", guard: str = "야호") -> None:
        (tmp_path / "loudly.py").write_text(RULE.format(name=name, guard=guard), encoding="utf-8")
        (tmp_path / "loud.toml").write_text(RECIPE, encoding="utf-8")
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


def test_a_file_is_listed_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text('name = "own"\nversion = "1"\nsteps = ["tidy"]\n', encoding="utf-8")
    recipe, origin = list_recipes([path])[-1]
    assert (recipe.name, recipe.steps, origin) == ("own", ("tidy",), str(path))


@pytest.mark.parametrize(
    ("points", "changes", "words"),
    [
        ("[mundap.rules]\nx = loudly:nothing\n", {}, "cannot be loaded"),
        ("[mundap.rules]\nx = loudly:other\n", {}, "is no cleaning.rules.Rule"),
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
