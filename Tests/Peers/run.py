"""Runs bench against each server of servers.py and looks at what it recorded: run.py BENCH [KIND…]"""

import json
import pathlib
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SCHEMES = {"openpi": "ws", "vla-eval": "ws", "openvla": "http", "openvla-twice": "http",
           "robo-evals": "http", "gr00t": "zmq"}


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def judge(bench, kind):
    port = free_port()
    server = subprocess.Popen([sys.executable, HERE / "servers.py", kind, str(port)])
    try:
        with tempfile.TemporaryDirectory() as folder:
            # The dialect is probed, except where the address alone can't tell.
            options = ["--dialect", kind] if kind == "openvla-twice" else []
            run = subprocess.run(
                [bench, "--suite", "in-distribution", "--episodes", "1", "--out", f"{folder}/run",
                 "--policy", f"{SCHEMES[kind]}://127.0.0.1:{port}", "--name", kind, *options],
                capture_output=True, text=True, timeout=600)
            assert run.returncode == 0, f"exit code {run.returncode}\n{run.stderr}"
            facts = json.load(open(f"{folder}/run/run.json"))["facts"]
            assert facts[f"dialect.{kind}"] == kind, facts
            records = [json.loads(line) for line in open(f"{folder}/run/episodes.jsonl")]
            errors = [record["error"] for record in records if record["error"]]
            assert records and not errors, errors[:1]
            print(f"{kind}: {len(records)} episodes without an error")
    finally:
        server.terminate()
        server.wait()


def main():
    bench, kinds = sys.argv[1], sys.argv[2:] or list(SCHEMES)
    failures = 0
    for kind in kinds:
        try:
            judge(bench, kind)
        except AssertionError as error:
            failures += 1
            print(f"{kind}: {error}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
