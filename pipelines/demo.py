"""The whole pipeline on this machine: both replicas, crawl, clean, dataset, training, evaluation, report."""

import re
import shutil
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipelines import STARTED
from pipelines.output import progress, tell
from pipelines.plural import counted
from pipelines.reports.demo import ReportFacts, write_report
from pipelines.settings import DEFAULT_FILE, Settings, load_settings
from pipelines.steps.building.exported import ExportReport
from pipelines.steps.building.rows import message_lengths
from pipelines.steps.crawling.crawl import CrawlPlan, CrawlReport
from pipelines.steps.start import initialise
from pipelines.steps.training.finetune import FinetuneReport
from pipelines.verdict import verdict
from pipelines.version import code_version
from warehouse.datasets.manifest import read_manifest
from warehouse.errors import Misuse

MARK: Final = ".mundap-demo"
DATASET: Final = "demo"
BROWSER_PAGES: Final = 5
TRAIN_SECONDS: Final = 80  # a limit for busy machines: at three jobs a core all else took 150 s (2026-11)
PORT: Final = 8970  # a fixed one, since rows of another origin are other rows: same port, same splits and figures


@dataclass(frozen=True, slots=True)
class DemoReport:
    """Everything that the demo showed.

    `seconds` count from the process's start; `browser` says what Chromium did, or why not.
    """

    folder: Path
    crawls: Mapping[str, CrawlReport]
    export: ExportReport
    tuned: FinetuneReport
    report: Path
    seconds: float
    browser: str

    def fields(self) -> dict[str, Any]:
        """Return the command's JSON."""
        values = {metric.name: metric.value for metric in self.tuned.metrics}
        return {
            "fetched": sum(crawl.fetched for crawl in self.crawls.values()),
            "stored": sum(crawl.stored for crawl in self.crawls.values()),
            "dialogues": self.export.dialogues,
            "kept": self.export.kept,
            "dropped": self.export.dropped,
            "shards": sum(1 for count in self.export.rows.values() if count),
            "checkpoint": self.tuned.checkpoint,
            "steps": self.tuned.steps,
            "planned_steps": self.tuned.planned_steps,
            "cut_by_time_limit": self.tuned.is_cut,
            "bits_per_char": values.get("bits_per_char"),
            "unigram_bits_per_char": values.get("unigram_bits_per_char"),
            "bigram_bits_per_char": values.get("bigram_bits_per_char"),
            "verdict": [*verdict(self.tuned.metrics, from_scratch=True, is_cut=self.tuned.is_cut)],
            "report": self.report,
            "seconds": round(self.seconds, 1),
        }


def run_demo(folder: Path, *, corpus: Path | None, pages: int | None, quiet: bool) -> DemoReport:
    """Run everything in `folder`, which is made anew.

    Raises:
        Misuse: the folder holds something that no demo made, or the corpus is at fault.
    """
    from pipelines.flows.local_server import local_server
    from pipelines.steps.replica import serving

    # A corpus at fault is refused before anything is made or removed.
    with serving(corpus=corpus, port=PORT if _is_free(PORT) and _is_free(PORT + 1) else 0) as sites:
        settings = _begin(folder)
        _say(quiet, "starting a Prefect server for this demo ...")
        with local_server(folder / "prefect"):
            crawls = _crawl_all(settings, sites, pages, quiet)
            browser = _compare_with_browser(settings, sites, quiet)
            export, tuned = _learn(settings, quiet)
    report = _write_report(settings, crawls, export, tuned)
    return DemoReport(folder, crawls, export, tuned, report, time.monotonic() - STARTED, browser)


def _begin(folder: Path) -> Settings:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise Misuse(f"{folder} holds files that no demo made; name an empty folder: mundap demo --dir DIR")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    file = folder / DEFAULT_FILE
    initialise(folder, file)
    text = file.read_text("utf-8")
    text = re.sub(r'(?m)^model = "[^"]*"', 'model = "tiny"', text)
    file.write_text(text, "utf-8")
    return load_settings(file)


