"""Long runs of one thing, and the same runs sixteen times as long: how much longer each recipe takes over them."""

import time
from statistics import median

from bench.bait import BAIT
from bench.size import Size
from bench.table import Report, alone
from cleaning.clean import clean_text
from cleaning.options import Options
from cleaning.recipe import load_recipe

SHORT = 6_000
TIMES = 16
MOST = 32  # twice what is linear; a quadratic step would take 256 times
MEGABYTES = 5
_SHOWN = 5  # of the baits, the worst
_TALK = "오늘 날씨 좋네요!! ㅋㅋㅋ (참고) 010-1234-5678 a@b.co ^^ "


def measure(size: Size) -> Report:
    """Clean each bait in both lengths by the whole of our recipes; the least CPU seconds of the rounds count."""
    grown = {name: _growth(unit, size.rounds) for name, unit in BAIT.items()}
    worst = sorted(grown, key=grown.__getitem__, reverse=True)[:_SHOWN]
    return Report(
        f"growth: {len(BAIT)} baits of {SHORT:,} and of {SHORT * TIMES:,} characters, CPU seconds",
        "rival",
        (
            alone(f"{TIMES} times as long, median", median(grown.values()), unit="times as slow", at_most=MOST),
            *(alone(f"{name} ({BAIT[name]!r})", grown[name], unit="times as slow", at_most=MOST) for name in worst),
            alone(f"{MEGABYTES} MB of talk", _seconds(_of_megabytes(_TALK)), unit="CPU seconds"),
            alone(f"{MEGABYTES} MB of mail beginnings", _seconds(_of_megabytes("a.b@")), unit="CPU seconds"),
        ),
        "each bait with itself: linear is 16 times, quadratic 256 times",
    )


def _growth(unit: str, rounds: int) -> float:
    run = unit * (SHORT // len(unit))
    short = min(_seconds(run) for _ in range(rounds))
    return min(_seconds(run * TIMES) for _ in range(rounds)) / short


def _of_megabytes(unit: str) -> str:
    return unit * (MEGABYTES * 1_000_000 // len(unit.encode()))


def _seconds(text: str) -> float:
    recipes = [load_recipe(name) for name in ("dialogue", "published", "careful")]
    started = time.process_time()
    for recipe in recipes:
        clean_text(f"신한 주민 {text} 나", recipe, options=Options(site="kin"))
    return time.process_time() - started
