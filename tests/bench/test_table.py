"""The parts of `make bench` that decide what its tables say; no benchmark is run."""

import pytest

from bench.equality import Unequal, assert_equal
from bench.table import Report, alone, paired, render


@pytest.mark.parametrize(
    ("more_is_better", "ratio", "met"),
    [pytest.param(True, 0.5, False, id="speed"), pytest.param(False, 2.0, True, id="seconds")],
)
def test_ratio_is_above_one_where_ours_is_better(more_is_better: bool, ratio: float, met: bool) -> None:
    figure = paired("x", [1, 10, 5], [2, 20, 10], more_is_better=more_is_better, at_least=1)
    assert (figure.ratio, figure.met) == (ratio, met)


def test_ratio_is_the_median_of_the_rounds_not_that_of_the_medians() -> None:
    # A round on a busy machine is slow on both sides.
    assert paired("x", [30, 3, 8], [10, 1, 8]).ratio == 3


def test_table_shows_a_missed_aim_and_lines_hangul_up() -> None:
    figures = (paired("지식iN list", [4.0], [8.0], unit="pages/s", at_least=20), alone("memory", 12, at_most=400))
    lines = render(Report("title", "the rival", figures, "3 rows", ("a note",))).splitlines()
    assert lines[2].split("  ")[0] == "figure"
    assert "4 pages/s" in lines[4]
    assert lines[4].endswith("0.50x  >= 20x  NO")
    assert lines[5].endswith("yes")
    assert lines[4].index("4 pages/s") == lines[5].index("12") - len("지식")
    assert lines[-2:] == ["compared: 3 rows", "a note"]


def test_equality_counts_rows() -> None:
    assert assert_equal("rows", {"a": 1, "b": 2}, {"b": 2, "a": 1}) == 2


@pytest.mark.parametrize(
    ("rival", "words"),
    [
        pytest.param({"a": 1}, "'b' is ours only", id="missing"),
        pytest.param({"a": 1, "b": 2, "c": 3}, "'c' is the rival's only", id="too many"),
        pytest.param({"a": 1, "b": 9}, "'b' differs", id="differs"),
    ],
)
def test_unequal_rows_are_named(rival: dict[str, int], words: str) -> None:
    with pytest.raises(Unequal, match=words):
        assert_equal("rows", {"a": 1, "b": 2}, rival)
