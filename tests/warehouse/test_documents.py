"""The generated documents are what the definitions give today."""

from pathlib import Path

import pytest

from warehouse.cookbook import entries
from warehouse.dictionary import describe
from warehouse.documents import analysts, data_dictionary

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("name", "made"),
    [
        pytest.param("data-dictionary.md", data_dictionary, id="dictionary"),
        pytest.param("analysts.md", analysts, id="cookbook"),
    ],
)
def test_the_document_is_not_stale(name: str, made: object) -> None:
    assert callable(made)
    assert (DOCS / name).read_text("utf-8") == made(), f"docs/{name} is stale; run make docs"


def test_each_column_has_its_facts_in_the_dictionary() -> None:
    text = data_dictionary()
    for entry in describe():
        assert f"\n## {entry['table']} ({entry['kind']})\n" in text
        for column in describe(entry["table"]):
            (line,) = [
                line
                for line in text.partition(f"## {entry['table']} (")[2].partition("\n## ")[0].splitlines()
                if line.startswith(f"| {column['column']} | ")
            ]
            assert column["meaning"] in line and f"| {column['source']} |" in line
            assert line.endswith("| yes |" if column["personal"] else "| no |")


def test_the_cookbook_holds_each_statement_whole() -> None:
    text = analysts()
    for entry in entries():
        assert f"```sql\n{entry.sql}\n```" in text and entry.question in text and entry.korean in text
