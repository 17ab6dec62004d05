# One way to run things; people and CI call the same targets. Needs Python 3.11 or later with venv, nothing else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
RUN := .venv/.run-$(shell cat requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)
DEV := .venv/.dev-$(shell cat requirements-dev.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

.PHONY: demo test e2e tour walks first-render chromium check docs bench year backtest calibrate notebooks nightly load soak format lock clean

demo: $(RUN)
	$(BIN)/placements demo

test: $(DEV) chromium
	$(BIN)/python -m pytest -n 2 --dist loadfile

# Every story in a browser, by keyboard and without script, and axe on every page; needs Debian's Chromium.
e2e: $(DEV) chromium
	E2E=1 $(BIN)/python -m pytest tests/e2e

tour: $(DEV) chromium
	$(BIN)/python -m tests.e2e.tour

walks: $(DEV) chromium
	$(BIN)/python -m tests.e2e.walks $$(date +%F)

first-render: $(DEV) chromium
	$(BIN)/python -m tests.e2e.first_render

chromium:
	@command -v chromium >/dev/null || { SUDO=$$(command -v sudo >/dev/null && echo sudo -n); $$SUDO apt-get update -q && $$SUDO apt-get install -qy chromium; } || \
	  echo "NOT RUN: Chromium could not be installed here; stories in the browser are skipped, not passed."

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(DEV)
	$(BIN)/python -m tests.lib.handbook
	$(BIN)/python -m tests.stories.telling
	$(BIN)/python -m tests.lib.picture demo

bench: $(DEV)
	$(BIN)/python -m tests.benchmarks

# A year of arrivals in twenty invented cities; some fifteen minutes.
year: $(DEV)
	$(BIN)/python -m tests.benchmarks.arrivals

backtest: $(DEV)
	$(BIN)/python -m tests.benchmarks.backtest

calibrate: $(DEV)
	$(BIN)/python -m tests.benchmarks.calibrate

notebooks: $(DEV)
	$(BIN)/python -m pytest --nbmake -W default notebooks

nightly: $(DEV)
	NIGHTLY=1 $(BIN)/python -m pytest -n 2 --dist loadfile

# Officers at work on a service of this machine's own; the table goes into docs/load.md.
load: $(DEV)
	$(BIN)/python -m tests.load

# Twelve months of a service's life; the table goes into docs/nightly.md. ARGS="--every 7" lives one day in seven.
soak: $(DEV)
	$(BIN)/python -m tests.soak $(ARGS)

format: $(DEV)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(RUN):
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(DEV): $(RUN)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@

# Needs uv; only who changes dependencies runs it.
lock:
	uv pip compile pyproject.toml requirements-build.in --group dev --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 --universal -o requirements-dev.lock
	uv pip compile pyproject.toml requirements-build.in -c requirements-dev.lock --generate-hashes --no-annotate --no-header --no-emit-index-url --python-version 3.11 --universal -o requirements.lock

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache demo
