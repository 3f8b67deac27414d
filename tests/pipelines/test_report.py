"""The report: one file, nothing from outside, every figure said, no input that breaks it."""

import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from modeling.metrics import Metric
from pipelines.reports.demo import ReportFacts, write_report

EMPTY = ReportFacts("Nothing", datetime(2026, 11, 3, tzinfo=UTC), {}, {}, {}, {}, [], [], [], [], [], {})
FULL = ReportFacts(
    title="Mundap demo: 지식iN",
    created_at=datetime(2026, 11, 3, 23, 5, tzinfo=timezone(timedelta(hours=9))),
    counts={"fetched": 1352, "set_aside": 3},
    changed_by_rule={"laughter": 412, "of_tomorrow": 1988},
    dropped_by_rule={"answer_too_short": 30, "near_duplicate": 10},
    rows_by_split={"train": 80, "validation": 20, "test": 0},
    user_chars=[10, 20, 30],
    assistant_chars=[5, 5, 50],
    losses=[(10, 8.5), (20, 4.25), (30, 4.5)],
    metrics=[
        Metric("bits_per_char", 4.4, 4.3, 4.5, 20),
        Metric("unigram_bits_per_char", 5.6, 5.5, 5.7, 20),
        Metric("bigram_bits_per_char", 4.2, 4.1, 4.3, 20),
        Metric("answer_perplexity", 1143.25, 1131.0, 1156.0, 20),
        Metric("distinct_1", 0.5, rows=12),
    ],
    samples=[("혼자 가도 되나요?", "네.", "네, 됩니다.", "둘 다 가야 하나요?")],
    provenance={"content_id": "1a2b3c4d"},
)


def page_of(folder: Path, facts: ReportFacts) -> BeautifulSoup:
    return BeautifulSoup(write_report(folder / "report.html", facts).read_text("utf-8"), "lxml")


def cells(section: object) -> list[list[str]]:
    return [[cell.get_text() for cell in row.select("th, td")] for row in section.select("tbody tr")]  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> BeautifulSoup:
    return page_of(tmp_path_factory.mktemp("report"), FULL)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param(
            "changed",
            [["of_tomorrow", "1,988", "–"], ["laughter", "412", "runs of ㅋ, ㅎ and ㅠ are shortened"]],
            id="changed-without-shares",
        ),
        pytest.param(
            "dropped",
            [
                ["answer_too_short", "30", "75.0%", "the answer has fewer than two Hangul letters"],
                ["near_duplicate", "10", "25.0%", "nearly the same as an earlier dialogue, which stays"],
            ],
            id="dropped",
        ),
        pytest.param(
            "splits",
            [
                ["train", "80", "80.0%", "the model learns from these"],
                ["validation", "20", "20.0%", "these choose among the weights of one training"],
                ["test", "0", "0.0%", "these took no part in any choice"],
            ],
            id="splits-with-an-empty-side",
        ),
        pytest.param(
            "lengths",
            [["user", "3", "10", "20", "20.0", "28", "30"], ["assistant", "3", "5", "5", "20.0", "41", "50"]],
            id="lengths",
        ),
        pytest.param(
            "loss", [["first", "10", "8.5000"], ["lowest", "20", "4.2500"], ["last", "30", "4.5000"]], id="loss"
        ),
        pytest.param(
            "bits",
            [
                ["this model", "4.400", "4.300", "4.500", "20"],
                ["unigram", "5.600", "5.500", "5.700", "20"],
                ["bigram", "4.200", "4.100", "4.300", "20"],
            ],
            id="bits",
        ),
        pytest.param(
            "metrics",
            [
                [
                    "answer_perplexity (per token)",
                    "1,143.2",
                    "1,131.0",
                    "1,156.0",
                    "20",
                    "among how many tokens the model wavers; less is better",
                ],
                ["distinct_1 (share)", "0.500", "–", "–", "12", "words that differ among all words of the replies"],
            ],
            id="other-metrics",
        ),
    ],
)
def test_every_picture_stands_above_its_figures(full: BeautifulSoup, key: str, expected: list[list[str]]) -> None:
    section = full.select_one(f"section#{key}")
    assert section is not None
    assert cells(section) == expected
    if key != "metrics":
        picture = section.select_one("figure > .picture[role=img]")
        assert picture is not None
        assert picture.select_one("svg") is not None
        assert len(str(picture["aria-label"])) > 20
        caption = section.select_one("figcaption")
        assert caption is not None
        assert caption.get_text().endswith(".")


def test_the_head_tells_counts_moment_and_standing(full: BeautifulSoup) -> None:
    head = full.select_one("header")
    assert head is not None
    text = head.get_text(" ", strip=True)
    assert "fetched 1,352" in text
    assert "set aside 3" in text
    assert "2026-11-03 14:05 UTC" in text
    assert "needs 4.400 bits per character of a held-out answer (95 % interval 4.300 to 4.500)" in text
    assert "fewer than the unigram's 5.600 and no fewer than the bigram's 4.200." in text


def test_samples_and_provenance_are_shown(full: BeautifulSoup) -> None:
    assert [part.get_text(strip=True) for part in full.select("#samples dd")] == list(FULL.samples[0])
    assert "1a2b3c4d" in full.select_one("#provenance").get_text()  # type: ignore[union-attr]


