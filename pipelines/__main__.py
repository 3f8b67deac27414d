"""The `mundap` command: runs the command line and turns what went wrong into one line and an exit code."""

import os
import signal
import sys
from typing import Final

import typer

from pipelines.exits import USAGE, exit_code, in_one_line
from warehouse.errors import MundapError
from warehouse.waiting import tell_waits_to

INTERRUPTED: Final = 130  # 128 + SIGINT, as shells report it
STOPPED: Final = "stopped; nothing is lost, the same command goes on"


def main() -> None:
    """Run the command line and exit; a SIGTERM unwinds, so that browsers and files are closed."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; only a defect of ours leaves a stack trace."""
    from pipelines.cli import app

    tell_waits_to(_tell)
    try:
        answer = app(arguments, prog_name="mundap", standalone_mode=False)
    except typer.TyperException as error:
        return _refuse(error)
    except BrokenPipeError:
        # Whoever read our output has left; writing the rest into nothing keeps Python's exit quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (MundapError, OSError) as error:
        return _fail(in_one_line(error), exit_code(error))
    except (KeyboardInterrupt, typer.Abort):
        return _fail(STOPPED, INTERRUPTED)
    if answer == INTERRUPTED:  # what typer makes of Ctrl-C in a command
        return _fail(STOPPED, INTERRUPTED)
    return answer if isinstance(answer, int) else 0


def _refuse(error: typer.TyperException) -> int:
    worded = getattr(error, "format_message", lambda: str(error))()
    if not worded:  # `mundap` alone: its help has been printed
        return USAGE
    context = getattr(error, "ctx", None)
    return _fail(f"{worded}{f' (see: {context.command_path} --help)' if context else ''}", USAGE)


def _fail(line: str, code: int) -> int:
    _tell(line)
    return code


def _tell(line: str) -> None:
    print(f"mundap: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
