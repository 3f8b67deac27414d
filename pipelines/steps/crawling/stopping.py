"""A captcha, a block or a login page: nothing more is sent to that host, until a day is over or somebody lifts it."""

from typing import Final

from pipelines.steps.crawling.desk import Desk, Tally
from pipelines.steps.crawling.settling import Ending, settle
from pipelines.steps.crawling.waiting import told
from warehouse.frontier.leases import Claim
from warehouse.hosts.answers import stop_host
from warehouse.hosts.ledger import RequestRow
from warehouse.hosts.pauses import Pause
from warehouse.records.pages import Page

STOPPING: Final = {"captcha": "a captcha", "blocked": "a block", "login": "a login page"}
STOP_SECONDS: Final = 86_400.0


def stop(desk: Desk, row: Claim, entry: RequestRow | None, page: Page, kind: str) -> Tally:
    """Leave the host alone for a day, for all processes, and keep the page that said so; `kind` is one of STOPPING."""
    what = STOPPING[kind]
    host = entry.host if entry else desk.host
    until = stop_host(desk.engine, host, STOP_SECONDS, what, load_id=desk.load_id)
    settle(desk, row, entry, Ending("retry", f"the site answered with {what}", kind, until), page)
    pause = Pause("stop", until, until, what)
    return Tally(visited=0, fetched=1, blocked=True, ended=told(host, pause))