def test_the_file_asks_for_nothing_and_its_ids_are_unique(full: BeautifulSoup) -> None:
    assert not full.select("script, link, img[src^=http], iframe, object")
    for element in full.find_all(True):
        for name in ("src", "href", "xlink:href"):
            assert str(element.get(name, "#")).startswith("#")
    outside = {url for url in re.findall(r"https?://[^\s\"'<]+", str(full)) if "www.w3.org" not in url}
    assert not outside
    ids = [str(element["id"]) for element in full.find_all(id=True)]
    assert len(ids) == len(set(ids))
    for used in re.findall(r"url\(#([^)]+)\)", str(full)):
        assert used in ids


def test_pictures_take_their_colours_from_the_page(full: BeautifulSoup) -> None:
    svg = "".join(map(str, full.select("svg")))
    assert "var(--accent)" in svg
    assert not re.findall(r"#[0-9a-f]{6}\b", svg)


def test_words_are_those_of_the_glossary(full: BeautifulSoup) -> None:
    """A page or row that cannot be used is set aside; a dialogue that a rule leaves out is dropped."""
    for section in full.select("section"):
        assert "set aside" not in section.get_text(), section["id"]
    assert "dialogues dropped" in full.select_one("#dropped").get_text()  # type: ignore[union-attr]


def test_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write_report(tmp_path / name, FULL).read_bytes() for name in ("a.html", "b.html"))
    assert first == second


def test_empty_facts_give_sentences_and_no_picture(tmp_path: Path) -> None:
    page = page_of(tmp_path, EMPTY)
    assert not page.select("svg, table, .headline, .counts")
    sentences = [section.select_one("p.reading") for section in page.select("section")]
    assert len(sentences) == 9
    assert all(sentence is not None and sentence.get_text(strip=True).endswith(".") for sentence in sentences)


@pytest.mark.parametrize(
    "nasty",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param('" onload="x', id="attribute"),
        pytest.param("{{ 7 * 7 }} $x^2$ & <b>", id="template-and-formula"),
        pytest.param("ㅋㅋ 😀\n둘째 줄", id="hangul-emoji-lines"),
    ],
)
def test_texts_of_users_stay_texts(tmp_path: Path, nasty: str) -> None:
    facts = replace(
        FULL,
        title=nasty,
        counts={nasty: 1},
        changed_by_rule={nasty: 3},
        metrics=[Metric(nasty, 1.0, 0.5, 1.5), Metric(nasty + "_bits_per_char", 1.0, 0.5, 1.5)],
        samples=[(nasty, nasty, nasty, "")],
        provenance={nasty: nasty},
    )
    page = page_of(tmp_path, facts)
    assert not page.select("script, b, [onload]")
    assert [part.get_text().strip() for part in page.select("#samples dd")] == [nasty, nasty, nasty, "(nothing)"]
    assert cells(page.select_one("#changed")) == [[nasty, "3", "–"]]


def test_half_a_surrogate_pair_does_not_stop_the_report(tmp_path: Path) -> None:
    page = page_of(tmp_path, replace(EMPTY, samples=[("가\ud83d", "나", "다", "라")]))
    assert page.select("#samples dd")[0].get_text(strip=True) == "가?"


def test_a_failed_write_leaves_the_former_report_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_report(tmp_path / "deep" / "report.html", EMPTY)
    before = path.read_bytes()

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_report(path, replace(EMPTY, title="Other"))
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == ["report.html"]


def test_importing_the_report_loads_no_matplotlib() -> None:
    code = "import sys, pipelines.reports.demo; sys.exit('matplotlib' in sys.modules or 'jinja2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_writing_says_nothing_and_keeps_matplotlib_settings(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    write_report(tmp_path / "report.html", replace(FULL, changed_by_rule={"웃음": 2}))
    assert dict(matplotlib.rcParams) == before
    assert capfd.readouterr() == ("", "")


class Balanced(HTMLParser):
    """Fails where a tag closes that is not the open one."""

    VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


COUNTS = st.dictionaries(st.text(max_size=12), st.integers(0, 10**7), max_size=4)
LENGTHS = st.lists(st.integers(0, 10**5), max_size=6)
NUMBERS = st.floats(width=32)  # what a single-precision model can come up with, not-a-number included
NAMES = st.sampled_from(["bits_per_char", "bigram_bits_per_char", "chrf"])
METRICS = st.builds(Metric, NAMES, NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS)


@settings(max_examples=12, deadline=None)
@given(
    COUNTS, COUNTS, LENGTHS, LENGTHS, st.lists(st.tuples(st.integers(0, 10**6), NUMBERS), max_size=4),
    st.lists(METRICS, max_size=3),
)  # fmt: skip
def test_no_facts_break_the_report(
    tmp_path_factory: pytest.TempPathFactory,
    changed: dict[str, int],
    dropped: dict[str, int],
    questions: list[int],
    answers: list[int],
    losses: list[tuple[int, float]],
    metrics: list[Metric],
) -> None:
    facts = replace(
        EMPTY,
        counts=dropped,
        changed_by_rule=changed,
        dropped_by_rule=dropped,
        user_chars=questions,
        assistant_chars=answers,
        losses=losses,
        metrics=metrics,
    )
    parser = Balanced()
    parser.feed(write_report(tmp_path_factory.mktemp("any") / "r.html", facts).read_text("utf-8"))
    assert parser.open == []
