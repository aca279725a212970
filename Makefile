# The only door: every way to build, run and check the project.

CARGO ?= cargo
# The test runner's random order is an unstable option, which it accepts when this variable is set while it runs.
SHUFFLED = CARGO_TARGET_$(shell rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')_RUNNER='env RUSTC_BOOTSTRAP=1'
TEST = $(SHUFFLED) $(CARGO) test --locked

.PHONY: help run check test test-sqlite test-postgres golden contract lint-contract test-clients fuzz-contract bench new-migration

help: ## Tell what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 20

run: ## Build and serve a demo on an embedded database, with a first administrator
	ENTRAIDE_PROFILE=demo $(CARGO) run --release --locked -- serve

check: ## Format, lints, and that everything compiles
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets --all-features -- -D warnings

test: test-sqlite test-postgres ## Every test, on both engines

test-sqlite: ## Every test on SQLite
	ENTRAIDE_TEST_DATABASE=sqlite $(TEST) -- -Z unstable-options --shuffle

test-postgres: ## The tests of the API on a private PostgreSQL
	tests/with-postgres env $(TEST) --test api -- -Z unstable-options --shuffle

golden: ## Write the golden files anew
	UPDATE_GOLDEN=1 $(CARGO) test --locked --test api policy
	UPDATE_GOLDEN=1 $(CARGO) test --locked --test api ground
	UPDATE_GOLDEN=1 $(CARGO) test --locked --test api workflow

contract: ## Write openapi/openapi.json from the routes
	$(CARGO) run --locked -- openapi > openapi/openapi.json.new && mv openapi/openapi.json.new openapi/openapi.json

lint-contract: ## Hold the contract against Spectral and Redocly
	cd openapi/lint && npm ci --silent --no-audit --no-fund && npm run --silent lint

test-clients: ## Generate a TypeScript and a Python client, compile them strictly, and run both against each engine
	$(CARGO) build --locked --quiet
	python3 tests/clients/run.py

new-migration: ## Make an empty pair of migrations: make new-migration NAME=what_it_does
	@test -n "$(NAME)" || { echo "NAME is missing"; exit 1; }
	@for engine in sqlite postgres; do \
		folder=migrations/$$engine/$$(date +%Y-%m-%d-%H%M%S)_$(NAME); \
		mkdir -p $$folder && touch $$folder/up.sql $$folder/down.sql && echo $$folder; \
	done

FUZZ := openapi/fuzz

fuzz-contract: ## Test a throw-away server on each engine against its contract (FUZZ_EXAMPLES=10 for a short run)
	$(CARGO) build --locked --quiet
	test -d $(FUZZ)/.venv || python3 -m venv $(FUZZ)/.venv
	$(FUZZ)/.venv/bin/pip install --quiet --disable-pip-version-check --requirement $(FUZZ)/requirements.txt
	$(FUZZ)/.venv/bin/python $(FUZZ)/run.py

bench: ## Every promised figure beside what it is held against (BENCH_QUICK=1 is shorter); also in target/bench.md
	$(CARGO) build --release --locked --features bench
	target/release/bench
