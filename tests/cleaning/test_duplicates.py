import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaning.duplicates.all_pairs import agreement, compared
from cleaning.duplicates.search import first_of_clusters, normalise

SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허"


def _trigrams(text: str) -> set[str]:
    said = normalise(text)
    return {said[place : place + 3] for place in range(max(1, len(said) - 2))}


def _jaccard(one: str, other: str) -> float:
    first, second = _trigrams(one), _trigrams(other)
    return len(first & second) / len(first | second)


def _clusters(texts: list[str]) -> list[int]:
    return first_of_clusters([normalise(text) for text in texts]).tolist()


def _exact_clusters(texts: list[str], threshold: float) -> list[int]:
    """By comparing each pair."""
    parents = list(range(len(texts)))

    def root(place: int) -> int:
        return place if parents[place] == place else root(parents[place])

    for one in range(len(texts)):
        for other in range(one):
            if normalise(texts[one]) and normalise(texts[other]) and _jaccard(texts[one], texts[other]) >= threshold:
                low, high = sorted((root(one), root(other)))
                parents[high] = low
    return [root(place) for place in range(len(texts))]


@pytest.mark.parametrize(
    ("texts", "roots"),
    [
        (["밥 먹었어?", "밥먹었어!!", "잘 자"], [0, 0, 2]),
        (["ㅋㅋ", "!!", "??"], [0, 1, 2]),
        (["네", "네", "넵"], [0, 0, 2]),
        (["SD카드가 망가졌어 어떡하지 진짜로", "sd카드가 망가졌어 어떡하지 진짜로요"], [0, 0]),
        ([], []),
    ],
    ids=["punctuation", "nothing to compare", "short", "near", "none"],
)
def test_clusters(texts: list[str], roots: list[int]) -> None:
    assert _clusters(texts) == roots


def test_clusters_equal_those_of_all_pairs() -> None:
    chance = random.Random(7)
    texts = []
    for _ in range(60):
        base = [chance.choice(SYLLABLES) for _ in range(chance.randint(4, 60))]
        for _ in range(chance.randint(1, 5)):
            copy = list(base)
            for _ in range(chance.randint(0, 2)):
                copy[chance.randrange(len(copy))] = chance.choice(SYLLABLES)
            texts.append("".join(copy))
    chance.shuffle(texts)
    found = _clusters(texts)
    assert found == _exact_clusters(texts, 0.8)
    assert 60 <= len(set(found)) < len(texts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("가나다 !aㅋ", max_size=12), max_size=12))
def test_small_texts_cluster_like_all_pairs(texts: list[str]) -> None:
    found = _clusters(texts)
    assert found == _exact_clusters(texts, 0.8)


def test_many_copies_of_one_template_stay_quick() -> None:
    texts = [f"안녕하세요 문의하신 내용에 대해서 답변을 드리겠습니다 번호는 {place}" for place in range(3000)]
    clusters = _clusters(texts)
    assert set(clusters) == {0}


def test_signatures_find_what_all_pairs_find() -> None:
    chance = random.Random(11)
    texts = [normalise("".join(chance.choices(SYLLABLES, k=chance.randint(2, 40)))) for _ in range(150)]
    texts += [text[:-1] + chance.choice(SYLLABLES) for text in texts for _ in range(2)]
    found = agreement(texts)
    assert (found.recall, found.precision, found.rows) == (1.0, 1.0, 450)
    assert found.true > 150


def test_a_lost_and_an_invented_pair_show() -> None:
    shown = compared([0, 0, 0, 3, 4], [0, 0, 2, 3, 3])
    assert (shown.true, shown.found, shown.shared) == (3, 2, 1)
    assert (shown.recall, shown.precision) == (1 / 3, 1 / 2)


def test_a_crowd_of_form_letters_clusters_like_all_pairs() -> None:
    """Some share a form and nothing else, some are alike to one of the crowd only."""
    chance = random.Random(5)
    form = "안녕하세요문의하신내용에대해서답변을드리겠습니다"
    texts = []
    for _ in range(90):
        size = chance.choice((2, 5, 12, 30))
        texts.append(normalise(form + "".join(chance.choices(SYLLABLES, k=size))))
    texts += [text[:-1] + chance.choice(SYLLABLES) for text in texts]
    found = agreement(texts)
    assert (found.recall, found.precision) == (1.0, 1.0)
    assert 0 < found.true < 180 * 179 // 2
