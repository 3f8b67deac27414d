"""Which code is running: the package's version and, in a git checkout, the commit."""

import hashlib
import subprocess
from functools import cache
from importlib.metadata import entry_points, version
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


@cache
def rules_digest() -> str:
    """Return a hash of the cleaning room's code and of the packages that add rules: the same rules, the same digest."""
    import cleaning

    folder = Path(cleaning.__path__[0])
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        digest.update(f"{file.relative_to(folder)}\n".encode() + file.read_bytes())
    added = {point.dist for point in entry_points(group="mundap.rules") if point.dist is not None}
    digest.update("\n".join(sorted(f"{package.name} {package.version}" for package in added)).encode())
    return digest.hexdigest()
