import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import GPT2Config, GPT2LMHeadModel, set_seed

from modeling.checkpoint import load_model
from modeling.embeddings import begin_with_neighbours, neighbour_vectors
from modeling.render import Rendered
from modeling.train import train

# 1 and 2 are followed by the same tokens, 5 and 6 stand after the same ones; 9 is in no dialogue.
DIALOGUES = ((1, 5), (1, 6), (2, 5), (2, 6), (3, 7), (4, 8), (3, 8), (4, 7))


def rendered(*dialogues: tuple[int, ...]) -> list[Rendered]:
    return [Rendered(ids, ids, (False,) * len(ids), 0, 0) for ids in dialogues]


def likeness(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(torch.nn.functional.cosine_similarity(one, other, dim=0))


def small(folder_seed: int = 0) -> GPT2LMHeadModel:
    set_seed(folder_seed)
    return GPT2LMHeadModel(GPT2Config(vocab_size=10, n_positions=16, n_embd=8, n_layer=1, n_head=2))


def test_tokens_of_like_neighbours_begin_alike():
    set_seed(0)
    vectors = neighbour_vectors(rendered(*DIALOGUES), 10, 8, deviation=0.02)
    followed, following = vectors[:, :4], vectors[:, 4:]
    assert likeness(followed[1], followed[2]) > 0.99 > 0.1 > abs(likeness(followed[1], followed[3]))
    assert likeness(following[5], following[6]) > 0.99 > 0.1 > abs(likeness(following[5], following[7]))


def test_what_follows_a_token_suits_it_best():
    """The product of a token's first half with another's second half is how much more often than by chance."""
    set_seed(0)
    vectors = neighbour_vectors(rendered(*DIALOGUES), 10, 8, deviation=0.02)
    suits = vectors[1, :4] @ vectors[:, 4:].T
    assert sorted(suits.topk(2).indices.tolist()) == [5, 6]


def test_a_token_in_no_dialogue_begins_with_zeros_and_the_spread_is_as_told():
    set_seed(0)
    vectors = neighbour_vectors(rendered(*DIALOGUES), 10, 8, deviation=0.02)
    assert not vectors[9].any()
    assert float(vectors[:, :4].std()) == pytest.approx(0.02)
    assert float(vectors[:, 4:].std()) == pytest.approx(0.02)


def test_input_and_output_are_one_table_before_and_after():
    model = small()
    begin_with_neighbours(model, rendered(*DIALOGUES))
    assert model.get_input_embeddings().weight is model.get_output_embeddings().weight


def test_the_random_part_stays_so_that_no_two_tokens_begin_equal():
    model, random = small(), small().get_input_embeddings().weight.detach()
    begin_with_neighbours(model, rendered(*DIALOGUES))
    table = model.get_input_embeddings().weight.detach()
    assert torch.equal(table[9], random[9]), "it is in no dialogue"
    assert likeness(table[1] - random[1], table[2] - random[2]) > 0.99
    assert likeness(table[1], table[2]) < 0.9


def test_the_same_seed_begins_with_the_same_bits():
    first, second = (small(3), small(3))
    set_seed(5)
    begin_with_neighbours(first, rendered(*DIALOGUES))
    set_seed(5)
    begin_with_neighbours(second, rendered(*DIALOGUES))
    assert torch.equal(first.get_input_embeddings().weight, second.get_input_embeddings().weight)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=5).map(tuple), max_size=6),
    st.integers(1, 24),
)
def test_any_dialogues_and_any_width_give_finite_vectors(dialogues, width):
    vectors = neighbour_vectors(rendered(*dialogues), 10, width, deviation=0.02)
    assert vectors.shape == (10, width)
    assert bool(torch.isfinite(vectors).all())


def test_a_model_from_scratch_begins_so_and_a_folder_keeps_its_own(words, small_dataset, options, tmp_path):
    still = {"max_steps": 1, "learning_rate": 1e-12, "weight_decay": 0.0}
    scratch = load_model(train(small_dataset, options(**still), tmp_path / "scratch").checkpoint)[0]
    table = scratch.get_input_embeddings().weight.detach()
    # The two deviations are equal, so where both parts stand the sum is wider than a token that is in no dialogue.
    assert float(table[words.ids["</s>"]].std()) > 1.3 * float(table[words.ids["<unused50>"]].std())
    folder = tmp_path / "kogpt2-base-v2"
    words.tokenizer.save_pretrained(str(folder))
    set_seed(5)
    own = GPT2LMHeadModel(
        GPT2Config(vocab_size=words.size, n_positions=64, n_embd=16, n_layer=1, n_head=2, pad_token_id=3)
    )
    own.save_pretrained(str(folder))
    tuned = train(small_dataset, options(model=str(folder), **still), tmp_path / "tuned")
    after = load_model(tuned.checkpoint)[0].get_input_embeddings().weight
    assert torch.allclose(after, own.get_input_embeddings().weight, atol=1e-9)
