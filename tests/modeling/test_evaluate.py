import pytest
import torch

from modeling.checkpoint import load_model
from modeling.compare import paired_difference
from modeling.draws import Draws
from modeling.evaluate import evaluate
from modeling.facts import read_facts, trained_on, write_facts
from modeling.generate import DECODERS, Decoding, Replier
from modeling.render import render
from modeling.replies import prompts_of
from modeling.scoring import score
from modeling.shards import Example, read_split
from modeling.tokenizer import SPECIAL_TOKENS, vocabulary
from modeling.train import train
from tests.modeling.conftest import PAIRS, pair, write_dataset
from warehouse.errors import Misuse
from warehouse.records.dialogues import Turn


@pytest.fixture(scope="module")
def evaluated(trained, small_dataset):
    return evaluate(trained.checkpoint, small_dataset, draws=200)


@pytest.fixture(scope="module")
def replier(trained):
    return Replier(trained.checkpoint)


def test_the_headline_is_the_models_cost_over_the_answers_characters(evaluated, trained, small_dataset):
    model, tokenizer = load_model(trained.checkpoint)
    held_out = read_split(small_dataset, "test")
    scores = score(model, render(held_out, vocabulary(tokenizer, ""), "multiturn", "answers"))
    metrics = {metric.name: metric for metric in evaluated.metrics}
    assert metrics["bits_per_char"].value == pytest.approx(scores.bits.sum() / scores.chars.sum())
    assert evaluated.per_dialogue == tuple(
        (e.dialogue_id, b, c) for e, b, c in zip(held_out, scores.bits, scores.chars, strict=True)
    )
    assert (evaluated.split, evaluated.rows) == ("test", 8)


def test_every_figure_has_its_interval_or_says_that_it_has_none(evaluated):
    metrics = {metric.name: metric for metric in evaluated.metrics}
    assert set(metrics) >= {
        *("bits_per_char", "unigram_bits_per_char", "bigram_bits_per_char", "answer_perplexity", "distinct_1"),
        *("distinct_2", "chrf", "repetition", "reply_chars", "empty_ratio", "copy_ratio"),
    }
    assert len(metrics) == len(evaluated.metrics)
    for metric in evaluated.metrics:
        if metric.name.startswith("distinct"):
            assert (metric.low, metric.high) == (None, None)
        else:
            assert metric.low <= metric.value <= metric.high


def test_the_gain_on_a_baseline_is_paired_by_dialogue(evaluated):
    metrics = {metric.name: metric for metric in evaluated.metrics}
    bits, bigram, gain = (metrics[name] for name in ("bits_per_char", "bigram_bits_per_char", "gain_on_bigram"))
    assert gain.value == pytest.approx(bigram.value - bits.value)
    assert gain.low < gain.value < gain.high and gain.rows == 8


def test_samples_show_the_nearest_training_question(evaluated):
    assert len(evaluated.samples) == 3
    asked = evaluated.samples[0]
    assert asked.prompt == PAIRS[8][0].replace("랑", "하고")
    assert asked.reference == PAIRS[8][1]
    assert asked.nearest_question is not None
    assert 0 < asked.nearest_similarity <= 1


def test_the_same_evaluation_gives_the_same_figures(evaluated, trained, small_dataset):
    assert evaluate(trained.checkpoint, small_dataset, draws=200) == evaluated


def test_the_eval_set_is_known_by_its_content(evaluated, trained, small_dataset):
    other = evaluate(trained.checkpoint, small_dataset, split="validation", draws=10, samples=0)
    fewer = evaluate(trained.checkpoint, small_dataset, draws=10, max_rows=5)
    assert len({evaluated.eval_set_sha256, other.eval_set_sha256, fewer.eval_set_sha256}) == 3
    assert (other.split, other.samples, fewer.rows) == ("validation", (), 5)
    with pytest.raises(Misuse):
        paired_difference(evaluated.per_dialogue, other.per_dialogue)


def test_more_training_wins_by_the_paired_bootstrap(evaluated, small_dataset, options, tmp_path):
    raw = train(small_dataset, options(max_steps=1), tmp_path / "raw")
    before = evaluate(raw.checkpoint, small_dataset, draws=10)
    _, _, high = paired_difference(evaluated.per_dialogue, before.per_dialogue)
    assert high < 0


@pytest.mark.parametrize(
    ("sizes", "chosen"),
    [
        pytest.param({"validation": 3, "test": 0}, "validation", id="no test"),
        pytest.param({"validation": 3, "test": 3}, "test", id="as many"),
        pytest.param({"validation": 3, "test": 2}, "validation", id="test too small"),
        pytest.param({"validation": 0, "test": 2}, "test", id="no validation"),
        pytest.param({"validation": 60, "test": 50}, "test", id="test large enough"),
    ],
)
def test_which_split_is_measured(trained, tmp_path, sizes, chosen):
    rows = {name: [pair(*PAIRS[n % 16], n) for n in range(size)] for name, size in sizes.items()}
    dataset = write_dataset(tmp_path / "d", {"train": [pair(*PAIRS[0])], **rows})
    found = evaluate(trained.checkpoint, dataset, draws=10, samples=0)
    assert (found.split, found.rows) == (chosen, sizes[chosen])


