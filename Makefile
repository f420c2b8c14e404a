# Rapport. `make run` starts the demo, `make test` runs every test; both install what they need.
SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
PORT ?= 8080

.PHONY: help setup web build run test lint bench bench-text faults clean

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: ## Install what is missing on Debian or Ubuntu
	@scripts/setup.sh run

web: setup ## Build the web app into web/dist
	@scripts/web.sh

build: web ## Build the release binary with the web app inside
	cargo build --release --locked -p rapport-server

run: build ## Start the demo on http://127.0.0.1:$(PORT)
	@PORT=$(PORT) scripts/run.sh

test: ## Every test: Rust, web, vendors' clients, browser journeys, on both databases
	@scripts/setup.sh test
	@python3 scripts/test.py

lint: ## Formatting, clippy, dependency rules, web lint and types, OpenAPI drift
	@scripts/setup.sh test
	@scripts/lint.sh

bench: build ## Benchmarks with baselines measured in the same run; writes target/bench/report.json
	@scripts/setup.sh test
	@scripts/bench.sh

bench-text: ## Text understanding on held-out messages: how often right, how fast
	@cargo run --quiet --release --locked -p rapport-text --example measure

faults: build ## The long form of the fault tests
	@scripts/setup.sh test
	@python3 scripts/test.py --only faults --long

clean: ## Remove what was built
	rm -rf target web/dist
