"""The champion: how one is crowned, and how that is taken back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from modeling.compare import DialogueBits, paired_difference
from modeling.evaluate import Evaluated, evaluate
from modeling.facts import trained_on
from pipelines.measures import too_few
from pipelines.settings import Settings
from pipelines.steps.datasets import dataset_folder, require_whole
from pipelines.steps.training.checkpoints import is_gone
from pipelines.steps.training.heldout import require_held_out
from pipelines.steps.training.origin import is_own, learnt_folder
from warehouse import lineage
from warehouse.connect import open_warehouse
from warehouse.datasets.manifest import read_manifest
from warehouse.errors import Misuse
from warehouse.ranking import drop_champion

# A champion may not answer by heart, nor in circles: shares of the replies to held-out questions.
GUARDS: Final = {"copy_ratio": 0.5, "repetition": 0.3}


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is the champion after a promotion or a rollback, and who was before.

    `promoted` tells that the checkpoint asked for (after a rollback: any) is champion now; `why` is a whole sentence.
    """

    promoted: bool
    why: str
    champion: Path | None
    before: Path | None


def promote(settings: Settings, checkpoint: Path) -> Standing:
    """Make a checkpoint the champion if it wins a paired bootstrap against the present one and keeps the guards.

    Both are measured anew on the held-out dialogues of the candidate's dataset. The first champion needs the
    guards only, and so does one that follows a champion whose folder is gone: nothing is left to win over. What the
    present champion learnt is left out for both; where that cannot be checked, its figure can only be too good.

    Raises:
        Misuse: no checkpoint there, or its dataset is gone, changed or holds nothing out that neither of both learnt.
    """
    folder = dataset_folder(settings, trained_on(checkpoint))
    require_whole(folder)
    engine = open_warehouse(settings.database_url)
    present = lineage.champion(engine)
    if present == checkpoint.resolve():
        return Standing(True, f"{checkpoint} is the champion already; nothing changed", present, present)
    _require_measurable(checkpoint, folder)
    stays = "there is still no champion" if present is None else f"{present} stays the champion"
    candidate = evaluate(checkpoint, folder)
    if fault := _guard(candidate):
        return Standing(False, f"{stays}: {checkpoint} fails a guard, {fault}", present, present)
    if present is None:
        lineage.set_champion(engine, checkpoint, "the first champion")
        return Standing(True, f"{checkpoint} is the champion now, the first one", checkpoint.resolve(), None)
    if is_gone(present):
        reason = "the folder of the champion before it is gone, so they could not be compared"
    else:
        duel = _duel(settings, folder, candidate, present)
        if not duel.is_won:
            return Standing(False, f"{stays}: {checkpoint} {duel.outcome}, {duel.reason}", present, present)
        reason = duel.reason
    lineage.set_champion(engine, checkpoint, reason)
    told = f"{checkpoint} is the champion now, in place of {present}: {reason}"
    return Standing(True, told, checkpoint.resolve(), present)


def rollback(settings: Settings) -> Standing:
    """Take the last promotion back.

    Raises:
        Misuse: there is no champion.
    """
    engine = open_warehouse(settings.database_url)
    taken = lineage.champion(engine)
    if taken is None or not drop_champion(engine):
        raise Misuse("there is no champion to take back; crown one with: mundap promote CHECKPOINT")
    before = lineage.champion(engine)
    if before is None:
        told = f"{taken} is the champion no more, and none stood before it: chat takes the newest checkpoint now"
        return Standing(False, told, None, taken)
    told = f"{before} is the champion again, in place of {taken}"
    if is_gone(before):
        told += "; its folder is gone: put it back, or roll back once more"
    return Standing(True, told, before, taken)


def _require_measurable(checkpoint: Path, folder: Path) -> None:
    require_held_out(read_manifest(folder), None)
    if not is_own(checkpoint, folder):
        raise Misuse(
            f"{folder} is not the content that {checkpoint} was trained on, so what it learnt cannot be told from what "
            "was held out; put that dataset version back, or train again"
        )


@dataclass(frozen=True, slots=True)
class _Duel:
    """A candidate against the present champion: `outcome` in words where it is not won, `reason` with the figures."""

    is_won: bool
    outcome: str
    reason: str


def _duel(settings: Settings, folder: Path, candidate: Evaluated, present: Path) -> _Duel:
    is_at_home = is_own(present, folder)
    learnt = None if is_at_home else learnt_folder(settings, present)
    rival = evaluate(present, folder, learnt=learnt)
    mine = _also_measured(candidate, rival)
    difference, low, high = paired_difference(mine, rival.per_dialogue)
    reason = (
        f"{difference:+.3f} bits per character on the same {len(mine):,} held-out dialogues "
        f"(95 % interval {low:+.3f} to {high:+.3f}, below 0 is better)"
    )
    if learnt is None and not is_at_home:
        reason += "; whether the champion learnt some of them could not be checked: its own dataset is not at hand"
    outcome = "surely loses to it" if low > 0 else "does not surely win over it"
    if too_few(len(mine)):
        outcome = "was measured on too few dialogues to be sure"
    return _Duel(high < 0 and not too_few(len(mine)), outcome, reason)


def _also_measured(candidate: Evaluated, rival: Evaluated) -> tuple[DialogueBits, ...]:
    """The candidate's figures without the dialogues that the rival has learnt; no other may be missing."""
    asked = {dialogue for dialogue, _, _ in rival.per_dialogue}
    kept = tuple(row for row in candidate.per_dialogue if row[0] in asked)
    return kept if len(kept) + (rival.left_out or 0) == candidate.rows else candidate.per_dialogue


def _guard(measured: Evaluated) -> str | None:
    values = {metric.name: metric.value for metric in measured.metrics}
    for name, limit in GUARDS.items():
        if name in values and values[name] > limit:
            return f"{name} is {values[name]:.3f} and may be {limit} at most"
    return None
