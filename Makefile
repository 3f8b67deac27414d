# `make` alone lists what there is. Everything sets itself up first; a second time that takes no time.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# The tests share what a named SQL Server has, and clear it: one after the other, then.
ABREAST := $(if $(MUNDAP_TEST_MSSQL_URL),,-n logical --maxprocesses 4 --dist worksteal)

.PHONY: help setup demo test fuzz check bench docs lock clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup:  ## make .venv with everything in it (nothing to do when nothing changed)
	@PYTHON="$(PYTHON)" scripts/bootstrap.sh

demo: setup  ## run the whole pipeline on this machine, without the network
	@$(BIN)/mundap demo

test: setup check  ## run the checks and the tests
	@$(BIN)/python -m pytest $(ABREAST)

fuzz: setup  ## run the property tests on examples that no run has seen (again and again finds more)
	@$(BIN)/python -m pytest -m hypothesis --hypothesis-profile=searching

check: setup  ## ruff, mypy --strict, import contract; all are run, then the number of failures is told
	@failed=0; \
	$(BIN)/ruff check . || failed=$$((failed + 1)); \
	$(BIN)/ruff format --check . || failed=$$((failed + 1)); \
	$(BIN)/mypy || failed=$$((failed + 1)); \
	$(BIN)/lint-imports || failed=$$((failed + 1)); \
	[ $$failed -eq 0 ] || { echo "check: $$failed of 4 failed"; exit 1; }

bench: setup  ## measure us against our rivals (make bench ONLY=parse PAGES=500 ROUNDS=5)
	@scripts/bootstrap-bench.sh
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(PAGES),--pages $(PAGES)) $(if $(ROUNDS),--rounds $(ROUNDS))

docs: setup  ## write docs/data-dictionary.md and docs/analysts.md anew from the definitions
	@$(BIN)/python -m warehouse.documents docs

lock: setup  ## write requirements.lock and requirements-bench.lock anew from pyproject.toml
	@scripts/lock.sh
	@scripts/lock-bench.sh

clean:  ## remove what set-up, checks and the demo made here
	rm -rf .venv .venv-bench build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis mundap-demo
