"""The labelled set is what it says, and the masks find in it no less than they did."""

import hashlib
import re

import pytest

from cleaning.personal.detection import Tally, Verdict, judge, tally
from cleaning.personal.labelled import CLASSES, LabelledSet, Sample, labelled, tokens
from cleaning.recipe import load_recipe

SAMPLES = labelled()
UNSEEN = labelled(which=LabelledSet.unseen)
SETS = {"first": SAMPLES, "unseen": UNSEEN}
DIGESTS = {"first": "5ec9b2b68296e493", "unseen": "d7d73dac2bb3c169"}


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return judge(SAMPLES, load_recipe("dialogue"))


def text(sample: Sample) -> str:
    return sample.before + sample.value + sample.after


@pytest.mark.parametrize("samples", SETS.values(), ids=SETS)
@pytest.mark.parametrize("kind", CLASSES)
def test_each_class_has_two_hundred_spans_in_many_sentences(kind: str, samples: list[Sample]) -> None:
    own = [sample for sample in samples if sample.kind == kind]
    assert len(own) >= 200
    assert len({text(sample) for sample in own}) > 0.9 * len(own)
    assert len({sample.before for sample in own}) > 12
    assert all(sample.value and sample.token == tokens()[kind] for sample in own)
    # The set is not cut to the rules: what people write and no rule knows is in it.
    assert any(not sample.is_in_spec for sample in own)


@pytest.mark.parametrize("kind", CLASSES)
def test_of_the_unseen_set_a_tenth_to_a_sixth_is_odd_and_nothing_is_said_of_the_spec(kind: str) -> None:
    own = [sample for sample in UNSEEN if sample.kind == kind]
    assert 0.1 <= sum(not sample.is_plain for sample in own) / len(own) <= 0.16
    assert not any(sample.is_in_spec for sample in own)
    # A text without Hangul is dropped whole, masked or not, and would count as found.
    assert all(re.search("[가-힣]", sample.before + sample.after) for sample in own)


def test_the_unseen_set_shares_no_sentence_with_the_first() -> None:
    assert not {text(sample) for sample in SAMPLES} & {text(sample) for sample in UNSEEN}
    first, unseen = ({(one.before, one.after) for one in own if one.kind} for own in (SAMPLES, UNSEEN))
    assert len(first & unseen) <= 4  # bare ones, as 출처 {}


def test_the_unseen_set_has_sentences_of_many_kinds_without_personal_data() -> None:
    others = [sample for sample in UNSEEN if sample.kind is None]
    assert len(others) >= 250 and len({sample.style for sample in others}) >= 10
    data = r"https?://|www\.|\w@\w+\.[a-z]{2}|01[016789]-\d{3,4}-\d{4}|\b\d\d(0\d|1[0-2])[0-3]\d-[1-4]\d{6}"
    assert [text(sample) for sample in others if re.search(data + r"|\[[가-힣]+\]|[{}＃§]", text(sample))] == []


def test_the_others_hold_numbers_and_signs_but_no_personal_data() -> None:
    others = [sample for sample in SAMPLES if sample.kind is None]
    assert len(others) > 300
    assert {"price", "date", "version", "score", "order", "public_number"} <= {sample.style for sample in others}


@pytest.mark.parametrize("which", LabelledSet)
def test_the_set_is_the_same_on_every_machine(which: LabelledSet) -> None:
    said = "\n".join(f"{sample.kind}\t{text(sample)}" for sample in SETS[which])
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == DIGESTS[which]
    assert labelled("2", which) != SETS[which]


@pytest.mark.parametrize("kind", CLASSES)
def test_no_class_falls_below_its_floor(kind: str, verdicts: list[Verdict]) -> None:
    told = tally(verdicts, kind)
    # A plate before 만 or 번호판 stays: the spec takes 만 and 번 for units of a number.
    assert told.found_in_spec / told.spans_in_spec >= (0.91 if kind == "plate" else 0.98)
    assert told.found / told.spans >= 0.85
    assert told.found / (told.found + told.alarms) >= 0.95


JUDGED = {
    "whole": (Sample("번호 ", "010-1234-5678", "이에요", "s", "phone", "[전화번호]"), True, ()),
    "missed": (Sample("번호 ", "010 - 12가", "이에요", "s", "phone", "[전화번호]"), False, ()),
    "half": (Sample("메일 ", "abc@네이버.컴", "이에요", "s", "email", "[이메일]"), False, ("email",)),
    "other class": (Sample("", "1234-5678-9012-3456", " 이에요", "s", "phone", "[전화번호]"), False, ("card",)),
    "nothing": (Sample("2023-05-17에 봐요", "", "", "date"), False, ()),
    "false alarm": (Sample("60수 1000장이요", "", "", "measure"), False, ("plate",)),
    "handle": (Sample("자바 @Override 왜요", "", "", "at_sign"), False, ("handle",)),
}


@pytest.mark.parametrize(("sample", "found", "alarms"), JUDGED.values(), ids=JUDGED)
def test_a_verdict_is_by_the_span(sample: Sample, found: bool, alarms: tuple[str, ...]) -> None:
    (verdict,) = judge([sample], load_recipe("dialogue"))
    assert (verdict.found, verdict.alarms) == (found, alarms)


def test_figures_add_up() -> None:
    told = judge([sample for sample, *_ in JUDGED.values()], load_recipe("dialogue"))
    assert tally(told, "phone") == Tally(3, 1, 3, 1, 0)
    assert tally(told, "plate") == Tally(0, 0, 0, 0, 1)