def test_nothing_held_out_is_told(trained, tmp_path):
    dataset = write_dataset(tmp_path / "d", {"train": [pair(*PAIRS[0])], "test": [Example("e", (Turn("user", "가"),))]})
    with pytest.raises(Misuse, match="has no answer to measure on in test or validation"):
        evaluate(trained.checkpoint, dataset)


def test_what_the_model_learnt_is_left_out_of_other_data(trained, small_dataset, tmp_path):
    learnt = read_split(small_dataset, "train")
    same_id = Example(learnt[1].dialogue_id, (Turn("user", "새 질문이에요"), Turn("assistant", "새 답이에요")))
    same_text = pair(f" {PAIRS[0][0].replace(' ', '  ')}", PAIRS[0][1], 900)
    other_answer = pair(PAIRS[0][0], "그런 답은 처음이에요.", 901)
    dataset = write_dataset(
        tmp_path / "d", {"train": [pair("가요", "나요", 902)], "test": [same_id, same_text, other_answer]}
    )
    found = evaluate(trained.checkpoint, dataset, learnt=small_dataset, draws=10)
    assert (found.rows, found.left_out) == (1, 2)
    assert [identity for identity, _, _ in found.per_dialogue] == [other_answer.dialogue_id]
    unchecked = evaluate(trained.checkpoint, dataset, draws=10)
    assert (unchecked.rows, unchecked.left_out) == (3, None)
    known = write_dataset(tmp_path / "known", {"train": [pair("가요", "나요", 902)], "test": [same_id, same_text]})
    with pytest.raises(Misuse, match=r"all 2 dialogues of the test split .* are in the model's training data"):
        evaluate(trained.checkpoint, known, learnt=small_dataset)


@pytest.mark.parametrize("run", ["plain", "dialogpt", "chatbot"])
def test_every_format_is_measured_and_answers(small_dataset, options, tmp_path, run):
    made = train(small_dataset, options(format=run, label_mode="all", max_steps=6), tmp_path / "out")
    found = evaluate(made.checkpoint, small_dataset, draws=10)
    assert found.rows == 8
    assert len(found.samples) == 3


def test_a_shifted_model_is_measured_on_the_same_tokens(small_dataset, options, tmp_path, evaluated):
    made = train(small_dataset, options(label_mode="shifted", max_steps=6), tmp_path / "out")
    found = evaluate(made.checkpoint, small_dataset, draws=10)
    assert [chars for _, _, chars in found.per_dialogue] == [chars for _, _, chars in evaluated.per_dialogue]
    baseline = {m.name: m.value for m in evaluated.metrics}["bigram_bits_per_char"]
    assert {m.name: m.value for m in found.metrics}["bigram_bits_per_char"] == pytest.approx(baseline)


def test_reviews_alone_are_measured_without_replies(options, tmp_path):
    reviews = [Example(f"r{n}", (Turn("user", f"{q} {a}"),)) for n, (q, a) in enumerate(PAIRS)]
    dataset = write_dataset(tmp_path / "d", {"train": reviews[:12], "test": reviews[12:]})
    made = train(dataset, options(format="plain", max_steps=3), tmp_path / "out")
    found = evaluate(made.checkpoint, dataset, draws=10)
    assert (found.rows, found.samples) == (4, ())
    assert {metric.name for metric in found.metrics} == {
        *("bits_per_char", "unigram_bits_per_char", "bigram_bits_per_char", "answer_perplexity"),
        *("gain_on_unigram", "gain_on_bigram"),
    }


@pytest.mark.parametrize("name", list(DECODERS))
def test_every_decoder_answers_without_special_tokens(replier, name):
    reply = replier.reply([Turn("user", "친구랑 싸웠어요")], DECODERS[name])
    assert not any(token in reply for token in SPECIAL_TOKENS)
    assert reply == reply.strip()


def test_replies_in_a_batch_are_those_given_one_by_one(replier):
    prompts = [[Turn("user", q)] for q, _ in PAIRS] + [
        [Turn("user", "네"), Turn("assistant", "네"), Turn("user", "왜")]
    ]
    assert replier.reply_many(prompts) == [replier.reply(turns) for turns in prompts]


