# The commands of the course. `make help` lists them.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PAGE ?= $(error say which page, for example PAGE=01)
WORKERS ?= 2

.PHONY: help lab test slides site refresh leaderboard index pins times canary update publish clean

help:
	@echo "make lab                  set up, then open JupyterLab on the first page"
	@echo "make test                 set up, then run every test and every page"
	@echo "make site                 build every page as a book for the browser into build/site"
	@echo "make slides PAGE=01       make the lecture of a page in build/slides (PAGE=all: all; PDF=1: as PDF, too)"
	@echo "make refresh PAGE=01      execute one page and store its outputs (PAGE=all: every page)"
	@echo "make leaderboard PAGE=07  measure a page's rows of data/leaderboard.csv anew"
	@echo "make index                redraw the README table, TEACHING.md, thumbnails and links between pages"
	@echo "make pins                 resolve requirements.txt anew from pyproject.toml"
	@echo "make times PROFILE=full   measure seconds and memory of a page (PAGE=01) or of all pages"
	@echo "make canary               run every page with the newest releases, ignoring the pins"
	@echo "make update               fetch the newest course; answers and own cells stay"
	@echo "make publish REPOSITORY=owner/name   write the course's address into badges and pages"
	@echo "make clean                remove the virtual environment"

# The stamp is older than these files only when they changed: set-up runs once.
$(VENV)/.installed: requirements.txt pyproject.toml tools/bootstrap.py
	@$(PYTHON) tools/bootstrap.py

lab: $(VENV)/.installed
	@$(RUN) tools/lab.py

test: $(VENV)/.installed
	@$(RUN) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=8 \
	    --nbval --nbval-current-env --nbval-cell-timeout=300

site: $(VENV)/.installed
	@$(RUN) tools/book.py

slides: $(VENV)/.installed
	@$(RUN) tools/slides.py $(PAGE) $(if $(PDF),--pdf)

refresh: $(VENV)/.installed
	@$(RUN) tools/refresh.py $(PAGE)

leaderboard: $(VENV)/.installed
	@$(RUN) tools/leaderboard.py $(PAGE)

index: $(VENV)/.installed
	@$(RUN) tools/index.py

pins: $(VENV)/.installed
	@$(VENV)/bin/uv pip compile -q --universal --fork-strategy fewest \
	    --python-version 3.11 --extra test --extra site --upgrade --no-annotate \
	    --custom-compile-command "make pins" -o requirements.txt pyproject.toml

times: $(VENV)/.installed
	@$(RUN) tools/times.py $(or $(PROFILE),quick) $(if $(filter file,$(origin PAGE)),all,$(PAGE))

canary: $(VENV)/.installed
	@$(RUN) tools/canary.py $(if $(filter file,$(origin PAGE)),all,$(PAGE))

update: $(VENV)/.installed
	@$(RUN) -m course_utils.update

publish: $(VENV)/.installed
	@$(RUN) tools/publish.py "$(REPOSITORY)"

clean:
	rm -rf $(VENV) .venv-canary
