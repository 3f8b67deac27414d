"""A check of everything that Mundap stands on, each failure with its remedy."""

import os
import shutil
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Final, Literal

from crawlers.chromium import find_chromium
from pipelines.flows.server import answers, noted_url
from pipelines.settings import Settings, author_salt
from warehouse.connect import open_warehouse
from warehouse.errors import MundapError

Check = dict[str, str]
State = Literal["ok", "note", "failed"]
FREE_BYTES: Final = 2 << 30  # a dataset of a million dialogues and a KoGPT2 checkpoint with its optimiser


def examine(settings: Settings) -> list[Check]:
    """Return one row a check: name, state (ok, note: works without, failed), what was found, remedy."""
    checks: tuple[Callable[[Settings], Check], ...] = (
        _python, _settings, _warehouse, _salt, _disk, _browser, _torch, _contact, _prefect,
    )  # fmt: skip
    return [check(settings) for check in checks]


def _row(check: str, state: State, found: str, remedy: str = "") -> Check:
    return {"check": check, "state": state, "found": found, "remedy": "" if state == "ok" else remedy}


def _python(_: Settings) -> Check:
    found = sys.version.split()[0]
    return _row("python", "ok" if sys.version_info >= (3, 11) else "failed", found, "install Python 3.11 or newer")


def _settings(settings: Settings) -> Check:
    if settings.source_file:
        return _row("settings", "ok", str(settings.source_file))
    return _row("settings", "note", "no mundap.toml here: defaults", "mundap init")


def _warehouse(settings: Settings) -> Check:
    try:
        engine = open_warehouse(settings.database_url)
    except MundapError as error:
        return _row("warehouse", "failed", str(error), "mundap init, or mend [warehouse] url")
    found = engine.url.render_as_string(hide_password=True)
    engine.dispose()
    return _row("warehouse", "ok", found)


def _salt(settings: Settings) -> Check:
    if author_salt(settings) is None:
        return _row(
            "author salt", "note", "none: author keys are stored null", "mundap init, or set MUNDAP_AUTHOR_SALT"
        )
    return _row("author salt", "ok", "set")


def _disk(settings: Settings) -> Check:
    folder = next(path for path in (settings.folder, *settings.folder.resolve().parents) if path.exists())
    if not os.access(folder, os.W_OK):
        return _row("disk", "failed", f"{folder} cannot be written", "change its owner, or [warehouse] folder")
    free = shutil.disk_usage(folder).free
    state: State = "ok" if free >= FREE_BYTES else "failed"
    return _row("disk", state, f"{free / 2**30:.1f} GiB free", "free at least 2 GiB")


def _browser(_: Settings) -> Check:
    if found := find_chromium():
        return _row("chromium", "ok", ", ".join(found))
    remedy = "apt-get install chromium chromium-driver; without it pages that need script are set aside"
    return _row("chromium", "note", "not found", remedy)


def _torch(_: Settings) -> Check:
    if find_spec("torch") is None:
        return _row("torch", "failed", "not installed", "make setup")
    import torch

    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "CPU only: fit for --model tiny"
    return _row("torch", "ok" if torch.cuda.is_available() else "note", f"{torch.__version__}, {device}",
                "for KoGPT2 use a machine with an NVIDIA driver; `make setup` there takes CUDA torch")  # fmt: skip


def _contact(settings: Settings) -> Check:
    if settings.crawl.contact:
        return _row("crawl contact", "ok", settings.crawl.contact)
    return _row("crawl contact", "note", "none", "set [crawl] contact before you crawl a real site")


def _prefect(settings: Settings) -> Check:
    url = os.environ.get("PREFECT_API_URL") or noted_url(settings)
    if url:
        state: State = "ok" if answers(url) else "failed"
        return _row("prefect", state, url, "it does not answer; start it: .venv/bin/prefect server start")
    return _row(
        "prefect", "note", "no server: commands run without one", ".venv/bin/prefect server start, then mundap deploy"
    )
