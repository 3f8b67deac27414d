import numpy as np
import pytest

from modeling.compare import paired_difference
from modeling.memorisation import Memory, question_answers
from modeling.metrics import bootstrap_mean, bootstrap_ratio, chrf, distinct, repetition
from modeling.shards import Example
from tests.modeling.conftest import pair
from warehouse.errors import Misuse
from warehouse.records.dialogues import Turn


def test_a_ratio_is_of_sums_and_its_interval_holds_it():
    bits, chars = np.array([10.0, 60.0, 20.0]), np.array([10.0, 20.0, 10.0])
    metric = bootstrap_ratio("b", bits, chars, draws=500, seed=0)
    assert metric.value == 90 / 40
    assert metric.low < metric.value < metric.high
    assert metric == bootstrap_ratio("b", bits, chars, draws=500, seed=0)
    assert metric != bootstrap_ratio("b", bits, chars, draws=500, seed=1)


def test_equal_dialogues_leave_no_doubt():
    metric = bootstrap_mean("m", [2.0] * 10, draws=100, seed=0)
    assert (metric.low, metric.high) == (2.0, 2.0)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    truth, hits = 3.0, 0
    for seed in range(100):
        values = np.random.default_rng(seed).normal(truth, 1, 60)
        metric = bootstrap_mean("m", list(values), draws=300, seed=0)
        hits += metric.low <= truth <= metric.high
    assert 85 <= hits <= 100


@pytest.mark.parametrize(
    ("replies", "n", "value"),
    [
        pytest.param(["나는 나는 좋아"], 1, 2 / 3, id="words"),
        pytest.param(["나는 나는 나는"], 2, 1 / 2, id="pairs of words"),
        pytest.param(["좋아", ""], 2, 0.0, id="none"),
    ],
)
def test_distinct(replies, n, value):
    assert distinct(replies, n) == pytest.approx(value)


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        pytest.param("가나다라", 0.0, id="nothing repeated"),
        pytest.param("ㅋㅋㅋㅋㅋ", 2 / 3, id="one laugh"),
        pytest.param("네", 0.0, id="too short"),
    ],
)
def test_repetition(reply, value):
    assert repetition(reply) == pytest.approx(value)


def test_chrf_from_nothing_to_the_same():
    assert chrf("가나다라마바", "사아자차카타") == 0
    assert chrf("먼저 사과해 보세요.", "먼저 사과해 보세요.") == pytest.approx(100)


def scored(*bits):
    return [(f"d{n}", b, 10) for n, b in enumerate(bits)]


def test_a_small_but_steady_gain_is_a_win_when_pairs_are_compared():
    draw = np.random.default_rng(0)
    hard = draw.normal(40, 15, 200)
    champion = scored(*hard)
    candidate = scored(*(hard - draw.normal(0.5, 0.3, 200)))
    difference, low, high = paired_difference(candidate, champion)
    assert low < difference < high < 0
    assert difference == pytest.approx(-0.05, abs=0.01)


def test_the_same_model_is_no_win():
    assert paired_difference(scored(1, 2, 3), scored(1, 2, 3)) == (0, 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param([], id="none"),
        pytest.param(scored(1, 2), id="fewer"),
        pytest.param([("d0", 1.0, 10), ("dX", 1.0, 10), ("d2", 1.0, 10)], id="others"),
        pytest.param([("d0", 1.0, 10), ("d1", 1.0, 11), ("d2", 1.0, 10)], id="another answer"),
    ],
)
def test_different_dialogues_are_never_compared(other):
    with pytest.raises(Misuse, match="different dialogues"):
        paired_difference(scored(1, 2, 3), other)


MEMORY = Memory([pair("남자친구랑 헤어졌어", "시간이 약이에요."), pair("오늘 뭐 먹지", "김치찌개 어때요?")])


def test_the_nearest_question_is_found_however_it_is_spaced():
    [near, far] = MEMORY.nearest(["남자친구랑헤어졌어요", "Python"])
    assert near is not None
    assert (near.question, near.answer) == ("남자친구랑 헤어졌어", "시간이 약이에요.")
    assert 0.5 < near.similarity < 1
    assert far is None
    [same] = MEMORY.nearest(["오늘 뭐 먹지"])
    assert same is not None
    assert same.similarity == pytest.approx(1)


def test_what_is_copied_is_told():
    assert MEMORY.is_copy("시간이 약이에요.")
    assert not MEMORY.is_copy("시간이 약")
    assert MEMORY.answers_like_neighbour("오늘 뭐 먹지", "김치찌개 어때요?")
    assert not MEMORY.answers_like_neighbour("오늘 뭐 먹지", "시간이 약이에요.")
    assert not MEMORY.answers_like_neighbour(None, "김치찌개 어때요?")


@pytest.mark.parametrize(
    ("reply", "span"),
    [
        pytest.param("제 생각엔 김치찌개 어떨까요", " 김치찌개 어"[1:], id="inside"),
        pytest.param("시간이 약이에요.", "시간이 약이에요.", id="all"),
        pytest.param("xyz", "", id="nothing"),
        pytest.param("", "", id="empty reply"),
    ],
)
def test_the_longest_shared_span(reply, span):
    assert MEMORY.shared_span(reply) == span


def test_an_empty_memory_knows_nothing():
    assert Memory([]).nearest(["가나다"]) == [None]
    assert Memory([pair("가", "나")]).nearest(["가"]) == [None]


def test_every_answer_counts_with_the_turn_before_it():
    turns = (Turn("assistant", "어서 오세요"), Turn("user", "가"), Turn("assistant", "나"), Turn("assistant", " "))
    assert question_answers(Example("d", turns)) == [("", "어서 오세요"), ("가", "나")]
