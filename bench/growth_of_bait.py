"""Long runs of one thing, and the same runs sixteen times as long: how much longer each recipe takes over them."""

import time
from statistics import median

from bench.bait import BAIT, TALK
from bench.size import Size
from bench.table import Report, alone
from cleaning.clean import Cleaned, clean_text
from cleaning.options import Options
from cleaning.personal.masks import mask_personal, personal_rules
from cleaning.recipe import load_recipe

SHORT = 6_000
TIMES = 16
MOST = 32  # twice what is linear; a quadratic step would take 256 times
MEGABYTES = 5
_SHOWN = 5  # of the baits, the worst


def measure(size: Size) -> Report:
    """Clean each bait in both lengths, every way; the least CPU seconds of the rounds count."""
    grown = {name: _growth(unit, size.rounds) for name, unit in BAIT.items()}
    worst = sorted(grown, key=grown.__getitem__, reverse=True)[:_SHOWN]
    return Report(
        f"growth: {len(BAIT)} baits of {SHORT:,} and of {SHORT * TIMES:,} characters, CPU seconds",
        "rival",
        (
            alone(f"{TIMES} times as long, median", median(grown.values()), unit="times as slow", at_most=MOST),
            *(alone(f"{name} ({BAIT[name]!r})", grown[name], unit="times as slow", at_most=MOST) for name in worst),
            alone(f"{MEGABYTES} MB of talk", _seconds(of_megabytes(TALK)), unit="CPU seconds"),
            alone(f"{MEGABYTES} MB of mail chain", _seconds(of_megabytes(BAIT["mail chain"])), unit="CPU seconds"),
        ),
        "each bait with itself: linear is 16 times, quadratic 256 times",
    )


def of_megabytes(unit: str) -> str:
    """Say it over and over, up to 5 MB."""
    return unit * (MEGABYTES * 1_000_000 // len(unit.encode()))


def clean_every_way(text: str) -> tuple[Cleaned, ...]:
    """Clean it by all of our rules, behind words that set the masks searching, and mask it by itself."""
    dialogue, published, careful = (load_recipe(name) for name in ("dialogue", "published", "careful"))
    mask_personal(text)
    mask_personal(f"계좌 {text}"[: len(text) // 2], personal_rules(careful.steps))
    return (
        clean_text(f"신한 주민 {text} 나", dialogue),
        clean_text(f"가 {text} 나", dialogue, options=Options(site="kin")),
        clean_text(text, published),
        clean_text(f"신한 {text} 나", careful),
    )


def _growth(unit: str, rounds: int) -> float:
    run = unit * (SHORT // len(unit))
    short = min(_seconds(run) for _ in range(rounds))
    return min(_seconds(run * TIMES) for _ in range(rounds)) / short


def _seconds(text: str) -> float:
    started = time.process_time()
    clean_every_way(text)
    return time.process_time() - started
