# Terrace. `make demo` runs the main job, `make test` passes the tests; both work on a fresh clone.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help install build demo up test fuzz chaos proofs outages moto check audit bench bench-fleet clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

install: node_modules/.installed ## install the pinned packages

build: install ## compile into dist/
	@npm run --silent build

demo: build ## the main job on an embedded sandbox: request, plan, approve, apply, outputs, delete
	@node dist/src/main/demo.js

up: build ## leave it running on PORT (8000)
	@npm start --silent

test: build ## all tests, on real PostgreSQL, Redis and terraform
	@npm test --silent
	@echo 'In part only: the proofs, the fuzz, the chaos (make proofs, fuzz, chaos). Not run, for they last: make outages, make moto.'

fuzz: build ## 10,000 odd requests over every route; FUZZ_REQUESTS and FUZZ_SEED as wished
	@FUZZ_REQUESTS=$${FUZZ_REQUESTS:-10000} npm test --silent -- test/api/fuzz

chaos: build ## kill everything at every step until each cell was played CHAOS_N times (1); goes on where it was ended; docs/chaos.md
	@CHAOS_N=$${CHAOS_N:-1} npm test --silent -- test/chaos

proofs: build ## the proofs of the stacks in full: terraform validates every pair of values and leads every life of an environment
	@PROOFS=1 npm test --silent -- test/stacks/proof

outages: build ## what lasts: PostgreSQL away for a minute, a full disk, a worker cut off, backup and restore; docs/outages.md
	@OUTAGES=1 npm test --silent -- test/outage

audit: ## known faults in what production depends on, from high upwards
	npm audit --omit=dev --audit-level=high

moto: build ## the suite against moto, another stand-in for AWS; installs it into .terrace where it is missing
	@node scripts/moto.mjs
	@MOTO=1 npm test --silent -- test/moto

check: install ## what CI runs: format, lint, types, tests
	npm run --silent format
	npm run --silent lint
	npm run --silent types
	$(MAKE) test

bench: build ## speed and memory against bare terraform, printed and written to docs/bench.md
	@node dist/src/main/bench.js

bench-fleet: build ## 500 environments through 2 workers in bad weather, recovery, claims; N, FAULTS (%) and SEED as wished
	@node dist/src/main/bench-fleet.js --n=$${N:-500} --faults=$${FAULTS:-5} --seed=$${SEED:-1}

clean: ## remove what was built and the local data
	rm -rf dist .terrace cdktf.out coverage
