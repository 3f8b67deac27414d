import pyarrow as pa
import pytest

from cleaning.batch import clean_batch
from cleaning.recipe import Recipe
from warehouse.errors import Misuse


def _table(**columns: list[str | None]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def test_rows_go_to_one_side_each_in_order(dialogue_recipe: Recipe) -> None:
    kept, dropped = clean_batch(
        _table(id=["a", "b", "c", "d", "e"], text=["그래!!", None, "안녕", "ㅋㅋ", "아아아"]), dialogue_recipe
    )
    assert kept.to_pylist() == [
        {"id": "a", "text": "그래!", "rules": ["punctuation"]},
        {"id": "c", "text": "안녕", "rules": []},
        {"id": "e", "text": "아아", "rules": ["repeats"]},
    ]
    assert [(row["id"], row["rule"], row["text"]) for row in dropped.to_pylist()] == [
        ("b", "empty", None),
        ("d", "says_nothing", "ㅋㅋ"),
    ]


def test_a_row_may_have_a_site_and_options(dialogue_recipe: Recipe) -> None:
    table = _table(
        id=["a", "b", "c"],
        text=["네 됩니다. 감사합니다.", "네 됩니다. 감사합니다.", "ㅎㅎㅎ 그래"],
        site=["kin", None, None],
        opts=[None, None, '{"laugh": "unify"}'],
    )
    kept, _ = clean_batch(table, dialogue_recipe)
    assert kept.column("text").to_pylist() == ["네 됩니다.", "네 됩니다. 감사합니다.", "ㅋㅋ 그래"]


def test_an_empty_table_stays_empty_with_its_columns(dialogue_recipe: Recipe) -> None:
    kept, dropped = clean_batch(_table(id=[], text=[]), dialogue_recipe)
    assert (kept.num_rows, dropped.num_rows) == (0, 0)
    assert kept.column_names == ["id", "text", "rules"]
    assert dropped.column_names == ["id", "rule", "reason", "text"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"id": ["a"]}, "no column 'text'"),
        ({"id": ["a"], "text": ["가"], "opts": ['{"laughs": 1}']}, "unknown cleaning option 'laughs'"),
        ({"id": ["a"], "text": ["가"], "opts": ["{"]}, "no JSON"),
        ({"id": ["a"], "text": ["가"], "opts": ["[1]"]}, "no JSON object"),
        ({"id": ["a"], "text": ["가"], "site": ["daum"]}, "site = 'daum'"),
    ],
    ids=["column", "option", "syntax", "object", "site"],
)
def test_a_faulty_table_is_refused(columns: dict[str, list[str | None]], words: str, dialogue_recipe: Recipe) -> None:
    with pytest.raises(Misuse, match=words):
        clean_batch(_table(**columns), dialogue_recipe)
