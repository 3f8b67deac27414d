#!/bin/sh
# Makes .venv-bench, which holds the rivals of `make bench` and nothing of ours: their needs never touch our lock.
set -eu
cd "$(dirname "$0")/.."

stamp=".venv-bench/.setup-$(cat requirements-bench.lock | cksum | tr ' ' '-')"
[ -e "$stamp" ] && exit 0
printf 'setup: installing the rivals into .venv-bench\n'
.venv/bin/uv venv --quiet --clear --python .venv/bin/python .venv-bench
.venv/bin/uv pip install --quiet --python .venv-bench/bin/python --no-deps -r requirements-bench.lock
touch "$stamp"
