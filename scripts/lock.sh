#!/bin/sh
# Rewrites requirements.lock from pyproject.toml; run it after changing a dependency (`make lock`).
set -eu
cd "$(dirname "$0")/.."
.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-emit-index-url --no-emit-package torch \
    --group dev --override scripts/lock-overrides.txt \
    --custom-compile-command "make lock" \
    pyproject.toml scripts/torch-needs.txt -o requirements.lock
