# The commands of the course. `make help` lists them.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PAGE ?= $(error say which page, for example PAGE=01)
WORKERS ?= 2

.PHONY: help lab test refresh leaderboard index pins clean

help:
	@echo "make lab                  set up, then open JupyterLab on the first page"
	@echo "make test                 set up, then run every test and every page"
	@echo "make refresh PAGE=01      execute one page and store its outputs (PAGE=all: every page)"
	@echo "make leaderboard PAGE=07  measure a page's rows of data/leaderboard.csv anew"
	@echo "make index                redraw the README table, thumbnails and links between pages"
	@echo "make pins                 resolve requirements.txt anew from pyproject.toml"
	@echo "make clean                remove the virtual environment"

# The stamp is older than these files only when they changed: set-up runs once.
$(VENV)/.installed: requirements.txt pyproject.toml tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py

lab: $(VENV)/.installed
	@$(RUN) tools/lab.py

test: $(VENV)/.installed
	@$(RUN) -m pytest -n $(WORKERS) --dist loadfile --durations=8 \
	    --nbval --nbval-current-env --nbval-cell-timeout=300

refresh: $(VENV)/.installed
	@$(RUN) tools/refresh.py $(PAGE)

leaderboard: $(VENV)/.installed
	@$(RUN) tools/leaderboard.py $(PAGE)

index: $(VENV)/.installed
	@$(RUN) tools/index.py

pins: $(VENV)/.installed
	@$(VENV)/bin/uv pip compile -q --universal --fork-strategy fewest \
	    --python-version 3.11 --extra test --upgrade --no-annotate \
	    --custom-compile-command "make pins" -o requirements.txt pyproject.toml

clean:
	rm -rf $(VENV)
