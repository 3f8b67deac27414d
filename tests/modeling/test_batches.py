from math import log

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, set_seed

from modeling.batches import Collator, LengthBuckets, Windows
from modeling.gpt import build
from modeling.render import IGNORED, Rendered, render
from tests.modeling.conftest import PAIRS, pair


def rendered(length, supervised=True):
    ids = tuple(range(1, length + 1))
    return Rendered(ids, ids if supervised else (IGNORED,) * length, (False,) * length, 0, 0)


def test_sixteen_dialogues_are_learnt_by_heart(words, options):
    """From ln V to below 0.1 nats a token in 80 steps: the whole path from labels to optimizer works."""
    made = options(layers=2, width=128, heads=4, dropout=0.0)
    set_seed(0)
    model, learnt = build(made, [text for both in PAIRS for text in both])
    examples = [pair(q, a, n) for n, (q, a) in enumerate(PAIRS)]
    batch = Collator(learnt.ids["<pad>"])(list(Windows(render(examples, learnt, "multiturn", "answers"), 64)))
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(80):
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
    assert losses[0] == pytest.approx(log(learnt.size), abs=0.3)
    assert losses[-1] < 0.1


def test_padding_never_enters_the_loss(words):
    set_seed(1)
    ids = words.ids["</s>"]
    model = GPT2LMHeadModel(GPT2Config(vocab_size=words.size, n_positions=64, n_embd=16, n_layer=1, n_head=2,
                                       bos_token_id=ids, eos_token_id=ids)).eval()  # fmt: skip
    windows = list(Windows(render([pair(q, a) for q, a in PAIRS], words, "chatbot", "answers"), 64))
    collate = Collator(words.ids["<pad>"])
    with torch.inference_mode():
        together = float(model(**collate(windows)).loss)
        alone = [collate([window]) for window in windows]
        counted = [int((one["labels"][:, 1:] != IGNORED).sum()) for one in alone]
        summed = sum(float(model(**one).loss) * n for one, n in zip(alone, counted, strict=True))
    assert together == pytest.approx(summed / sum(counted), rel=1e-5)
    assert (collate(windows)["labels"][collate(windows)["attention_mask"] == 0] == IGNORED).all()


def test_buckets_hold_every_dialogue_once_and_follow_seed_and_epoch():
    lengths = [(n * 7919) % 40 + 2 for n in range(1000)]
    buckets = LengthBuckets(lengths, 32, seed=3)
    first = list(buckets)
    assert sorted(n for batch in first for n in batch) == list(range(1000))
    assert list(buckets) == first == list(LengthBuckets(lengths, 32, seed=3))
    assert list(LengthBuckets(lengths, 32, seed=4)) != first
    buckets.set_epoch(1)
    assert list(buckets) != first
    assert len(buckets) == len(first) == 32
    padded = sum(len(batch) * max(lengths[n] for n in batch) for batch in first)
    assert padded / sum(lengths) < 1.05


@pytest.mark.parametrize(
    ("length", "limit", "sizes"),
    [
        pytest.param(10, 64, [10], id="short"),
        pytest.param(130, 64, [64, 64, 2], id="long: several windows"),
        pytest.param(129, 64, [64, 64], id="a window of one token predicts nothing"),
    ],
)
def test_a_long_dialogue_becomes_windows(length, limit, sizes):
    assert Windows([rendered(length)], limit).lengths == sizes


def test_a_window_without_labels_is_left_out():
    assert len(Windows([rendered(10, supervised=False)], 64)) == 0
