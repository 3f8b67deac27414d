"""Whose licence a checkpoint carries: KoGPT2's only where the base model is KoGPT2."""

import json
from pathlib import Path

import pytest

from modeling.card import model_card
from modeling.licence import licence_of

KOGPT2 = "CC-BY-NC-SA-4.0"
ITS_CARD = "---\nlanguage: ko\nlicense: cc-by-nc-sa-4.0\n---\nFor more details: https://github.com/SKT-AI/KoGPT2\n"


@pytest.mark.parametrize(
    ("model", "licence"),
    [
        pytest.param("tiny", "other", id="from scratch"),
        pytest.param("skt/kogpt2-base-v2", KOGPT2, id="its name"),
        pytest.param("SKT/KoGPT2-base-v2", KOGPT2, id="its name as the hub also takes it"),
        pytest.param("skt/ko-gpt-trinity-1.2B-v0.5", "see the base model's own licence: skt/ko-gpt-trinity-1.2B-v0.5",
                     id="another of the same owner"),
        pytest.param("openai-community/gpt2", "see the base model's own licence: openai-community/gpt2", id="GPT-2"),
    ],
)  # fmt: skip
def test_a_name_tells_the_licence(model: str, licence: str) -> None:
    assert licence_of(model) == licence


@pytest.mark.parametrize(
    ("name", "files", "is_kogpt2"),
    [
        pytest.param("kogpt2-base-v2", {}, True, id="a copy under its own name"),
        pytest.param("models--skt--kogpt2-base-v2/snapshots/1a2b", {}, True, id="the hub's cache"),
        pytest.param("model", {"config.json": '{"_name_or_path": "skt/kogpt2-base-v2"}'}, True, id="its config"),
        pytest.param("model", {"README.md": ITS_CARD}, True, id="its card"),
        pytest.param("model", {"mundap.json": json.dumps({"licence": KOGPT2})}, True, id="a fine-tune of ours"),
        pytest.param("model", {"config.json": "{broken"}, False, id="a broken config"),
        pytest.param("model", {}, False, id="nothing said"),
        pytest.param("my-kogpt2-base-v2-like", {}, False, id="a like name"),
        pytest.param("model", {"README.md": "license: mit\nBetter than skt/kogpt2-base-v2."}, False, id="a rival"),
    ],
)
def test_a_folder_tells_the_licence(tmp_path: Path, name: str, files: dict[str, str], is_kogpt2: bool) -> None:
    folder = tmp_path / name
    folder.mkdir(parents=True)
    for file, text in files.items():
        (folder / file).write_text(text, "utf-8")
    assert licence_of(str(folder)) == (KOGPT2 if is_kogpt2 else f"see the base model's own licence: {folder}")


def test_a_training_from_scratch_passes_on_that_it_was_one(tmp_path: Path) -> None:
    (tmp_path / "mundap.json").write_text(json.dumps({"licence": "other"}), "utf-8")
    assert licence_of(str(tmp_path)) == "other"


@pytest.mark.parametrize(
    ("licence", "head", "said"),
    [
        pytest.param("other", "license: other", "Trained from scratch", id="scratch"),
        pytest.param(KOGPT2, "license: cc-by-nc-sa-4.0", "Fine-tuned from KoGPT2", id="KoGPT2"),
        pytest.param("see the base model's own licence: a/b", "license: other", "own licence: a/b", id="other"),
    ],
)
def test_the_card_says_whose_licence_it_is(licence: str, head: str, said: str) -> None:
    facts = {"options": {"format": "chatbot", "label_mode": "all"}, "licence": licence, "run": "mundap", "model": "m"}
    dataset = dict.fromkeys(("name", "content_id", "recipe_name", "recipe_version"), "x")
    card = model_card({**facts, "dataset": dataset, "steps": 1, "seconds": 1.0, "parameters": 10})
    assert head in card.split("---")[1] and said in card
    assert ("KoGPT2" in card) is (licence == KOGPT2)
