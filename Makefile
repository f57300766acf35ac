# Two commands are enough: `make demo` to try it, `make test` to test it. `make help` lists the rest.

BIN := .venv/bin

help: ## what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.runtime ## a local Slack in the browser, with the whole app behind it
	@$(BIN)/quorum demo $(args)

test: setup ## all tests; args="-k vote" passes options to pytest
	@scripts/browser
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n 4 --dist worksteal $(args)

coverage: ## all tests, measured: 90 % of the code, all of patterns and bot.runs
	@$(MAKE) --no-print-directory test args="--cov --cov-report="
	@$(BIN)/coverage report --include='patterns/*,bot/runs/*' --fail-under=100 --skip-covered --show-missing

setup: .venv/.dev ## the tools that checks and tests need

check: .venv/.dev ## format, lint, import rules, types
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/basedpyright

format: .venv/.dev ## put the code into shape
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

migrate: .venv/.dev ## a new revision from the tables: make migrate m="what changes"
	@test -n "$(m)" || { echo 'Say what changes: make migrate m="add a column"'; exit 2; }
	@d=$$(mktemp -d) && DATABASE_URL=sqlite+aiosqlite:///$$d/at-head.db sh -c \
	  '$(BIN)/quorum migrate && if $(BIN)/alembic check >/dev/null 2>&1; then \
	    echo "The tables are what the revisions say: nothing to write." >&2; exit 2; fi && \
	  $(BIN)/alembic revision --autogenerate -m "$(m)" && $(BIN)/ruff check -q --fix migrations && $(BIN)/ruff format -q migrations'; s=$$?; rm -r $$d; exit $$s

lock: .venv/.dev ## the hashed locks anew from pyproject.toml
	@scripts/lock $(args)

bench: .venv/.dev ## what a run costs over bare calls
	@$(BIN)/python -m benchmarks.overhead $(args)

bench-memory: .venv/.dev ## does a run over 200,000 chunks stay small
	@$(BIN)/python -m benchmarks.memory $(args)

bench-rates: .venv/.dev ## limits of a provider kept, beside semaphore and back-off
	@$(BIN)/python -m benchmarks.rates $(args)

bench-panel: .venv/.dev ## what a panel of voters is worth on real claims
	@$(BIN)/python -m benchmarks.panel $(args)

bench-channel: .venv/.dev ## a whole channel by one command: every message once, links, calls, memory
	@$(BIN)/python -m benchmarks.channel $(args)

bench-logs: .venv/.dev ## a million lines of a log: speed, memory, exact counts
	@$(BIN)/python -m benchmarks.logs $(args)

screenshot: .venv/.dev ## the pictures of the README, from the running demo
	@scripts/browser
	@$(BIN)/python -m scripts.screenshots

.venv/.runtime: requirements.txt pyproject.toml
	@scripts/install requirements.txt && touch $@

.venv/.dev: requirements-dev.txt pyproject.toml
	@scripts/install requirements-dev.txt && touch $@ .venv/.runtime

.PHONY: help demo test coverage setup check format migrate lock bench bench-memory bench-rates bench-panel bench-logs bench-channel screenshot
