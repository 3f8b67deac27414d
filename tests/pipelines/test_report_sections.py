"""The report's sections, and the words that stand beside its figures."""

import math
import re

import pytest

from cleaning.meanings import KOREAN_MEANINGS, MEANINGS
from cleaning.rules import RULES
from modeling.metrics import Metric
from pipelines.measures import interval, side_of
from pipelines.reports.measures import bits_section, figure
from pipelines.reports.sections import count_section, length_section, loss_section
from pipelines.verdict import verdict

FAULTS = {"ai_answer", "seller_answer", "question_too_short", "answer_too_short", "off_language", "copied_question"}
STEPS = {"near_duplicate", "split_conflict", "evaluation_overlap", "no_answer", "empty", "unreadable", "restless"}
MARKS = {"profanity"}


def test_every_rule_and_filter_has_a_short_phrase() -> None:
    assert set(MEANINGS) == {*RULES, *FAULTS, *STEPS, *MARKS}
    assert all(5 < len(phrase) < 70 for phrase in MEANINGS.values())
    assert set(KOREAN_MEANINGS) == set(MEANINGS)
    assert all(re.search("[가-힣]", phrase) and len(phrase) < 50 for phrase in KOREAN_MEANINGS.values())


@pytest.mark.parametrize(
    ("bits", "from_scratch", "told"),
    [
        pytest.param(5.0, True, True, id="a small model that loses to the bigram"),
        pytest.param(4.9, True, False, id="a small model that wins"),
        pytest.param(5.0, False, False, id="a fine-tuned model that loses"),
    ],
)
def test_that_a_bigram_is_not_beaten_is_said_only_when_it_holds(bits: float, from_scratch: bool, told: bool) -> None:
    figures = [
        Metric("bits_per_char", bits),
        Metric("unigram_bits_per_char", 5.6),
        Metric("bigram_bits_per_char", 4.95),
    ]
    first, *rest = verdict(figures, from_scratch=from_scratch)
    assert "fewer than the unigram's 5.600" in first
    assert ("no fewer than the bigram's 4.950" in first) is (bits > 4.95)
    assert bool(rest) is told and all("cannot beat a bigram from scratch" in line for line in rest)


@pytest.mark.parametrize(
    ("gain", "told"),
    [
        pytest.param((0.036, 0.010, 0.062), "fewer than the bigram's 4.950 by 0.036 (0.010 to 0.062)", id="sure win"),
        pytest.param((-0.4, -0.5, -0.3), "more than the bigram's 4.950 by 0.400 (0.300 to 0.500)", id="sure loss"),
        pytest.param((0.01, -0.02, 0.04), "no sure difference from the bigram's 4.950 (+0.010 saved", id="unsure"),
    ],
)
def test_a_standing_rests_on_the_paired_difference(gain: tuple[float, float, float], told: str) -> None:
    bits = [Metric("bits_per_char", 4.95 - gain[0]), Metric("bigram_bits_per_char", 4.95)]
    assert told in next(verdict([*bits, Metric("gain_on_bigram", *gain)], from_scratch=False))


@pytest.mark.parametrize("rows", [pytest.param(4, id="too few"), pytest.param(5, id="enough")])
def test_below_five_dialogues_nothing_is_sure(rows: int) -> None:
    names = {"bits_per_char": 5.0, "bigram_bits_per_char": 4.9, "gain_on_bigram": -0.1}
    figures = [Metric(name, value, value - 0.01, value + 0.01, rows) for name, value in names.items()]
    told = " ".join(verdict(figures, from_scratch=True))
    assert ("too few dialogues to be sure" in told) is (rows < 5)
    assert ("So little text" in told) is (rows >= 5)
    assert interval(figures[0]) == ("-" if rows < 5 else "4.990 to 5.010")
    assert (bits_section(figures).rows[0][2] == "–") is (rows < 5)


def test_the_split_that_chose_the_weights_is_named() -> None:
    assert "also chose among the weights" in side_of("validation")
    assert "took no part in any choice" in side_of("validation", chose=False)
    section = bits_section([Metric("bits_per_char", 5.0)], side_of("validation"))
    assert "validation split, which also chose" in section.reading


def test_nothing_measured_is_said() -> None:
    assert list(verdict([], from_scratch=True)) == ["Nothing was held out, so the model was not measured."]


def test_many_rules_are_drawn_in_part_and_listed_whole() -> None:
    counts = {f"rule_{number:02}": number for number in range(1, 31)}
    section = count_section("x", "X", counts, unit="rows", reading="Read.", empty="None.")
    assert "The 20 largest are drawn; the table has all 30." in section.reading
    assert [row[0] for row in section.rows][:2] == ["rule_30", "rule_29"]
    assert len(section.rows) == 30
    assert "rule_11" in str(section.picture)
    assert "rule_10" not in str(section.picture)


def test_giants_stay_out_of_the_histogram_but_are_told() -> None:
    section = length_section({"user": [*range(1, 201), 90_000], "assistant": []})
    assert section.reading.endswith("counted in the table only: 2.")
    assert section.rows[0][-1] == "90,000"
    assert section.rows[1] == ("assistant", "0", *["–"] * 5)
    assert "no turns" in str(section.picture)


@pytest.mark.parametrize(
    ("losses", "picture", "said"),
    [
        pytest.param([(1, 3.0)], True, "A falling line", id="one-point"),
        pytest.param([(1, 3.0), (2, math.nan), (3, math.inf)], True, "2 logged values were not finite", id="diverged"),
        pytest.param([(1, math.nan)], False, "1 logged values were not finite", id="only-nan"),
    ],
)
def test_losses_that_are_no_numbers_are_told(losses: list[tuple[int, float]], picture: bool, said: str) -> None:
    section = loss_section(losses)
    assert (section.picture is not None) is picture
    assert said in section.reading


def test_a_metric_without_an_interval_is_drawn_without_one() -> None:
    section = bits_section([Metric("bits_per_char", 2.0), Metric("unigram_bits_per_char", math.nan, 1.0, 2.0, 7)])
    assert section.rows == (("this model", "2.000", "–", "–", "–"), ("unigram", "–", "1.000", "2.000", "7"))
    assert "this model" in section.alt
    assert "unigram" not in section.alt


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        pytest.param(1234567, "1,234,567", id="whole"),
        pytest.param(1234.56, "1,234.6", id="large"),
        pytest.param(0.12345, "0.123", id="small"),
        pytest.param(-0.5, "-0.500", id="negative"),
        pytest.param(2.5e40, "2.5e+40", id="too-many-digits"),
        pytest.param(math.nan, "–", id="nan"),
        pytest.param(math.inf, "∞", id="infinite"),
    ],
)
def test_figures_are_printed_for_reading(value: float, printed: str) -> None:
    assert figure(value) == printed


def test_a_figure_of_a_training_cut_short_is_not_blamed_on_the_text():
    figures = [Metric("bits_per_char", 4.0), Metric("bigram_bits_per_char", 3.0)]
    assert "So little text" in " ".join(verdict(figures, from_scratch=True))
    told = " ".join(verdict(figures, from_scratch=True, is_cut=True))
    assert "So little text" not in told and "stopped by a time limit" in told
