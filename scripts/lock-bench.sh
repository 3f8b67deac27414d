#!/bin/sh
# Rewrites requirements-bench.lock from pyproject.toml's group `bench`; part of `make lock`.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-emit-index-url \
    --group pyproject.toml:bench --custom-compile-command "make lock" -o requirements-bench.lock
