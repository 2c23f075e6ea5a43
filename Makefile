# The front door. Every target is a line here and a script in scripts/; `make` alone lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build run test soak bench fmt lint asan asan-node tsan fuzz clean

help: ## Lists the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  make test ICN_TEST_SKIP="asan tsan fuzz"   a quick run (phases: unit suites asan tsan fuzz)'
	@echo '  make fuzz ICN_FUZZ_SECONDS=60              longer per fuzz target (10 without it)'
	@echo '  make lint CHANGED=1                        only files that differ from the main branch'
	@echo '  make bench AREA=ledger                     one area (`build/icn bench` lists them)'

build: ## Builds the node: build/icn
	@scripts/setup.sh build
	@scripts/build.sh release icn

run: ## Builds the node and starts it on port 7845
	@scripts/run.sh

test: ## Runs every test: unit, suites, sanitizers, fuzz targets
	@scripts/test.sh

soak: ## The tests that take minutes: idle, ten nodes parted, kill -9 again and again
	@scripts/test.sh soak

bench: ## Measures the node against its limits (AREA=name for one)
	@scripts/setup.sh bench
	@scripts/build.sh release icn icn_wasm_programs
	@build/icn bench $(or $(AREA),all)

fmt: ## Formats the C and C++ sources in place
	@scripts/lint.sh format

lint: ## Checks format, clang-tidy and the tidy test; changes nothing
	@scripts/lint.sh $(if $(CHANGED),changed,all)

asan: ## Unit tests with the address and undefined behaviour sanitizers
	@scripts/test.sh asan

asan-node: ## A whole node under the address sanitizer meets the suites api and cli
	@scripts/test.sh asan-node

tsan: ## Threaded unit tests with the thread sanitizer
	@scripts/test.sh tsan

fuzz: ## Runs every fuzz target for ICN_FUZZ_SECONDS
	@scripts/test.sh fuzz

clean: ## Removes build/; the shared cache folder stays
	rm -rf build
