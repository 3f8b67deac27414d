"""Commands that bring text in from files, and the sites' replica: replica, parse, import."""

import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.options import AsJson, Config, finish
from pipelines.exits import DONE, INCOMPLETE
from pipelines.output import print_result, progress, tell
from pipelines.plural import counted
from pipelines.settings import author_salt, load_settings
from warehouse.errors import Misuse


def replica(
    corpus: Annotated[Path | None, typer.Option(help="Serve this CSV or JSONL of Q&A instead.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65_534, help="First port; 0 picks free ones.")] = 8900,
    era: Annotated[str, typer.Option(help="Markup to serve: E4 (today's), E3, E2, mobile.")] = "E4",
    fault: Annotated[str | None, typer.Option(help="Misbehave on request, as listed below.")] = None,
    as_json: AsJson = False,
) -> int:
    """Serve 지식iN and 판 on this machine, until stopped.

    Example: mundap replica --port 8900
    """
    from pipelines.steps.replica import serving

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with serving(corpus=corpus, port=port, era=era, fault=fault) as sites:
        shown = "\n".join(f"{site}  {url}" for site, url in sites.items())
        print_result({"sites": sites}, as_json=as_json, text=f"{shown}\nCtrl-C ends it.")
        ended.wait()
    return DONE


def parse(
    file: Annotated[Path, typer.Argument(help="A saved page.")],
    url: Annotated[str, typer.Option(help="Where the page came from.")],
    fetched_at: Annotated[str | None, typer.Option(help="ISO moment of the fetch (default: the file's own).")] = None,
    status: Annotated[int, typer.Option(min=100, max=599, help="HTTP status that it came with.")] = 200,
    final_url: Annotated[str | None, typer.Option(help="Address that answered, after redirects.")] = None,
    site: Annotated[str | None, typer.Option(help="Read it as this site's (default: told by the URL's host).")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Show what the parser makes of one saved page; needs no warehouse.

    Example: mundap parse page.html --url 'https://kin.naver.com/qna/detail.naver?d1id=8&dirId=814&docId=1'
    """
    from pipelines.commands.page_shown import show_page
    from pipelines.steps.parsing import SavedPage, parse_file

    settings = load_settings(config)
    saved = SavedPage(file, url, _moment(fetched_at, file), status, final_url, site)
    result = parse_file(saved, author_salt(settings))
    print_result(result, as_json=True) if as_json else show_page(result)
    return DONE


def import_(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="One of those listed below.")],
    path: Annotated[Path, typer.Argument(help="The file; for AI Hub's corpora a folder or a zip too.")],
    question: Annotated[str | None, typer.Option(help="Column of the question.")] = None,
    answer: Annotated[str | None, typer.Option(help="Column of the answer.")] = None,
    label: Annotated[str | None, typer.Option(help="Column of a whole-number label.")] = None,
    id: Annotated[str | None, typer.Option(help="Column of the row's own key.")] = None,
    source: Annotated[str | None, typer.Option(help="Name of the source in the warehouse.")] = None,
    encoding: Annotated[str | None, typer.Option(help="utf-8 or cp949 (default: told from the bytes).")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Import dialogues; the same file again changes nothing. Rows that cannot be used are set aside with the reason.

    Example: mundap import csv talks.csv --question 질문 --answer 답변
    """
    from pipelines.steps.formats.registry import known_format
    from pipelines.steps.importing import import_file, report_fields

    settings = load_settings(config)
    given = known_format(form).columns
    columns = replace(
        given,
        question=question or given.question,
        answer=answer or given.answer,
        label=label or given.label,
        id=id or given.id,
    )
    with progress("import", quiet=as_json) as advance:
        report = import_file(settings, form, path, source=source, columns=columns, encoding=encoding, on_rows=advance)
    result = report_fields(report)
    if report.set_aside_file is None:
        result.pop("set_aside_file")
    code = finish(settings, result, rows=report.read, as_json=as_json)
    if report.broken_files:
        tell(
            f"mundap: {counted(report.broken_files, 'file')} could not be read to the end; why: {report.set_aside_file}"
        )
        return INCOMPLETE
    return code


def _moment(text: str | None, file: Path) -> datetime:
    if text is None:
        if not file.is_file():
            raise Misuse(f"no file at {file}; check the path")
        return datetime.fromtimestamp(file.stat().st_mtime, UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(f"--fetched-at {text!r} is no ISO moment; write it like 2026-10-01T09:30+09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
