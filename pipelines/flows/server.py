"""Which Prefect server is meant, whether it answers, and how to point Prefect at it.

The environment's PREFECT_API_URL comes first, then the server that `mundap deploy` was last run on. Nothing
here loads Prefect.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from pipelines.settings import Settings
from warehouse.errors import Unready

_DEFAULT_URL: Final = "http://127.0.0.1:4200/api"  # where `prefect server start` listens
_REMEDY: Final = "start one with: .venv/bin/prefect server start"
# Prefect phones home and prints news unless told not to.
QUIET: Final = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}


def url_file(settings: Settings) -> Path:
    """Return the file in which `deploy` notes its server's API URL."""
    return settings.folder / "prefect-api-url"


def api_url(settings: Settings) -> str | None:
    """Return the API URL of the server to use, None where none is set or the noted one does not answer.

    Raises:
        Unready: PREFECT_API_URL names a server that does not answer.
    """
    if named := os.environ.get("PREFECT_API_URL"):
        if not answers(named):
            raise Unready(f"no Prefect server answers at {named} (PREFECT_API_URL); unset it, or {_REMEDY}")
        return named
    noted = noted_url(settings)
    return noted if noted and answers(noted) else None


def noted_url(settings: Settings) -> str | None:
    """Return the API URL that `deploy` noted, None if it never ran."""
    file = url_file(settings)
    return file.read_text("utf-8").strip() or None if file.is_file() else None


def reachable_url(settings: Settings) -> str:
    """Return the API URL of a server that answers, the default address tried last.

    Raises:
        Unready: no server answers.
    """
    if url := api_url(settings):
        return url
    if answers(_DEFAULT_URL):
        return _DEFAULT_URL
    noted = noted_url(settings)
    tried = " and ".join(dict.fromkeys(url for url in (noted, _DEFAULT_URL) if url))
    raise Unready(f"no Prefect server answers at {tried}; {_REMEDY} (or set PREFECT_API_URL)")


def answers(url: str, timeout_seconds: float = 1.0) -> bool:
    """Tell whether a Prefect API answers at `url` within the time given."""
    try:
        return httpx.get(f"{url.rstrip('/')}/health", timeout=timeout_seconds).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False


@contextmanager
def pointed_at(url: str, variables: Mapping[str, str] = {}) -> Iterator[None]:
    """Make Prefect talk to `url` in this block, in this process and in those that it starts.

    Prefect reads the environment once, when it is first imported: where that has happened already, its settings
    are changed too.
    """
    wanted = {**QUIET, "PREFECT_API_URL": url, **variables}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        if "prefect" not in sys.modules:
            yield
            return
        from prefect.settings import PREFECT_API_URL, temporary_settings

        with temporary_settings({PREFECT_API_URL: url}):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
