# The only door: every way to build, run and check the project.

CARGO ?= cargo
# The test runner's random order is an unstable option, which it accepts when this variable is set while it runs.
SHUFFLED = CARGO_TARGET_$(shell rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')_RUNNER='env RUSTC_BOOTSTRAP=1'
TEST = $(SHUFFLED) $(CARGO) test --locked

.PHONY: help run check test test-sqlite test-postgres sweep worlds timing golden contract lint-contract test-clients fuzz-contract bench new-migration

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

PROOF = $(CARGO) test --locked --test api -- --nocapture --exact

sweep: ## Search every channel of each of the 101 departments for the words of the others, on both engines
	ENTRAIDE_SWEEP=101 ENTRAIDE_TEST_DATABASE=sqlite $(PROOF) proofs::sweep::no_department_finds_the_word_of_another_in_any_channel
	ENTRAIDE_SWEEP=101 tests/with-postgres $(PROOF) proofs::sweep::no_department_finds_the_word_of_another_in_any_channel

worlds: ## Hold the policy against queries and answers in 2000 random worlds, on both engines
	ENTRAIDE_WORLDS=2000 ENTRAIDE_TEST_DATABASE=sqlite $(PROOF) proofs::worlds::what_is_decided_queried_and_answered_is_the_same_in_any_world
	ENTRAIDE_WORLDS=2000 tests/with-postgres $(PROOF) proofs::worlds::what_is_decided_queried_and_answered_is_the_same_in_any_world

timing: ## Compare 2000 logins of accounts that exist with 2000 of accounts that do not; wants a quiet machine
	ENTRAIDE_TEST_DATABASE=sqlite $(PROOF) --ignored proofs::timing::logging_in_takes_as_long_for_an_account_that_does_not_exist
	tests/with-postgres $(PROOF) --ignored proofs::timing::logging_in_takes_as_long_for_an_account_that_does_not_exist

golden: ## Write the golden files anew
	UPDATE_GOLDEN=1 $(CARGO) test --locked --test api policy
	UPDATE_GOLDEN=1 $(CARGO) test --locked --test api ground
	UPDATE_GOLDEN=1 $(CARGO) test --locked --test api workflow

contract: ## Write openapi/openapi.json from the routes
	$(CARGO) run --locked -- openapi > openapi/openapi.json.new && mv openapi/openapi.json.new openapi/openapi.json

lint-contract: ## Hold the contract against Spectral and Redocly
	cd openapi/lint && npm ci --silent --no-audit --no-fund && npm run --silent lint

# With the tests, whose dependencies have other features: after `make test` nothing is built again.
BUILT = $(CARGO) build --locked --quiet --tests

test-clients: ## Generate a TypeScript and a Python client, compile them strictly, and run both against each engine
	$(BUILT)
	python3 tests/clients/run.py

new-migration: ## Make an empty pair of migrations: make new-migration NAME=what_it_does
	@test -n "$(NAME)" || { echo "NAME is missing"; exit 1; }
	@for engine in sqlite postgres; do \
		folder=migrations/$$engine/$$(date +%Y-%m-%d-%H%M%S)_$(NAME); \
		mkdir -p $$folder && touch $$folder/up.sql $$folder/down.sql && echo $$folder; \
	done

FUZZ := openapi/fuzz

fuzz-contract: ## Test a throw-away server on each engine against its contract (FUZZ_EXAMPLES=10 for a short run)
	$(BUILT)
	test -d $(FUZZ)/.venv || python3 -m venv $(FUZZ)/.venv
	$(FUZZ)/.venv/bin/pip install --quiet --disable-pip-version-check --requirement $(FUZZ)/requirements.txt
	$(FUZZ)/.venv/bin/python $(FUZZ)/run.py

bench: ## Every promised figure beside what it is held against (BENCH_QUICK=1 is shorter); also in target/bench.md
	$(CARGO) build --release --locked --features bench
	target/release/bench
