"""Which code is running: the package's version and, in a git checkout, the commit."""

import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path


@cache
def code_version() -> str:
    """Return `0.1.0+g1a2b3c4` in a checkout (`.dirty` added where tracked files were changed), else `0.1.0`."""
    root = Path(__file__).resolve().parent.parent
    number = version("mundap")
    if not (root / ".git").exists():
        return number
    command = ["git", "-C", str(root), "describe", "--always", "--dirty=.dirty", "--exclude", "*"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return number
    return f"{number}+g{answer.stdout.strip()}"