def _crawl_all(settings: Settings, sites: Mapping[str, str], pages: int | None, quiet: bool) -> dict[str, CrawlReport]:
    """Crawl each site; a budget is shared out, what one site leaves goes to the next."""
    from pipelines.flows.crawl import run_crawl

    crawls: dict[str, CrawlReport] = {}
    for number, (site, url) in enumerate(sites.items()):
        fetched = sum(crawl.fetched for crawl in crawls.values())
        budget = None if pages is None else max((pages - fetched) // (len(sites) - number), 1)
        with progress(site, quiet=quiet) as advance:
            crawls[site] = run_crawl(
                settings, CrawlPlan(site, base_url=url, max_pages=budget, browser="never"), advance
            )
    return crawls


def _learn(settings: Settings, quiet: bool) -> tuple[ExportReport, FinetuneReport]:
    from pipelines.flows.finetune import run_finetune
    from pipelines.flows.prepare import run_prepare

    with progress("dataset", quiet=quiet) as advance:
        export = run_prepare(settings, DATASET, "dialogue", 1, advance)
    with progress("training", quiet=quiet) as advance:
        tuned = run_finetune(
            settings,
            export.path,
            run_name=settings.model.run,
            model=settings.model.model,
            overrides={"max_seconds": str(TRAIN_SECONDS)},
            on_step=lambda step, total, loss: advance(step, total, f"loss {loss:.2f}"),
        )
    return export, tuned


def _compare_with_browser(settings: Settings, sites: Mapping[str, str], quiet: bool) -> str:
    from crawlers.chromium import find_chromium

    if find_chromium() is None:
        return "skipped, not on this machine (apt-get install chromium chromium-driver)"
    from pipelines.steps.comparing import compare_fetchers

    site, url = next(iter(sites.items()))
    _say(quiet, f"fetching {BROWSER_PAGES} pages again through Chromium ...")
    same, total = compare_fetchers(settings, site, url, BROWSER_PAGES)
    return f"{same} of {counted(total, 'page')} gave the same rows as by HTTP"


def _write_report(
    settings: Settings, crawls: Mapping[str, CrawlReport], export: ExportReport, tuned: FinetuneReport
) -> Path:
    user_chars, assistant_chars = message_lengths(export.path)
    facts = ReportFacts(
        title="Mundap demo",
        created_at=datetime.now(UTC),
        counts={
            "fetched": sum(crawl.fetched for crawl in crawls.values()),
            "stored": sum(crawl.stored for crawl in crawls.values()),
            "set_aside": sum(crawl.set_aside for crawl in crawls.values()),
            "dialogues": export.dialogues,
            "kept": export.kept,
            "dropped": export.dropped,
        },
        changed_by_rule=export.rules,
        dropped_by_rule=export.drops,
        rows_by_split=export.rows,
        user_chars=user_chars,
        assistant_chars=assistant_chars,
        losses=tuned.losses,
        metrics=tuned.metrics,
        split=tuned.split,
        samples=[(s.prompt, s.reply, s.reference, s.nearest_question or "") for s in tuned.samples],
        provenance=_provenance(export, tuned),
    )
    return write_report(settings.root / "report.html", facts)


def _provenance(export: ExportReport, tuned: FinetuneReport) -> dict[str, str]:
    manifest = read_manifest(export.path)
    cut = ", stopped by its time limit" if tuned.is_cut else ""
    return {
        "dataset": f"{DATASET} {export.version}",
        "content": export.content_id,
        "recipe": f"{manifest.recipe_name} {manifest.recipe_version}",
        "checkpoint": str(tuned.checkpoint),
        "training": f"{tuned.steps:,} of {tuned.planned_steps:,} steps{cut}",
        "code": code_version(),
    }


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do, so that a port of a replica that ended a moment ago counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _say(quiet: bool, line: str) -> None:
    if not quiet:
        tell(line)
