import subprocess
import sys
from pathlib import Path

import pytest

from modeling.options import Options, load_run, run_names
from warehouse.errors import Misuse


def test_every_published_recipe_and_ours_is_shipped():
    assert run_names() == (
        *("chathuman_answers", "chathuman_input", "chathuman_last", "chathuman_shift"),
        *("helpbot", "kodialogpt", "mundap", "review_lm"),
    )


@pytest.mark.parametrize("model", ["tiny", "skt/kogpt2-base-v2"])
@pytest.mark.parametrize("name", run_names())
def test_every_shipped_run_loads(name, model):
    options = load_run(name, model=model)
    assert (options.run, options.model) == (name, model)


def test_a_learning_rate_fit_for_a_tiny_model_never_reaches_kogpt2():
    assert load_run("mundap", model="tiny").learning_rate >= 1e-3
    assert load_run("mundap", model="/some/folder").learning_rate <= 1e-4


@pytest.mark.parametrize(
    ("name", "format", "label_mode"),
    [
        pytest.param("helpbot", "chatbot", "answers", id="helpbot"),
        pytest.param("kodialogpt", "dialogpt", "all", id="kodialogpt"),
        pytest.param("review_lm", "plain", "all", id="reviews"),
        pytest.param("chathuman_last", "multiturn", "last_answer", id="chathuman -100"),
        pytest.param("chathuman_shift", "multiturn", "shifted", id="chathuman Shift"),
    ],
)
def test_runs_are_what_was_published(name, format, label_mode):
    options = load_run(name, model="folder")
    assert (options.format, options.label_mode) == (format, label_mode)


def test_overrides_are_cast_by_type():
    given = {"epochs": "3", "learning_rate": "1e-4", "max_steps": "1_000", "token_budget": "none", "format": "plain"}
    options = load_run("mundap", model="tiny", overrides=given)
    assert (options.epochs, options.learning_rate, options.max_steps) == (3, 1e-4, 1000)
    assert (options.token_budget, options.format) == (None, "plain")


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        pytest.param({"learning_rat": "1"}, "unknown option learning_rat", id="misspelt"),
        pytest.param({"model": "tiny"}, "unknown option model", id="model is no override"),
        pytest.param({"epochs": "two"}, "epochs = 'two' does not fit; it must be a whole number", id="no number"),
        pytest.param({"epochs": "0"}, "at least 1", id="too small"),
        pytest.param({"dropout": "1.5"}, "below 1", id="too large"),
        pytest.param({"learning_rate": "nan"}, "learning_rate", id="not a number"),
        pytest.param({"learning_rate": "0"}, "learning_rate = 0.0 does not fit; it must be above 0", id="no step"),
        pytest.param({"learning_rate": "inf"}, "learning_rate = inf .* finite number", id="without end"),
        pytest.param({"vocab_size": "900000"}, "vocab_size = 900000 .* at most 100,000", id="too many tokens"),
        pytest.param({"format": "poem"}, "choose one of chatbot, multiturn", id="no such format"),
        pytest.param({"width": "100", "heads": "3"}, "multiple of heads", id="heads do not divide"),
    ],
)
def test_an_option_that_does_not_fit_is_named(overrides, said):
    with pytest.raises(Misuse, match=said) as caught:
        load_run("mundap", model="tiny", overrides=overrides)
    assert "\n" not in str(caught.value)


def test_a_run_file_by_path(tmp_path: Path):
    (tmp_path / "mine.toml").write_text('format = "plain"\n[scratch]\nepochs = 2\n')
    options = load_run(str(tmp_path / "mine.toml"), model="tiny")
    assert (options.run, options.epochs, options.format) == ("mine", 2, "plain")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("format = ", "cannot be read", id="broken TOML"),
        pytest.param("[scratch]\nlr = 1\n", "unknown option lr", id="unknown key"),
        pytest.param("[pretrained]\nlr = 1\n", "unknown option lr", id="unknown key in the other table"),
        pytest.param("scratch = 3\n", r"\[scratch\] is no table", id="no table"),
    ],
)
def test_a_broken_run_file_is_refused(tmp_path: Path, text, said):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(Misuse, match=said):
        load_run(str(tmp_path / "mine.toml"), model="tiny")


def test_an_unknown_run_lists_the_known_ones():
    with pytest.raises(Misuse, match=r"no run 'mundab'.*mundap"):
        load_run("mundab", model="tiny")


@pytest.mark.parametrize("name", ["bad/none.toml", "none.toml", "./mine"])
def test_a_run_file_that_is_not_there_is_told_as_a_file(name):
    with pytest.raises(Misuse, match=r"run file .* is not there; give another path, or choose one of"):
        load_run(name, model="tiny")


def test_options_load_no_torch():
    code = "import modeling.options, sys; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_options_cannot_be_changed():
    with pytest.raises(AttributeError):
        Options(run="a").epochs = 3  # type: ignore[misc]
