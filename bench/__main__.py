"""`make bench`: run the benchmarks, print a table each.

Figures are printed as they are and never fail a run; a comparison whose two sides did not do the same work does.
"""

import argparse
import importlib
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime

from bench.size import Size
from bench.table import Report, render

# Name on the command line → module with `measure(size) -> Report`.
BENCHES: Mapping[str, str] = {
    "crawl": "bench.crawl_against_scrapy",
    "parse": "bench.parse_against_bs4",
    "kill": "bench.kill_nine",
    "clean": "bench.clean_against_published",
    "growth": "bench.growth_of_bait",
    "load": "bench.load_against_row_by_row",
    "duplicates": "bench.duplicates_against_datasketch",
    "export": "bench.export_a_million",
    "endurance": "bench.endurance",
    "query": "bench.cookbook_queries",
}


def main() -> None:
    """Run what was asked for."""
    asked = _asked()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )
    print("CPU seconds are the operating system's; on a busy machine trust them and the ratios, not the clock.")
    for name in [asked.only] if asked.only else BENCHES:
        report: Report = importlib.import_module(BENCHES[name]).measure(Size(asked.rounds, asked.pages))
        print(f"\n{render(report)}", flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", choices=BENCHES, help="one benchmark (make bench ONLY=parse)")
    parser.add_argument("--pages", type=int, help="pages of a crawl, or rounds over the pages (PAGES=…)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each pair (ROUNDS=…)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
