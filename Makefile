# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
# They need Python 3.11, 3.12 or 3.13 with pip; uv is installed if it is missing.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo $$p && break; done)
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen --no-sync
CASE := examples/iran-1988
DEMO ?= build/demo

# Where Python may not keep what it compiled, each of the hundreds of processes that tests start would
# compile the libraries anew, for ten seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test check format bench test-faults test-pythons docs vendor clean

setup: .venv/.ready

$(filter .uv/%,$(UV)):
	@test -n "$(PYTHON)" || { echo "Habeas needs Python 3.11, 3.12 or 3.13; none was found."; exit 1; }
	$(PYTHON) -m venv .uv && .uv/bin/python -m pip install --quiet --disable-pip-version-check uv

.venv/.ready: pyproject.toml uv.lock | $(filter .uv/%,$(UV))
	@test -n "$(PYTHON)" || { echo "Habeas needs Python 3.11, 3.12 or 3.13; none was found."; exit 1; }
	$(UV) sync --frozen --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@touch $@

demo: setup
	@$(RUN) python examples/iran-1988/demo.py $(DEMO)
	@$(RUN) python examples/watched-sites/watch.py $(DEMO)-watch

# Two processes of one thread each: threads of linear algebra would wait for one another.
test: setup check
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(RUN) pytest -n 2

check: setup
	$(RUN) ruff format --check src tests benchmarks scripts examples
	$(RUN) ruff check src tests benchmarks scripts examples
	$(RUN) mypy
	$(RUN) lint-imports --no-cache

format: setup
	$(RUN) ruff format src tests benchmarks scripts examples
	$(RUN) ruff check --fix src tests benchmarks scripts examples

docs: setup
	$(RUN) python scripts/write_docs.py

bench: setup
	$(RUN) python -m benchmarks

test-faults: setup
	HABEAS_FAULT_RUNS=full $(RUN) pytest tests/faults -n 2

# The same tests on every supported Python that is installed.
test-pythons:
	@for version in 3.11 3.12 3.13; do \
		UV_PROJECT_ENVIRONMENT=build/venv-$$version $(UV) sync --frozen --quiet --python $$version \
		&& UV_PROJECT_ENVIRONMENT=build/venv-$$version $(UV) run --frozen --no-sync pytest -n 2 || exit 1; done

clean:
	rm -rf build dist .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis
