import os
import shutil
import signal
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file

from modeling.facts import read_facts
from modeling.train import train
from warehouse.errors import Misuse, Stop, Unready

# It trains in a process of its own, tells each logged step, and can stop dead there as a power cut would.
KILLED = """
import os, signal, sys
from pathlib import Path
from modeling.options import Options
from modeling.train import train
dataset, out, kill_at = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
options = Options(**eval(sys.argv[4]))
def on_step(step, total, loss):
    if step >= kill_at:
        os.kill(os.getpid(), signal.SIGKILL)
train(dataset, options, out, on_step=on_step)
"""


def same_weights(one, two):
    first, second = (load_file(folder / "model.safetensors") for folder in (one, two))
    return all(torch.equal(first[name], second[name]) for name in first)


def test_a_killed_training_goes_on_to_the_same_bits(small_dataset, options, tmp_path):
    """Dropout on, gradients accumulated over three batches, killed with SIGKILL inside an epoch."""
    made = options(dropout=0.2, epochs=5, accumulation=3, batch_size=4, save_every=3, eval_every=3)
    whole = train(small_dataset, made, tmp_path / "whole")
    fields = {name: getattr(made, name) for name in made.__dataclass_fields__}
    command = [sys.executable, "-c", KILLED, str(small_dataset), str(tmp_path / "cut"), "11", repr(fields)]
    killed = subprocess.run(command, check=False, env=os.environ, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with pytest.raises(Misuse, match="is no finished checkpoint"):
        read_facts(tmp_path / "cut")
    resumed = train(small_dataset, made, tmp_path / "cut", resume=True)
    assert resumed.resumed_from in {6, 9}
    assert (resumed.losses, resumed.validation) == (whole.losses, whole.validation)
    assert same_weights(tmp_path / "whole", tmp_path / "cut")


@pytest.mark.parametrize("at", [pytest.param(5, id="inside an epoch"), pytest.param(7, id="at the end of one")])
def test_an_interrupted_training_goes_on_to_the_same_bits(small_dataset, options, tmp_path, at):
    made = options(dropout=0.2, save_every=1, eval_every=1)

    def interrupt(step, total, loss):
        if step == at:
            raise KeyboardInterrupt

    whole = train(small_dataset, made, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        train(small_dataset, made, tmp_path / "cut", on_step=interrupt)
    resumed = train(small_dataset, made, tmp_path / "cut", resume=True)
    assert resumed.resumed_from == at - 1
    assert (resumed.losses, resumed.validation) == (whole.losses, whole.validation)
    assert same_weights(tmp_path / "whole", tmp_path / "cut")


def test_a_checkpoint_torn_by_a_kill_is_passed_over(small_dataset, options, tmp_path):
    made = options(max_steps=6, max_seconds=0.0, save_every=1, eval_every=1)
    train(small_dataset, made, tmp_path / "out")
    torn = tmp_path / "out" / "steps" / "checkpoint-3"
    torn.mkdir()
    (torn / "trainer_state.json").write_text('{"global_st')
    resumed = train(small_dataset, options(max_steps=6, save_every=1, eval_every=1), tmp_path / "out", resume=True)
    assert (resumed.resumed_from, resumed.steps) == (1, 6)


def test_a_time_limit_ends_with_a_checkpoint_and_resume_goes_on(small_dataset, options, tmp_path):
    short = train(small_dataset, options(max_seconds=0.0), tmp_path / "out")
    assert (short.steps, short.stopped_by) == (1, "seconds")
    rest = train(small_dataset, options(), tmp_path / "out", resume=True)
    assert (rest.steps, rest.resumed_from, rest.stopped_by) == (24, 1, "steps")
    whole = train(small_dataset, options(), tmp_path / "whole")
    assert rest.losses[-1] == whole.losses[-1]


def test_resuming_a_finished_training_changes_nothing(small_dataset, options, trained):
    before = (trained.checkpoint / "mundap.json").read_bytes()
    again = train(small_dataset, options(learning_rate=5e-3), trained.checkpoint, resume=True)
    assert (again.steps, again.losses) == (trained.steps, trained.losses)
    assert (trained.checkpoint / "mundap.json").read_bytes() == before


def test_a_place_in_use_is_never_overwritten(small_dataset, options, trained, tmp_path):
    with pytest.raises(Misuse, match="holds a finished checkpoint; go on with --resume, or give another --out"):
        train(small_dataset, options(), trained.checkpoint)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(Misuse, match="holds files that no training wrote"):
        train(small_dataset, options(), tmp_path)
    with pytest.raises(Misuse, match="is a file"):
        train(small_dataset, options(), tmp_path / "letter.txt")


def test_resuming_with_another_plan_is_refused(small_dataset, options, trained):
    with pytest.raises(
        Misuse, match=r"was begun with other options \(learning_rate 0.005, not 0.002, seed 7, not 8\);"
    ):
        train(small_dataset, options(seed=8), trained.checkpoint, resume=True)


def test_what_ended_before_its_first_saved_step_begins_again(small_dataset, options, tmp_path):
    """Also without --resume: there is nothing to go on from and nothing to lose."""

    def interrupt(step, total, loss):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(small_dataset, options(max_steps=2, eval_every=2), tmp_path / "out", on_step=interrupt)
    with pytest.raises(Misuse, match=r"was begun with other options \(seed 7, not 8\)"):
        train(small_dataset, options(max_steps=2, eval_every=2, seed=8), tmp_path / "out")
    again = train(small_dataset, options(max_steps=2, eval_every=2), tmp_path / "out")
    assert (again.steps, again.resumed_from) == (2, None)


def test_a_training_with_saved_steps_asks_for_resume(small_dataset, options, tmp_path):
    def interrupt(step, total, loss):
        if step == 2:
            raise KeyboardInterrupt

    made = options(max_steps=3, save_every=1, eval_every=1)
    with pytest.raises(KeyboardInterrupt):
        train(small_dataset, made, tmp_path / "out", on_step=interrupt)
    with pytest.raises(Misuse, match="holds a training that is not finished; go on with --resume"):
        train(small_dataset, made, tmp_path / "out")


def test_a_refused_model_leaves_no_folder(small_dataset, options, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(Unready, match="is no folder here"):
        train(small_dataset, options(model="nobody/has-this"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("held_out", [True, False], ids=["measured", "not measured"])
def test_a_loss_that_is_no_number_ends_the_training(small_dataset, options, tmp_path, held_out):
    dataset = small_dataset
    if not held_out:
        dataset = tmp_path / "data"
        shutil.copytree(small_dataset, dataset)
        (dataset / "data" / "validation-00000-of-00001.parquet").unlink()
    with pytest.raises(Stop, match="its loss is no finite number; try a smaller learning_rate"):
        train(dataset, options(learning_rate=1e30, warmup_ratio=0.0, epochs=1), tmp_path / "out")
    assert not (tmp_path / "out").exists(), "the next one has another learning rate, so another plan"


def test_bf16_runs_on_a_processor(small_dataset, options, tmp_path):
    assert train(small_dataset, options(bf16="on", max_steps=2), tmp_path / "out").steps == 2
