#!/bin/sh
# Makes .venv on a bare machine with Python 3.11+ and git: one pinned uv, the exact lock, torch, the project.
# torch comes last and apart because the right build depends on the machine: a local wheel where
# PIP_FIND_LINKS holds one, else CUDA or CPU as TORCH_BACKEND (default: auto, by the driver found) says.
set -eu
cd "$(dirname "$0")/.."

UV_VERSION=0.13.8
TORCH_VERSION=2.13.0
PYTHON=${PYTHON:-python3}

say() { printf 'setup: %s\n' "$*"; }

"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    say "Python 3.11 or newer is needed; $("$PYTHON" --version 2>&1) was found. Install it, or name it: make setup PYTHON=python3.12" >&2
    exit 4
}

stamp=".venv/.setup-$(cat requirements.lock pyproject.toml scripts/bootstrap.sh | cksum | tr ' ' '-')"
if [ -e "$stamp" ] && [ -x .venv/bin/mundap ]; then
    exit 0
fi

[ -x .venv/bin/python ] || { say "making .venv"; "$PYTHON" -m venv .venv; }
export VIRTUAL_ENV="$PWD/.venv"
say "installing uv $UV_VERSION"
.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$UV_VERSION"
uv=.venv/bin/uv

say "installing the locked packages"
$uv pip install --quiet --no-deps -r requirements.lock

if [ "$(.venv/bin/python -c 'import importlib.metadata as m
try: print(m.version("torch").split("+")[0])
except m.PackageNotFoundError: print("none")')" != "$TORCH_VERSION" ]; then
    wheels=${PIP_FIND_LINKS:-}
    if [ -n "$wheels" ] && ls "$wheels"/torch-"$TORCH_VERSION"*.whl >/dev/null 2>&1; then
        say "installing torch $TORCH_VERSION from the local wheel"
        $uv pip install --quiet --no-deps --no-index --find-links "$wheels" "torch==$TORCH_VERSION"
    else
        say "installing torch $TORCH_VERSION (backend ${TORCH_BACKEND:-auto})"
        $uv pip install --quiet "torch==$TORCH_VERSION" --torch-backend="${TORCH_BACKEND:-auto}"
    fi
fi

say "installing mundap"
$uv pip install --quiet --no-deps --no-build-isolation -e .
rm -f .venv/.setup-*
touch "$stamp"
say "done"
