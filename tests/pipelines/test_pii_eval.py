"""The command that measures the masks."""

import json

import pytest

from pipelines.__main__ import run


@pytest.fixture
def in_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_each_class_has_its_figures_with_intervals(in_folder, capsys):
    assert run(["pii-eval", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(result["classes"]) == 9 and result["set"] == "first" and result["below"] == []
    for one in result["classes"]:
        assert one["spans"] >= 200
        for rate in (one["precision"], one["recall"], one["recall_in_spec"]):
            assert 0 < rate["low"] <= rate["value"] <= rate["high"] <= 1
            assert rate["high"] - rate["low"] < 0.12
    phone = next(one for one in result["classes"] if one["name"] == "phone")
    assert phone["recall"]["value"] == phone["found"] / phone["spans"]
    assert ["phone", "02)###-####", 3, 3] in result["missed"]


def test_a_floor_that_is_not_held_is_exit_1_with_the_classes(in_folder, capsys):
    assert run(["pii-eval", "--min", "0.5"]) == 0
    assert run(["pii-eval", "--min", "0.9"]) == 1
    assert "below 0.9 in precision or recall: plate" in capsys.readouterr().err


def test_the_unseen_set_has_its_own_figures_and_none_of_the_spec(in_folder, capsys):
    assert run(["pii-eval", "--set", "unseen", "--json"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["set"] == "unseen" and result["without"] >= 250 and result["names"] is None
    assert len(result["classes"]) == 9
    for one in result["classes"]:
        assert one["spans"] >= 200 and one["recall_in_spec"] is None
        assert 0 < one["recall_plain"]["low"] <= one["recall_plain"]["value"] <= 1


def test_a_recipe_without_masks_finds_nothing(in_folder, capsys):
    assert run(["pii-eval", "--recipe", "published", "--min", "0.1", "--json"]) == 1
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert all(one["found"] < 5 for one in result["classes"])
