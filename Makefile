FUZZ := openapi/fuzz

.PHONY: contract lint-contract fuzz-contract

contract: ## write openapi/openapi.json from the routes
	cargo run --quiet -- openapi > target/openapi.json
	mv target/openapi.json openapi/openapi.json

lint-contract: ## lint openapi/openapi.json: any finding fails
	cd openapi/lint && npm ci --silent && npm run --silent lint

fuzz-contract: ## test a throw-away server on each engine against its contract; FUZZ_EXAMPLES=25 for a short run
	cargo build --quiet
	test -d $(FUZZ)/.venv || python3 -m venv $(FUZZ)/.venv
	$(FUZZ)/.venv/bin/pip install --quiet --disable-pip-version-check --requirement $(FUZZ)/requirements.txt
	$(FUZZ)/.venv/bin/python $(FUZZ)/run.py
