"""The errors by which a crawl ends."""

import pickle

import pytest

from pipelines.steps.crawling.closing import Interrupted, PutOff, TurnedAway
from pipelines.steps.crawling.plan import CrawlReport


@pytest.mark.parametrize("error", [Interrupted, TurnedAway, PutOff], ids=lambda error: error.__name__)
def test_the_report_crosses_processes_with_its_error(error):
    report = CrawlReport(3, 0, 2, 1, 0, remaining=4, blocked=False, load_id=7, ended="the site rests")
    back = pickle.loads(pickle.dumps(error(report)))
    assert (back.report, str(back)) == (report, "the site rests")
