import pytest

from modeling.tokenizer import SPECIAL_TOKENS, load_tokenizer, train_tokenizer, vocabulary
from tests.modeling.conftest import PAIRS
from warehouse.errors import Misuse


def test_text_comes_back_as_it_went_in(words):
    texts = [text for pair in PAIRS for text in pair]
    assert words.decode(words.encode(texts)) == texts


@pytest.mark.parametrize("text", ["😤", "ㅋㅋㅋ ㅠㅠ", "Hello, World!", "^^;;"])
def test_signs_that_the_corpus_lacks_are_known_all_the_same(words, text):
    assert words.decode(words.encode([text])) == [text]


def test_the_special_tokens_of_kogpt2_are_there_once_each(words):
    assert len(words.ids) == len(set(words.ids.values())) == len(SPECIAL_TOKENS)
    assert words.size <= 600


def test_special_tokens_never_stand_in_decoded_text(words):
    ids = [words.ids["<usr>"], *words.encode(["친구랑"])[0], words.ids["<unused1>"], words.ids["</s>"]]
    assert words.decode([ids]) == ["친구랑"]


def test_a_folder_loads_as_kogpt2_does(words, tmp_path):
    words.tokenizer.save_pretrained(str(tmp_path))
    again = vocabulary(load_tokenizer(tmp_path), "the folder")
    assert again.ids == words.ids
    assert again.encode(["친구랑 싸웠어요"]) == words.encode(["친구랑 싸웠어요"])


def test_the_same_texts_give_the_same_tokenizer():
    texts = [text for pair in PAIRS for text in pair]
    assert train_tokenizer(texts, 500).get_vocab() == train_tokenizer(texts, 500).get_vocab()


def test_a_tokenizer_without_the_roles_is_refused(words, tmp_path):
    words.tokenizer.save_pretrained(str(tmp_path))
    file = tmp_path / "tokenizer.json"
    file.write_text(file.read_text("utf-8").replace("<usr>", "<who>"), "utf-8")
    with pytest.raises(Misuse, match="lacks <usr>"):
        vocabulary(load_tokenizer(tmp_path), str(tmp_path))


def test_a_folder_without_a_tokenizer_is_refused(tmp_path):
    with pytest.raises(Misuse, match=r"holds no tokenizer\.json"):
        load_tokenizer(tmp_path)
