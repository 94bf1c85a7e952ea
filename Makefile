# What a contributor and CI run. `make demo` and `make test` set up all they need, the first time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NATIVE := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Three steps of the set-up, each done again only when what it was made from has changed.
CREATED := $(VENV)/.created
PACKAGES := $(VENV)/.packages
READY := $(VENV)/.ready
SAMPLES := examples/sample-report
define JOIN
import sys; from pathlib import Path; from PIL import Image
pages = [Image.open(path) for path in sorted(Path(sys.argv[1]).glob("page-*.png"))]
width, height = pages[0].size
joined = Image.new("RGB", (width * len(pages), height))
for place, page in enumerate(pages): joined.paste(page, (place * width, 0))
joined.save(Path(sys.argv[1]) / "pdf.png", optimize=True)
endef
export JOIN

.DEFAULT_GOAL := help
.PHONY: help demo samples test loops lint types setup lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile
	@echo "Another Python than $(PYTHON): make clean, then make test PYTHON=python3.12"

demo: setup ## Audit a made-up account, offline, and write its reports
	$(BIN)/auditor demo

samples: setup ## Make the sample reports in examples/ and their pictures anew (needs Chromium and pdftoppm)
	$(BIN)/auditor demo --quiet --out $(SAMPLES)
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir=$$(mktemp -d) \
	  --window-size=1280,1650 --screenshot=$(SAMPLES)/html.png file://$(CURDIR)/$(SAMPLES)/report.html
	pdftoppm -r 60 -f 1 -l 4 -png $(SAMPLES)/report.pdf $(SAMPLES)/page
	$(BIN)/python -c "$$JOIN" $(SAMPLES)
	rm $(SAMPLES)/page-*.png

test: lint types ## Lint, check the types, run every test
	$(BIN)/python -m pytest

loops: setup ## Mend, mend again and undo every failing scenario of the tests; `make test` does so for some of them
	EVERY_LOOP=1 $(BIN)/python -m pytest tests/remedy/test_closed_loop.py tests/remedy/test_closed_loop_of_checks.py

lint: setup ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## Check the types
	$(BIN)/mypy

setup: $(READY) ## Make the virtual environment and install into it

$(READY): pyproject.toml $(PACKAGES)
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(PACKAGES): requirements.lock $(CREATED)
	$(PIP) install --quiet --no-deps --require-hashes --requirement requirements.lock
	@$(BIN)/python -c 'import weasyprint' >/dev/null 2>&1 || { \
	  echo "WeasyPrint does not load; it needs the Pango library, version 1.44 or newer."; \
	  echo "Install it (macOS: brew install pango; Fedora: dnf install pango), then run make again."; \
	  echo "What is missing: $(BIN)/python -c 'import weasyprint'"; \
	  exit 1; } >&2
	@touch $@

# On Debian and Ubuntu whatever the system lacks is installed; elsewhere the message above tells what to do.
$(CREATED):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "trail-auditor needs Python 3.11 or newer; $(PYTHON) is: $$($(PYTHON) --version 2>&1)"; \
	  echo "Name a newer one: make test PYTHON=python3.12"; \
	  exit 1; } >&2
	@command -v apt-get >/dev/null || exit 0; \
	missing=; \
	for package in $(NATIVE); do \
	  dpkg-query --show --showformat '$${db:Status-Status}' $$package 2>/dev/null | grep -q ^installed \
	    || missing="$$missing $$package"; \
	done; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || missing="$$missing $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; \
	test -n "$$missing" || exit 0; \
	echo "Installing the system packages that are missing:$$missing"; \
	$(SUDO) apt-get update --quiet=2; \
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 --no-install-recommends \
	  -o DPkg::Lock::Timeout=300 $$missing >/dev/null || { \
	  echo "They could not be installed. As an administrator: apt-get install$$missing"; \
	  echo "Then run make again."; \
	  exit 1; } >&2
	$(PYTHON) -m venv $(VENV)
	@touch $@

lock: $(PACKAGES) ## Lock anew what pyproject.toml asks for (UPGRADE=1: newest releases)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
	  --no-annotate --no-emit-index-url --custom-compile-command "make lock" \
	  $(if $(UPGRADE),--upgrade) --output-file requirements.lock pyproject.toml

clean: ## Remove the virtual environment, caches and the demo's reports
	rm -rf $(VENV) build dist demo-report .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
