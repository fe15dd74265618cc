"""Sets the vector environment of Python/trestle against the same loop in Swift: vector_environment.py [PERFORMANCE]

Both step and draw eight episodes with five things or more on the table, in turns of some seconds, on two contexts. Python's
side starts new episodes where one ends, as users do; Swift's never does. The best turn of each counts, since a busy machine
only ever slows.
"""

import json
import subprocess
import sys
import time

import gymnasium
import numpy as np

import trestle  # noqa: F401: registers the environments

SLOTS = 8
SECONDS = 5
TURNS = 3
TASK = "in-distribution/put-on-plate"


def full_episodes():
    """The first episodes of the run with seed 2 in which five things or more are on the table, as Swift's loop takes them."""
    simulator = trestle.Simulator()
    batch = simulator.batch("widowx-kitchen", 1)
    names = []
    for index in range(1000):
        facts = batch.reset(0, f"{TASK}#{index}@2")
        if facts["objects"] >= 5:
            names.append(facts["name"])
        if len(names) == SLOTS:
            return names
    raise SystemExit("fewer full episodes than slots")


def python_rate(names):
    envs = gymnasium.make_vec("trestle/in-distribution-put-on-plate-v0", num_envs=SLOTS)
    envs.reset(options={"episode": names})
    stream = np.random.default_rng(5)
    envs.step(np.zeros((SLOTS, 7)))
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < SECONDS:
        actions = stream.uniform(-0.02, 0.02, (SLOTS, 7))
        actions[:, 6] = 1
        envs.step(actions)
        count += SLOTS
    rate = count / (time.perf_counter() - start)
    envs.close()
    return rate


performance = sys.argv[1] if len(sys.argv) > 1 else ".build/debug/performance"
names = full_episodes()
swift, python = [], []
for _ in range(TURNS):
    run = subprocess.run([performance, "rendering"], check=True, capture_output=True, text=True)
    swift.append(json.loads(run.stdout)["observations_on_2_cores"])
    python.append(python_rate(names))
best = {"swift_observations": max(swift), "python_observations": max(python)}
print(json.dumps({**best, "share": round(max(python) / max(swift), 2), "turns": [swift, python]}, indent=2))
