"""The opt-in rule for names in free text: what it finds, what it leaves, and that no recipe of ours has it."""

from dataclasses import replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.batch import clean_batch
from cleaning.clean import clean_text
from cleaning.options import Options
from cleaning.personal.detection import judge_names, tally
from cleaning.personal.labelled import labelled_names
from cleaning.recipe import Recipe, load_recipe, recipe_names
from cleaning.rules import RULES
from tests.cleaning.texts import TEXTS


@pytest.fixture(scope="module")
def with_names(tmp_path_factory: pytest.TempPathFactory) -> Recipe:
    """A recipe of one's own, as a user writes it."""
    text = load_recipe("dialogue").text
    text = text.replace('"names", ', '"names", "real_names", ').replace('name = "dialogue"', 'name = "mine"')
    file = tmp_path_factory.mktemp("recipe") / "mine.toml"
    file.write_text(text, "utf-8")
    return load_recipe(str(file))


def test_no_recipe_of_ours_has_it() -> None:
    assert not [name for name in recipe_names() if "real_names" in load_recipe(name).steps]


ONE = {
    "subject": ("김민수가 왔대", "지우가 왔대", "한결이 왔대"),
    "closed to open": ("박지훈은 착해", "지우는 착해", "한결은 착해"),
    "direction after ㄹ": ("이영희로 바꿔", "지우로 바꿔", "한결로 바꿔"),
    "sir": ("민수씨는 어디?", "지우씨는 어디?", "한결씨는 어디?"),
    "sir apart": ("최은정 씨, 안녕", "지우 씨, 안녕", "한결 씨, 안녕"),
    "title": ("김민수 선생님께", "지우 선생님께", "한결 선생님께"),
    "long surname": ("남궁민수 알아?", "지우 알아?", "한결 알아?"),
    "at the end": ("내 이름은 정수진", "내 이름은 지우", "내 이름은 한결"),
}


@pytest.mark.parametrize(("text", "open_", "closed"), ONE.values(), ids=ONE)
def test_a_name_becomes_another_with_its_particle(with_names: Recipe, text: str, open_: str, closed: str) -> None:
    for name, wanted in (("지우", open_), ("한결", closed)):
        assert clean_text(text, with_names, options=Options(name_pool=(name,))).text == wanted
    assert clean_text(text, load_recipe("dialogue")).text == text


WORDS = [
    "안정은 중요해",
    "고민하는 중",
    "아저씨 안녕",
    "날씨 좋다",
    "솜씨가 좋네",
    "김치찌개 먹자",
    "전해진 말",
    "여인숙에 갔다",
    "최고은근 좋아",
]


@pytest.mark.parametrize("text", WORDS)
def test_words_are_left_alone(with_names: Recipe, text: str) -> None:
    assert clean_text(text, with_names).text == text


def test_one_person_keeps_one_name_in_a_document_and_others_get_others(with_names: Recipe) -> None:
    options = replace(with_names.options, doc="d1")
    said = clean_text("김민수랑 박영희 봤어? 민수씨 말고 영희씨", with_names, options=options).text or ""
    first, second = said.split()[0].rstrip("이랑"), said.split()[1]
    assert first[:2] != second[:2]
    assert said.endswith(f"{first[:2]}씨 말고 {second}씨")
    assert clean_text("김민수", with_names, options=replace(options, doc="d2")).text != ""


# Names, stop words and particles close together.
NAMED = st.lists(
    st.sampled_from(
        [
            "김",
            "이",
            "민수",
            "영희",
            "지훈",
            "씨",
            " ",
            "가",
            "은",
            "이랑",
            "으로",
            "아저",
            "님",
            "ㅋㅋ",
            ".",
            "지우",
            "한결",
            "최고",
        ]
    ),
    max_size=10,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(NAMED | TEXTS)
def test_again_changes_nothing_and_the_guard_spares_no_text(text: str) -> None:
    options = Options(doc="d")
    rule = RULES["real_names"]
    assert rule.rewrite is not None
    once = rule.rewrite(text, options)
    assert rule.rewrite(once, options) == once


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(NAMED, min_size=1, max_size=8))
def test_a_batch_gives_what_each_text_gives(with_names: Recipe, texts: list[str]) -> None:
    ids = [f"row{place}" for place in range(len(texts))]
    kept, _ = clean_batch(pa.table({"id": ids, "text": texts}), with_names)
    one_by_one = [clean_text(text, with_names, options=Options(doc=row)) for row, text in zip(ids, texts, strict=True)]
    assert kept.column("text").to_pylist() == [cleaned.text for cleaned in one_by_one if not cleaned.drop]


def test_its_figures_hold() -> None:
    told = tally(judge_names(labelled_names(), load_recipe("dialogue")), "name")
    assert told.spans > 200
    assert told.found / (told.found + told.alarms) > 0.95
    assert told.found / told.spans > 0.55  # a list of given names is never whole