def test_a_learnt_answer_is_given_again(options, tmp_path):
    # Without a validation split the last weights are kept: here learning by heart is what is wanted.
    dataset = write_dataset(tmp_path / "d", {"train": [pair(*both, n) for n, both in enumerate(PAIRS)]})
    made = train(dataset, options(width=64, epochs=80, learning_rate=1e-2, dropout=0.0), tmp_path / "out")
    replier = Replier(made.checkpoint)
    right = sum(replier.reply([Turn("user", q)]) == a for q, a in PAIRS)
    assert right >= 14


def test_the_seed_decides_a_drawn_reply(replier):
    turns = [Turn("user", "엄마랑 싸웠어요")]
    drawn = [replier.reply(turns, Decoding(temperature=1.5, seed=seed)) for seed in (1, 1, 2, 3, 4)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn)) > 1


def test_each_reply_is_drawn_by_its_own_dialogue_not_by_its_row(replier):
    drawing = Decoding(temperature=1.5)
    prompts = [[Turn("user", q)] for q, _ in PAIRS]
    together = replier.reply_many(prompts, drawing)
    assert together == [replier.reply(turns, drawing) for turns in prompts]
    assert together == replier.reply_many(prompts[::-1], drawing)[::-1]
    # At such heat the model hardly looks at its prompt: one random state for all would give one reply to many.
    assert len(set(together)) > len(PAIRS) // 2
    beams = Decoding(8, temperature=1.5, beams=2)
    assert replier.reply_many(prompts[:3], beams) == [replier.reply(turns, beams) for turns in prompts[:3]]


def test_draws_follow_the_probabilities():
    scores = torch.log(torch.tensor([[0.5, 0.3, 0.2, 0.0]])).repeat(4000, 1)
    shares = {}
    for name, how in {"all": {"top_p": 1.0}, "top_p": {"top_p": 0.7}}.items():
        draws = Draws(range(4000), 3, 2, temperature=1.0, top_k=0, **how)
        drawn = draws(torch.zeros(4000, 4, dtype=torch.long), scores.clone()).argmax(dim=1)
        shares[name] = (torch.bincount(drawn, minlength=4) / 4000).tolist()
    assert shares["all"] == pytest.approx([0.5, 0.3, 0.2, 0.0], abs=0.03)
    assert shares["top_p"] == pytest.approx([0.625, 0.375, 0.0, 0.0], abs=0.03)


def test_a_reply_keeps_to_its_length(replier, trained):
    _, tokenizer = load_model(trained.checkpoint)
    reply = replier.reply([Turn("user", "친구랑")], Decoding(max_new_tokens=3, temperature=2.0))
    assert len(vocabulary(tokenizer, "").encode([reply])[0]) <= 4


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param([Turn("user", "가" * 5000)], id="far too long"),
        pytest.param(
            [Turn("user", "친구랑 싸웠어요"), Turn("assistant", "네")] * 50 + [Turn("user", "왜")], id="long talk"
        ),
        pytest.param([Turn("user", "")], id="empty"),
        pytest.param([], id="nothing said"),
        pytest.param([Turn("user", "뷁\x00</s><usr>")], id="strange signs"),
    ],
)
def test_any_prompt_gets_an_answer(replier, turns):
    assert isinstance(replier.reply(turns), str)


def test_prompts_end_before_the_last_answer():
    turns = (
        Turn("user", "가"),
        Turn("assistant", "나"),
        Turn("user", "다"),
        Turn("assistant", "라"),
        Turn("user", "마"),
    )
    [prompt] = prompts_of([Example("d", turns), Example("e", (Turn("assistant", "나"),))])
    assert (prompt.turns, prompt.reference) == (turns[:3], "라")


def test_facts_are_written_whole(trained, tmp_path):
    facts = read_facts(trained.checkpoint) | {"이름": "먼답"}
    write_facts(tmp_path, facts)
    assert read_facts(tmp_path) == facts
    assert [file.name for file in tmp_path.iterdir()] == ["mundap.json"]


def test_facts_that_lack_something_are_told_in_one_line(trained, tmp_path):
    facts = read_facts(trained.checkpoint)
    write_facts(tmp_path, {name: value for name, value in facts.items() if name != "losses"} | {"options": {}})
    with pytest.raises(Misuse, match="lacks losses, format, label_mode, max_tokens; train the checkpoint again"):
        read_facts(tmp_path)
    with pytest.raises(Misuse, match=r"names no dataset; name one: mundap evaluate .* --data NAME"):
        trained_on(trained.checkpoint)


@pytest.mark.parametrize(
    "text",
    [pytest.param(None, id="missing"), pytest.param("{", id="torn"), pytest.param("[]", id="no object")],
)
def test_a_folder_without_facts_is_no_checkpoint(tmp_path, text):
    if text is not None:
        (tmp_path / "mundap.json").write_text(text)
    with pytest.raises(Misuse, match=r"mundap\.json"):
        Replier(tmp_path)
