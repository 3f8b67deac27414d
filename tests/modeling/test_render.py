import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from modeling.render import IGNORED, lost_characters, one_line, render, render_prompt, with_start
from modeling.shards import Example
from modeling.tokenizer import SPECIAL_TOKENS, _fast, vocabulary
from warehouse.errors import Misuse
from warehouse.records.dialogues import Turn

TWO_ROUNDS = Example(
    "d",
    (Turn("user", "가"), Turn("assistant", "나"), Turn("user", "다"), Turn("assistant", "라")),
    label=2,
)


def letters(order=SPECIAL_TOKENS):
    """A vocabulary of single characters whose ids follow `order`: what is rendered can be read off by eye."""
    names = [*order, *"▁가나다라마012ab<>/sur"]
    tokenizer = Tokenizer(models.BPE({name: n for n, name in enumerate(dict.fromkeys(names))}, [], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", prepend_scheme="never")
    tokenizer.decoder = decoders.Metaspace("▁", prepend_scheme="never")
    tokenizer.add_special_tokens(list(order))
    roles = {"eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    return vocabulary(_fast(tokenizer_object=tokenizer, **roles), "the test")


LETTERS = letters()
SHUFFLED = letters(tuple(reversed(SPECIAL_TOKENS)))


def shown(ids, words=LETTERS):
    return " ".join("-" if i == IGNORED else words.tokenizer.convert_ids_to_tokens(i) for i in ids)


@pytest.mark.parametrize("words", [pytest.param(LETTERS, id="KoGPT2's order"), pytest.param(SHUFFLED, id="reversed")])
@pytest.mark.parametrize(
    ("format", "ids", "answers"),
    [
        pytest.param(
            "chatbot",
            "<usr> 가 </s> <unused1> 2 </s> <sys> 나 </s> <usr> 다 </s> <unused1> 2 </s> <sys> 라 </s>",
            "- - - - - - - 나 </s> - - - - - - - 라 </s>",
            id="chatbot",
        ),
        pytest.param(
            "multiturn", "<usr> 가 <sys> 나 <usr> 다 <sys> 라 </s>", "- - - 나 <usr> - - 라 </s>", id="multiturn"
        ),
        pytest.param("dialogpt", "가 </s> 나 </s> 다 </s> 라 </s>", "- - 나 </s> - - 라 </s>", id="dialogpt"),
        pytest.param("plain", "가 나 다 라 </s>", "- 나 - 라 </s>", id="plain"),
    ],
)
def test_formats(format, ids, answers, words):
    [rendered] = render([TWO_ROUNDS], words, format, "answers")
    assert shown(rendered.ids, words) == ids
    assert shown(rendered.labels, words) == answers
    masked = [i if m else IGNORED for i, m in zip(rendered.ids, rendered.answer_mask, strict=True)]
    assert shown(masked, words) == answers
    assert (rendered.answer_chars, rendered.hidden_chars) == (2, 0)


@pytest.mark.parametrize(
    ("label_mode", "labels"),
    [
        pytest.param("all", "<usr> 가 <sys> 나 <usr> 다 <sys> 라 </s>", id="all (Input)"),
        pytest.param("answers", "- - - 나 <usr> - - 라 </s>", id="answers (-100+sys)"),
        pytest.param("last_answer", "- - - - - - - 라 </s>", id="last_answer (-100)"),
    ],
)
def test_label_modes(label_mode, labels):
    [rendered] = render([TWO_ROUNDS], LETTERS, "multiturn", label_mode)
    assert shown(rendered.labels) == labels


def test_shifted_puts_the_start_before_the_input_and_leaves_the_labels():
    [rendered] = render([TWO_ROUNDS], LETTERS, "multiturn", "shifted")
    assert shown(rendered.ids) == "<s> <usr> 가 <sys> 나 <usr> 다 <sys> 라"
    assert shown(rendered.labels) == "<usr> 가 <sys> 나 <usr> 다 <sys> 라 </s>"


def test_what_is_measured_is_the_same_in_every_label_mode():
    masks = [render([TWO_ROUNDS], LETTERS, "multiturn", mode)[0].answer_mask for mode in ("all", "last_answer")]
    assert masks[0] == masks[1]
    [plain] = render([TWO_ROUNDS], LETTERS, "multiturn", "answers")
    assert with_start(plain, LETTERS).answer_mask == (False, *plain.answer_mask)


def test_a_last_word_without_an_answer_is_cut():
    [rendered] = render([Example("d", (*TWO_ROUNDS.turns[:2], Turn("user", "다")))], LETTERS, "multiturn", "all")
    assert shown(rendered.ids) == "<usr> 가 <sys> 나 </s>"


def test_a_review_alone_is_measured_from_its_first_token():
    [rendered] = render([Example("d", (Turn("user", "가나"),))], LETTERS, "plain", "all")
    assert shown(rendered.ids) == "</s> 가 나 </s>"
    assert rendered.answer_mask == (False, True, True, True)


def test_a_dialogue_without_text_is_left_out():
    assert render([Example("d", (Turn("user", " \n "), Turn("assistant", "")))], LETTERS, "chatbot", "all") == []


def test_a_special_token_typed_by_a_user_stays_text():
    [rendered] = render([Example("d", (Turn("user", "<usr>가"), Turn("assistant", "나")))], LETTERS, "multiturn", "all")
    assert shown(rendered.ids) == "<usr> < u s r > 가 <sys> 나 </s>"


@pytest.mark.parametrize(
    ("format", "prompt"),
    [
        pytest.param("chatbot", "<usr> 가 </s> <unused1> 0 </s> <sys>", id="chatbot"),
        pytest.param("multiturn", "<usr> 가 <sys>", id="multiturn"),
        pytest.param("dialogpt", "가 </s>", id="dialogpt"),
        pytest.param("plain", "가", id="plain"),
    ],
)
def test_a_prompt_ends_where_the_answer_begins(format, prompt):
    assert shown(render_prompt([Turn("user", "가")], None, LETTERS, format)) == prompt


@pytest.mark.parametrize("format", ["chatbot", "multiturn", "dialogpt", "plain"])
def test_a_prompt_is_the_beginning_of_what_was_trained(format):
    [whole] = render([TWO_ROUNDS], LETTERS, format, "all")
    prompt = render_prompt(TWO_ROUNDS.turns[:3], 2, LETTERS, format)
    assert list(whole.ids[: len(prompt)]) == prompt
    assert whole.answer_mask[len(prompt)]


@pytest.mark.parametrize(
    ("format", "mode", "said"),
    [
        pytest.param("poem", "all", "no format 'poem'", id="format"),
        pytest.param("plain", "none", "no label mode", id="label mode"),
    ],
)
def test_an_unknown_name_is_refused(format, mode, said):
    with pytest.raises(Misuse, match=said):
        render([TWO_ROUNDS], LETTERS, format, mode)


@pytest.mark.parametrize(
    ("text", "back", "lost"),
    [
        pytest.param("가나다", "가나다", 0, id="nothing"),
        pytest.param("가뷁다", "가다", 1, id="one unknown"),
        pytest.param("가 나", "가나", 1, id="a blank"),
        pytest.param("뷁", "", 1, id="all"),
        pytest.param("ABC", "abc", 3, id="capitals made small"),
    ],
)
def test_lost_characters(text, back, lost):
    assert lost_characters(text, back) == lost


def test_an_unknown_character_is_counted_as_hidden():
    [rendered] = render([Example("d", (Turn("user", "가"), Turn("assistant", "나뷁다")))], LETTERS, "multiturn", "all")
    assert (rendered.answer_chars, rendered.hidden_chars) == (3, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="가나다라마 ab012\n<>/뷁", min_size=0, max_size=12), min_size=1, max_size=5))
def test_every_token_is_labelled_masked_or_not_and_nothing_is_lost(texts):
    turns = tuple(Turn("user" if n % 2 == 0 else "assistant", text) for n, text in enumerate(texts))
    for format in ("chatbot", "multiturn", "dialogpt", "plain"):
        for item in render([Example("d", turns)], LETTERS, format, "all"):
            assert len(item.ids) == len(item.labels) == len(item.answer_mask)
            assert item.labels == item.ids
            assert not item.answer_mask[0]
            assert 0 <= item.hidden_chars <= item.answer_chars
            spoken = sum(len(one_line(t.content)) for t in turns if t.role == "assistant")
            assert item.answer_chars == spoken or not spoken
