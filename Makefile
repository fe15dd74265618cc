# What a new machine needs: `make bench` for the first table, `make test` for the whole check.

SUITE ?= semantic
# Importing what a target has not declared is an error: that is how policies are kept from the simulator.
CHECKED = --explicit-target-dependency-import-check error

.PHONY: bench build test test-peers gate baseline format lint setup

bench: build
	swift run --skip-build $(CHECKED) bench --suite $(SUITE)

build: setup
	swift build $(CHECKED) --product bench

test: setup lint
	swift build $(CHECKED) --build-tests
	swift test --skip-build $(CHECKED)
	$(MAKE) gate

# Every dialect against the packages that others publish for it, and a run's files by the tools that read them, in an environment of its own.
test-peers: build
	test -x .build/peers/bin/python || python3 -m venv .build/peers
	.build/peers/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/Peers/requirements.txt
	.build/peers/bin/python Tests/Peers/run.py .build/debug/bench
	.build/peers/bin/python Tests/Peers/clients.py .build/debug/bench
	.build/peers/bin/python Tests/Peers/results.py .build/debug/bench

# The gate: the shipped weights and the expert against the stored baseline, as many episodes as the answer needs.
gate: build
	swift run --skip-build $(CHECKED) bench regress --baseline Results/baseline.json --policy openvla --policy expert

# The stored baseline: six looks of sixty pairs. FORCE="--force --reason ..." accepts a worse one.
baseline: build
	rm -rf .build/baseline
	swift run --skip-build $(CHECKED) bench --suite in-distribution --policy openvla --policy expert --episodes 60 --seed 7 --out .build/baseline
	swift run --skip-build $(CHECKED) bench regress --baseline Results/baseline.json --update $(FORCE) .build/baseline

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

setup:
	@Scripts/bootstrap
