import json
from pathlib import Path

import pytest
from transformers import GPT2Config, GPT2LMHeadModel, set_seed

from modeling.facts import read_facts
from modeling.render import render
from modeling.scoring import score
from modeling.train import train
from tests.modeling.conftest import PAIRS, pair, write_dataset
from warehouse.errors import Misuse, Unready


def test_the_checkpoint_is_what_transformers_loads_with_its_facts_beside_it(trained, small_dataset):
    out = trained.checkpoint
    found = {file.name for file in out.iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json", "mundap.json", "README.md"} <= found
    assert "steps" not in found
    facts = read_facts(out)
    manifest = json.loads((small_dataset / "manifest.json").read_text())
    assert facts["dataset"]["content_id"] == manifest["content_id"]
    assert facts["recipe"] == {"name": "dialogue", "version": "3"}
    assert (facts["run"], facts["model"], facts["code_version"]) == ("test", "tiny", "abc123")
    assert {"torch", "transformers"} <= set(facts["packages"])
    assert "license: other" in (out / "README.md").read_text()


def test_the_outcome_tells_steps_and_falling_losses(trained):
    assert trained.steps == 4 * 6
    assert trained.losses[-1][0] == trained.steps
    assert trained.losses[-1][1] < trained.losses[0][1]
    assert trained.tokens_per_second > 0
    assert (trained.resumed_from, trained.stopped_by) == (None, "steps")


def test_the_kept_weights_are_those_of_the_best_validation(small_dataset, options, tmp_path):
    # A learning rate this high gets worse again, so the last weights are not the best ones.
    made = train(small_dataset, options(learning_rate=0.1, epochs=8, schedule="constant"), tmp_path / "out")
    from modeling.checkpoint import load_model
    from modeling.shards import read_split
    from modeling.tokenizer import vocabulary

    model, tokenizer = load_model(made.checkpoint)
    words = vocabulary(tokenizer, "out")
    held_out = render(read_split(small_dataset, "validation"), words, "multiturn", "answers")
    scores = score(model, held_out)
    best = min(bits for _, bits in made.validation)
    assert best < made.validation[-1][1]
    assert scores.bits.sum() / scores.chars.sum() == pytest.approx(best, rel=1e-5)


def test_nothing_is_printed(small_dataset, options, tmp_path, capfd):
    train(small_dataset, options(max_steps=3), tmp_path / "out")
    assert capfd.readouterr() == ("", "")


def test_steps_are_told_to_the_caller(small_dataset, options, tmp_path):
    told = []
    train(small_dataset, options(max_steps=5), tmp_path / "out", on_step=lambda *step: told.append(step))
    assert [step for step, _, _ in told] == [1, 2, 3, 4, 5]
    assert {total for _, total, _ in told} == {5}
    assert all(0 < loss < 20 for _, _, loss in told)


def test_patience_ends_a_training_that_gains_nothing(small_dataset, options, tmp_path):
    made = options(learning_rate=0.3, schedule="constant", patience=2, epochs=20, eval_every=2)
    stopped = train(small_dataset, made, tmp_path / "out")
    assert stopped.stopped_by == "patience"
    assert stopped.steps < 120


def test_the_token_budget_buys_epochs(small_dataset, options, tmp_path):
    tokens = read_facts(train(small_dataset, options(max_steps=1), tmp_path / "one").checkpoint)
    per_epoch = tokens["train_tokens"]
    # The budget is for 100,000 tokens and follows the square root.
    budget = round(3 * per_epoch / (per_epoch / 100_000) ** 0.5)
    assert train(small_dataset, options(epochs=9, token_budget=budget), tmp_path / "three").steps == 3 * 6


def test_long_dialogues_make_smaller_batches(small_dataset, options, tmp_path):
    mean = read_facts(train(small_dataset, options(max_steps=1), tmp_path / "one").checkpoint)["train_tokens"] / 48
    made = train(small_dataset, options(epochs=1, batch_size=32, batch_tokens=round(mean * 4)), tmp_path / "two")
    assert made.steps == 12


def test_a_model_folder_like_kogpt2_takes_the_same_path(words, small_dataset, options, tmp_path):
    """Ids in another order, a larger table than tokens, and weights from elsewhere, as `--model FOLDER` has them."""
    folder = tmp_path / "kogpt2-base-v2"
    words.tokenizer.save_pretrained(str(folder))
    set_seed(5)
    GPT2LMHeadModel(
        GPT2Config(vocab_size=words.size + 8, n_positions=48, n_embd=16, n_layer=1, n_head=2, bos_token_id=0,
                   eos_token_id=1, pad_token_id=3)
    ).save_pretrained(str(folder))  # fmt: skip
    made = train(small_dataset, options(model=str(folder), format="chatbot", label_mode="answers"), tmp_path / "out")
    facts = read_facts(made.checkpoint)
    assert facts["licence"] == "CC-BY-NC-SA-4.0"
    assert "license: cc-by-nc-sa-4.0" in (made.checkpoint / "README.md").read_text()
    assert made.losses[-1][1] < made.losses[0][1]


@pytest.mark.parametrize("label_mode", ["all", "last_answer", "answers", "shifted"])
def test_every_label_mode_trains(small_dataset, options, tmp_path, label_mode):
    made = train(small_dataset, options(label_mode=label_mode, max_steps=2), tmp_path / "out")
    assert made.steps == 2
    assert made.validation


def test_without_a_validation_split_the_last_weights_are_kept(options, tmp_path):
    dataset = write_dataset(tmp_path / "d", {"train": [pair(*both, n) for n, both in enumerate(PAIRS)]})
    made = train(dataset, options(max_steps=2), tmp_path / "out")
    assert (made.steps, made.validation) == (2, ())


def test_an_unknown_model_is_told_in_one_line(small_dataset, options, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(Unready, match="model nobody/nothing is no folder here and the hub") as caught:
        train(small_dataset, options(model="nobody/nothing"), tmp_path / "out")
    assert "\n" not in str(caught.value)


@pytest.mark.skip(reason="needs the hub: skt/kogpt2-base-v2 is never vendored (CC-BY-NC-SA 4.0)")
def test_the_real_kogpt2():
    raise AssertionError


def _no_dataset(tmp_path):
    return tmp_path / "nowhere"


def _no_training_rows(tmp_path):
    return write_dataset(tmp_path / "d", {"train": [], "validation": [pair(*PAIRS[0])]})


def _broken_shard(tmp_path):
    folder = write_dataset(tmp_path / "d", {"train": [pair(*PAIRS[0])]})
    (folder / "data" / "train-00000-of-00001.parquet").write_bytes(b"PAR1 no more")
    return folder


@pytest.mark.parametrize(
    ("make", "said"),
    [
        pytest.param(_no_dataset, "is no dataset", id="no folder"),
        pytest.param(_no_training_rows, "has no training dialogues", id="no training rows"),
        pytest.param(_broken_shard, "cannot be read.*mundap verify", id="broken shard"),
    ],
)
def test_a_dataset_that_cannot_be_learnt_from(make, said, options, tmp_path):
    with pytest.raises(Misuse, match=said):
        train(make(tmp_path), options(), tmp_path / "out")


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_broken_model_folder_is_told_in_one_line(trained, small_dataset, options, tmp_path, name):
    folder = tmp_path / "broken"
    folder.mkdir()
    for file in trained.checkpoint.iterdir():
        (folder / file.name).write_bytes(file.read_bytes()[: 40 if file.name == name else None])
    with pytest.raises(Misuse, match="cannot be") as caught:
        train(small_dataset, options(model=str(folder)), tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert Path(folder).name in str(caught.value)
