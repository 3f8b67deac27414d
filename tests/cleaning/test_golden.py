import json
from pathlib import Path

import pytest

from cleaning.clean import clean_text
from cleaning.options import read_options
from cleaning.recipe import Recipe

CASES = Path(__file__).parents[3] / "shared" / "cleaning-cases.jsonl"

pytestmark = pytest.mark.shared_data


def test_every_golden_case_holds(dialogue_recipe: Recipe) -> None:
    if not CASES.is_file():
        pytest.skip(f"no golden cases at {CASES}")
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").strip().split("\n")]
    results = {
        case["id"]: clean_text(case["text"], dialogue_recipe, options=read_options(case.get("opts", {}))).text
        for case in cases
    }
    assert len(results) == len(cases) > 100
    assert results == {case["id"]: case["expect"] for case in cases}


def test_a_kept_golden_text_stays_as_it_is(dialogue_recipe: Recipe) -> None:
    if not CASES.is_file():
        pytest.skip(f"no golden cases at {CASES}")
    for line in CASES.read_text(encoding="utf-8").strip().split("\n"):
        case = json.loads(line)
        if case["keep"] and "site" not in case.get("opts", {}):
            options = read_options(case.get("opts", {}))
            assert clean_text(case["expect"], dialogue_recipe, options=options).text == case["expect"], case["id"]
