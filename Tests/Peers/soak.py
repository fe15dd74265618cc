"""Holds 64 connections to `bench serve` for many questions: soak.py BENCH [QUESTIONS]

Two halves of one run, each over 32 connections, play against one server. No episode may be lost, and the memory of all
three processes may not grow once they are warm.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import time

BENCH, QUESTIONS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
TASKS, STEPS = 6, 30  # suite in-distribution; a random policy uses up its steps, 30 at least
GROWTH = 1.15  # of memory, from the first fifth of the time to the last


def memory(process):
    """Resident memory in MB; 0 for a process that has ended."""
    try:
        for line in open(f"/proc/{process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0


def connections(port):
    """Connections that are established with the server."""
    ends = (line.split()[1:4] for line in open("/proc/net/tcp").readlines()[1:])
    return sum(own.endswith(f":{port:04X}") and state == "01" for own, _, state in ends)


def main(folder):
    server = subprocess.Popen(
        [BENCH, "serve", "--policy", "random", "--port", "0", "--most-rate", "1000000"],
        stdout=subprocess.PIPE, text=True)
    port = int(server.stdout.readline().split("ws://127.0.0.1:")[1].split()[0])
    episodes = -(-QUESTIONS // (TASKS * STEPS))
    runs = [subprocess.Popen(
        [BENCH, "--suite", "in-distribution", "--episodes", str(episodes), "--shard", f"{i}/2",
         "--policy", f"ws://127.0.0.1:{port}", "--name", "remote", "--connections", "32", "--quiet",
         "--out", f"{folder}/{i}"], stdout=subprocess.DEVNULL) for i in (1, 2)]
    start, samples, most = time.time(), [], 0
    while all(run.poll() is None for run in runs):
        samples.append([memory(process) for process in (server, *runs)])
        most = max(most, connections(port))
        time.sleep(1)
    assert all(run.wait() == 0 for run in runs), "a run failed"
    seconds = time.time() - start
    server.terminate()
    assert server.wait(20) == 0, "the server did not end well"

    records = [json.loads(line) for i in (1, 2) for line in open(f"{folder}/{i}/episodes.jsonl")]
    questions = sum(record["steps"] for record in records)
    errors = [record["error"] for record in records if record["error"]]
    print(f"{len(records)} episodes, {questions} questions, {most} connections, {seconds:.0f} s")
    assert len(records) == TASKS * episodes, f"{TASKS * episodes} episodes were asked for"
    assert not errors, f"{len(errors)} episodes ended in an error, the first: {errors[0]}"
    for index, name in enumerate(["server", "first half", "second half"]):
        series = [sample[index] for sample in samples if all(sample)]
        fifth = max(1, len(series) // 5)
        early, late = max(series[:fifth]), max(series[-fifth:])
        print(f"{name}: {early:.0f} MB early, {late:.0f} MB late")
        assert late <= GROWTH * early + 8, f"the memory of the {name} grows"


with tempfile.TemporaryDirectory() as folder:
    main(pathlib.Path(folder))
