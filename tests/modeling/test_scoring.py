from dataclasses import replace
from itertools import pairwise
from math import log, log2

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import GPT2Config, GPT2LMHeadModel, set_seed

from modeling.baselines import DISCOUNT, NGrams
from modeling.render import Rendered, render
from modeling.scoring import HIDDEN_CHARACTER_BITS, priced, score
from modeling.shards import Example
from tests.modeling.conftest import PAIRS, pair
from warehouse.records.dialogues import Turn


def tiny_gpt(size, positions=64, seed=3):
    set_seed(seed)
    config = GPT2Config(vocab_size=size, n_positions=positions, n_embd=16, n_layer=2, n_head=2, bos_token_id=1,
                        eos_token_id=1, pad_token_id=3)  # fmt: skip
    return GPT2LMHeadModel(config)


def by_hand(model, ids, mask):
    """One token at a time, each with all that stands before it."""
    model.eval()
    with torch.inference_mode():
        return sum(
            -float(torch.log_softmax(model(torch.tensor([ids[:n]])).logits[0, -1].double(), dim=-1)[ids[n]])
            for n in range(1, len(ids))
            if mask[n]
        )


def test_bits_per_character_is_what_a_hand_computes(words):
    model = tiny_gpt(words.size)
    rendered = render([pair(q, a) for q, a in PAIRS[:5]], words, "multiturn", "all")
    scores = score(model, rendered)
    expected = [by_hand(model, item.ids, item.answer_mask) / log(2) for item in rendered]
    assert scores.bits == pytest.approx(expected, rel=1e-4)
    assert list(scores.chars) == [len(a) for _, a in PAIRS[:5]]
    # The token that ends the answer is paid for as well.
    assert list(scores.tokens) == [len(words.encode([a])[0]) + 1 for _, a in PAIRS[:5]]


def test_a_model_that_knows_nothing_pays_log2_of_the_vocabulary(words):
    model = tiny_gpt(words.size)
    torch.nn.init.zeros_(model.transformer.wte.weight)
    [item] = render([pair("친구랑", "싸웠어요")], words, "multiturn", "all")
    assert score(model, [item]).bits[0] == pytest.approx(sum(item.answer_mask) * log2(words.size), rel=1e-5)


def test_every_label_mode_is_scored_on_the_same_tokens(words):
    model = tiny_gpt(words.size)
    examples = [pair(q, a) for q, a in PAIRS]
    costs = [score(model, render(examples, words, "chatbot", mode)).bits for mode in ("all", "answers", "last_answer")]
    assert np.array_equal(costs[0], costs[1])
    assert np.array_equal(costs[0], costs[2])


def test_a_character_that_the_tokens_hide_has_a_price(words):
    known, hidden = (render([pair("친구랑", text)], words, "multiturn", "all")[0] for text in ("싸웠", "싸뷁"))
    assert (known.hidden_chars, hidden.hidden_chars) == (0, 1)
    for_free = score(tiny_gpt(words.size), [replace(hidden, hidden_chars=0)]).bits[0]
    assert score(tiny_gpt(words.size), [hidden]).bits[0] == pytest.approx(for_free + HIDDEN_CHARACTER_BITS)
    assert HIDDEN_CHARACTER_BITS == 14


def test_a_dialogue_longer_than_the_context_counts_every_token_once(words):
    model = tiny_gpt(words.size, positions=16)
    ids = tuple(int(n) for n in np.random.default_rng(0).integers(0, words.size, 50))
    long = Rendered(ids, ids, (False, *[True] * 49), 10, 0)
    short = Rendered(ids[:16], ids[:16], (False, *[True] * 15), 10, 0)
    assert score(model, [short]).nats[0] == pytest.approx(by_hand(model, list(short.ids), short.answer_mask), rel=1e-4)
    # Windows of 16 that overlap by 8: token n of the k-th window is seen after the window's first tokens only.
    expected, start, done = 0.0, 0, 1
    while done < 50:
        end = min(50, start + 16)
        expected += by_hand(model, list(ids[start:end]), [n >= done for n in range(start, end)])
        done, start = end, max(0, min(end - 8, 50 - 16))
    assert score(model, [long]).nats[0] == pytest.approx(expected, rel=1e-4)


def test_scoring_leaves_the_model_as_it_was(words):
    model = tiny_gpt(words.size).train()
    rendered = render([pair(q, a) for q, a in PAIRS], words, "multiturn", "all")
    assert np.array_equal(score(model, rendered).bits, score(model, rendered).bits)
    assert model.training


def test_a_dialogue_costs_the_same_alone_and_among_others(words):
    model = tiny_gpt(words.size)
    turns = (Turn("user", "엄마랑 싸웠어요"), Turn("assistant", "사과해 보세요. " * 4))
    rendered = render([*[pair(q, a) for q, a in PAIRS], Example("long", turns)], words, "multiturn", "all")
    alone = [score(model, [item]).bits[0] for item in rendered]
    assert score(model, rendered).bits == pytest.approx(alone, rel=1e-4)


def brute(sequences, size):
    """Unigram and bigram probabilities by the textbook, in plain Python."""
    flat = [token for ids in sequences for token in ids]
    pairs = [two for ids in sequences for two in pairwise(ids)]

    def unigram(token):
        left_over = DISCOUNT * len(set(flat)) / len(flat)
        return max(flat.count(token) - DISCOUNT, 0) / len(flat) + left_over / size

    def bigram(before, token):
        followers = [second for first, second in pairs if first == before]
        if not followers:
            return unigram(token)
        left_over = DISCOUNT * len(set(followers)) / len(followers)
        return max(followers.count(token) - DISCOUNT, 0) / len(followers) + left_over * unigram(token)

    return unigram, bigram


SEQUENCES = st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=8), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(SEQUENCES, st.integers(0, 7))
def test_baselines_equal_a_count_by_hand_and_sum_to_one(sequences, before):
    rendered = [Rendered(tuple(ids), tuple(ids), (False,) + (True,) * (len(ids) - 1), 4, 0) for ids in sequences]
    counts = NGrams.count(rendered[:-1] or rendered, 8)
    unigram, bigram = brute([item.ids for item in rendered[:-1] or rendered], 8)
    every = np.arange(8)
    assert counts.unigram(every) == pytest.approx([unigram(n) for n in range(8)])
    assert counts.bigram(np.full(8, before), every) == pytest.approx([bigram(before, n) for n in range(8)])
    assert counts.unigram(every).sum() == pytest.approx(1)
    assert counts.bigram(np.full(8, before), every).sum() == pytest.approx(1)
    held_out = rendered[-1]
    pairs = list(pairwise(held_out.ids))
    assert counts.bigram_nats([held_out])[0] == pytest.approx(-sum(log(bigram(*two)) for two in pairs))
    assert counts.unigram_nats([held_out])[0] == pytest.approx(-sum(log(unigram(two[1])) for two in pairs))


def test_baselines_count_answers_only_and_pay_for_hidden_characters():
    item = Rendered((1, 2, 3, 4), (1, 2, 3, 4), (False, False, True, True), 2, 1)
    counts = NGrams.count([item], 8)
    nats = counts.unigram_nats([item])
    assert nats[0] == pytest.approx(-sum(log(p) for p in counts.unigram(np.array([3, 4]))))
    assert priced([item], nats).bits[0] == pytest.approx(nats[0] / log(2) + 14)


def test_baselines_without_any_count_are_uniform():
    assert NGrams.count([], 8).bigram(np.array([1]), np.array([2])) == pytest.approx([1 / 8])
