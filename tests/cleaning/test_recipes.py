from pathlib import Path

import pytest

from cleaning.clean import clean_text, explain
from cleaning.options import DEFAULT_NAMES, Options, read_options
from cleaning.recipe import load_recipe, recipe_names
from warehouse.errors import Misuse

SMALL = """name = "small"
version = "3"
steps = ["tidy", "punctuation"]
repeat = ["punctuation"]
last = ["says_nothing"]
"""


def test_every_shipped_recipe_loads_with_its_own_text() -> None:
    assert recipe_names() == ("careful", "chathuman", "dialogue", "minimal", "published")
    for name in recipe_names():
        recipe = load_recipe(name)
        assert (recipe.name, recipe.version) == (name, "1")
        assert f'name = "{name}"' in recipe.text


def test_a_recipe_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL + "[options]\nlaugh = 'unify'\n", encoding="utf-8")
    recipe = load_recipe(str(path))
    assert (recipe.steps, recipe.repeat, recipe.options.laugh) == (("tidy", "punctuation"), ("punctuation",), "unify")
    assert clean_text("뭐???", recipe).text == "뭐?"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "no valid TOML"),
        (SMALL + "colour = 1\n", "unknown key 'colour': use name, version"),
        (SMALL.replace('"tidy"', '"tydi"'), "unknown rule 'tydi'"),
        (SMALL.replace('["punctuation"]', '["emails"]'), "repeats rules that are not among its steps"),
        (SMALL.replace('version = "3"', "version = 3"), "lacks a name or a version"),
        (SMALL.replace('["says_nothing"]', '"says_nothing"'), "no list of rule names as last"),
        (SMALL + "[options]\nlaughs = 'unify'\n", "unknown cleaning option 'laughs'"),
        (SMALL + "[options]\nlaugh = 'loud'\n", "laugh = 'loud' is not allowed"),
    ],
    ids=["syntax", "key", "rule", "repeat", "version", "list", "option", "value"],
)
def test_a_faulty_recipe_is_refused_in_one_line(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Misuse) as caught:
        load_recipe(str(path))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["dialog", "nowhere/there.toml"], ids=["unknown name", "missing file"])
def test_an_unknown_recipe_is_refused(name: str) -> None:
    with pytest.raises(Misuse, match=r"dialogue|existing"):
        load_recipe(name)


@pytest.mark.parametrize(
    "values",
    [{"lower": 1}, {"name_pool": []}, {"name_pool": "지우"}, {"seed": "1"}, {"seed": True}, {"site": "naver"}],
    ids=str,
)
def test_an_option_of_a_wrong_kind_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(Misuse):
        read_options(values)


def test_options_stand_on_the_recipes_own() -> None:
    recipe = load_recipe("chathuman")
    assert clean_text("웃겨 ㅎㅎㅎ OK...", recipe).text == "웃겨 ㅋㅋ ok.."
    assert read_options({"lower": False}, recipe.options).laugh == "unify"


def test_one_document_has_one_name_and_seeds_differ(dialogue_recipe: object) -> None:
    recipe = load_recipe("dialogue")
    names = {clean_text("#@이름# 왔대", recipe, options=Options(seed=seed, doc="a")).text for seed in range(60)}
    assert names <= {f"{name} 왔대" for name in DEFAULT_NAMES}
    assert len(names) > 10
    again = clean_text("또 #@이름# 왔대", recipe, options=Options(doc="a")).text
    assert again == f"또 {clean_text('#@이름# 왔대', recipe, options=Options(doc='a')).text}"


PUBLISHED = {
    "picture": ("이거 #@시스템#사진#", None),
    "link mark": ("여기 @URL 봐", None),
    "lower-case link stays": ("여기 @url 봐", "여기 url 봐"),
    "other system turn stays": ("#@시스템#동영상# 봐", "시스템 동영상 봐"),
    "particle does not agree": ("#@이름#이가 왔대", "지우이가 왔대"),
    "nested bracket left half": ("가(나(다)라)마", "가라 마"),
    "word broken": ("와이키키 가자 키키키", "와이ㅋㅋ 가자 ㅋㅋ"),
    "runs": ("OK... ㅎㅎㅎ ㅜㅠㅠ!!! ???", "ok.. ㅋㅋ ㅠㅠ! ?"),
    "open bracket": ("가(나", "가 나"),
    "nothing left": ("(ㅠㅠ)", ""),
}


@pytest.mark.parametrize(("text", "expected"), PUBLISHED.values(), ids=PUBLISHED)
def test_the_published_recipe_is_the_published_function(text: str, expected: str | None) -> None:
    recipe = load_recipe("published")
    assert clean_text(text, recipe, options=read_options({"name_pool": ["지우"]}, recipe.options)).text == expected


def test_the_minimal_recipe_masks_and_keeps_the_rest() -> None:
    recipe = load_recipe("minimal")
    text = "진짴ㅋㅋㅋ ^^ (참고)   010-1234-5678 https://a.kr"
    assert clean_text(text, recipe).text == "진짴ㅋㅋㅋ ^^ (참고) [전화번호] [링크]"


def test_explain_tells_each_change_in_order(dialogue_recipe: object) -> None:
    steps = explain("최고 ! !", load_recipe("dialogue"))
    assert [(rule, after) for rule, _, after in steps] == [("tidy", "최고!!"), ("punctuation", "최고!")]
