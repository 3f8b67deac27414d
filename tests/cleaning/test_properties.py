"""What holds for any text; the fragments provoke the rules far more often than free text would."""

import re
import unicodedata
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cleaning.batch import clean_batch
from cleaning.clean import clean_text, explain
from cleaning.options import Options, read_options
from cleaning.personal.masks import mask_personal
from cleaning.plan import make_plan
from cleaning.recipe import load_recipe
from cleaning.rules import RULES
from cleaning.triggers import Scan
from tests.cleaning import literal_spec
from tests.cleaning.texts import OPTIONS, TEXTS

RECIPES = {name: load_recipe(name) for name in ("careful", "chathuman", "dialogue", "minimal", "published")}
# Sections 1 to 3 of the spec are not repeated, so a tag or placeholder that the cleaning itself puts together stays.
DIALOGUE = RECIPES["dialogue"]
BEGINNING = replace(DIALOGUE, steps=DIALOGUE.steps[: DIALOGUE.steps.index("emails")], repeat=(), last=())
CHANGES: list[dict[str, Any]] = [
    {},
    {"laugh": "unify", "lower": True, "ellipsis": "..", "site": "kin", "newline": "keep"},
]
CHARACTERS = re.compile("[가-힣ㄱ-ㅎㅏ-ㅣA-Za-z0-9\u00c0-\u024f一-鿿\n .,!?~…'\"()\\[\\]:/%+&@#·°℃₩$€=<>*-]*")
PERSONAL = re.compile(
    r"(?<!\d)01[016789][- .]?\d{3,4}[- .]?\d{4}(?!\d)"
    r"|(?<![A-Za-z0-9_%+-])[A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"
    r"|(?<!\d)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) ?- ?[1-8]\d{6}(?![\d*])"
)


@settings(max_examples=400, deadline=None)
@given(TEXTS, OPTIONS)
def test_cleaning_a_kept_text_again_changes_nothing(text: str, options: Options) -> None:
    options = replace(options, site=None)
    once = clean_text(text, DIALOGUE, options=options).text
    assume(once is not None)
    assume(clean_text(once, BEGINNING, options=options).text == once)
    again = clean_text(once, DIALOGUE, options=options)
    assert (again.text, again.rules) == (once, ())


@settings(max_examples=200, deadline=None)
@given(TEXTS, OPTIONS)
def test_a_kept_text_is_tidy_and_holds_no_personal_data(text: str, options: Options) -> None:
    kept = clean_text(text, DIALOGUE, options=options).text
    assume(kept is not None)
    assert CHARACTERS.fullmatch(kept)
    assert unicodedata.is_normalized("NFC", kept)
    assert literal_spec.personal(kept, options) == kept
    assert kept == kept.strip()
    assert "  " not in kept
    assert options.newline == "keep" or "\n" not in kept


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_masking_leaves_no_personal_data(text: str) -> None:
    masked = mask_personal(text)
    assert not PERSONAL.search(masked)
    assert mask_personal(masked) == masked


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(sorted(RECIPES)), st.sampled_from([None, "kin", "pann"]))
def test_the_changes_lead_from_the_text_to_the_result(text: str, name: str, site: str | None) -> None:
    recipe = RECIPES[name]
    options = read_options({"site": site}, recipe.options)
    cleaned = clean_text(text, recipe, options=options)
    steps = explain(text, recipe, options=options)
    state = text
    for _rule, before, after in steps:
        assert before == state
        assert after != before
        state = after
    assert cleaned.rules == tuple(dict.fromkeys(rule for rule, _, _ in steps))
    assert cleaned.drop or cleaned.text == state


# As `cleaning.columns` searches them.
PLANS = [make_plan(recipe, replace(recipe.options, **values)) for recipe in RECIPES.values() for values in CHANGES]
SCANS = {
    plan: Scan(text for rule in plan.rules for text in (rule.guard_under(plan.options), rule.needs) if text)
    for plan in PLANS
}


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=12))
def test_no_rule_touches_a_text_that_its_guard_spares(texts: list[str]) -> None:
    for plan, scan in SCANS.items():
        found = scan.search(texts)
        for rule in plan.rules:
            guard = rule.guard_under(plan.options)
            hits = scan.hit(guard, found).tolist() if guard else [True] * len(texts)
            spared = scan.hit(rule.needs, found).tolist() if rule.needs else [True] * len(texts)
            for text, doubt, spares in zip(texts, hits, spared, strict=True):
                assert doubt >= bool(re.search(guard, text)), rule.name
                staged = bool(re.search(rule.stage, text))
                if rule.rewrite is not None and not (re.search(guard, text) and staged):
                    assert rule.rewrite(text, plan.options) == text, rule.name
                if rule.refuses is not None and (not staged or (not doubt and spares)):
                    assert not rule.refuses(text), rule.name


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_a_change_never_calls_for_a_rule_that_it_spares(text: str) -> None:
    for rule in RULES.values():
        after = rule.change(text) if rule.change else text
        for spared in rule.spares:
            assert bool(re.search(RULES[spared].guard, text)) >= bool(re.search(RULES[spared].guard, after)), rule.name


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.none() | TEXTS, st.sampled_from([None, None, "kin", "pann"])), max_size=20),
    st.sampled_from(sorted(RECIPES)),
)
def test_a_batch_gives_what_each_text_gives(rows: list[tuple[str | None, str | None]], name: str) -> None:
    recipe = RECIPES[name]
    ids = [f"row{place}" for place in range(len(rows))]
    table = pa.table(
        {
            "id": pa.array(ids, pa.string()),
            "text": pa.array([text for text, _ in rows], pa.string()),
            "site": pa.array([site for _, site in rows], pa.string()),
        }
    )
    kept, dropped = clean_batch(table, recipe)
    one_by_one = {
        row_id: clean_text(text, recipe, options=read_options({"site": site, "doc": row_id}, recipe.options))
        for row_id, (text, site) in zip(ids, rows, strict=True)
    }
    assert kept.to_pylist() == [
        {"id": row_id, "text": cleaned.text, "rules": list(cleaned.rules)}
        for row_id, cleaned in one_by_one.items()
        if not cleaned.drop
    ]
    assert dropped.to_pylist() == [
        {"id": row_id, "rule": cleaned.drop[0], "reason": cleaned.drop[1], "text": text}
        for (row_id, cleaned), (text, _) in zip(one_by_one.items(), rows, strict=True)
        if cleaned.drop
    ]


@pytest.mark.parametrize("name", ["dialogue", "chathuman", "minimal"])
@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_the_same_text_gives_the_same_twice(name: str, text: str) -> None:
    assert clean_text(text, RECIPES[name]) == clean_text(text, load_recipe(name))
