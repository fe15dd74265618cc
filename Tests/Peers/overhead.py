"""What asking a policy over a socket adds to a run with 32 episodes in flight: overhead.py BENCH [MILLISECONDS]

A policy that takes MILLISECONDS for an answer, one at a time as a GPU does, acts once in bench's own Python worker, which gets
all 32 questions in one message, and once behind openpi's published server. Both see the same pictures and answer the
same, so that their episodes are equal; what the second takes longer is the socket's: the client, the way, and the server's reading.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

BENCH, MILLISECONDS = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 50.0
EPISODES = 11  # of each of six tasks: two blocks of 32 and a few
POLICY = """
import time
class Slow:
    needs = ["image", "instruction"]
    def __init__(self, seconds): self.seconds = seconds
    def act_batch(self, observations):
        time.sleep(self.seconds * len(observations))
        return [[0.005, 0, -0.002, 0, 0, 0.1, 0]] * len(observations)
"""
ADAPTER = """
about: the same numbers over openpi's websocket
dialect: openpi
observation:
  observation/image: {camera: primary, size: [224, 224]}
  prompt: {text: instruction}
action: {key: actions, rotation: roll-pitch-yaw, gripper: {open: 1, closed: 0}}
"""


def serve(port):
    import numpy
    import websockets.sync.server
    from openpi_client import msgpack_numpy

    gpu = threading.Lock()
    answer = msgpack_numpy.packb({"actions": numpy.array([[0.005, 0, -0.002, 0, 0, 0.1, 0]])})

    def handler(socket):
        socket.send(msgpack_numpy.packb({}))
        for message in socket:
            assert msgpack_numpy.unpackb(message)["observation/image"].shape == (224, 224, 3)
            with gpu:
                time.sleep(MILLISECONDS / 1000)
            socket.send(answer)

    websockets.sync.server.serve(handler, "127.0.0.1", port, compression=None, max_size=None).serve_forever()


def run(folder, name, *policy):
    out = f"{folder}/{name}"
    start = time.time()
    subprocess.run([BENCH, "--suite", "in-distribution", "--episodes", str(EPISODES), "--quiet", "--out", out, "--name", "slow",
                    *policy], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    seconds = time.time() - start
    return seconds, [json.loads(line) for line in pathlib.Path(out, "episodes.jsonl").read_text().splitlines()]


def main(folder):
    from run import free_port

    pathlib.Path(folder, "slow.py").write_text(POLICY)
    pathlib.Path(folder, "slow.yaml").write_text(ADAPTER)
    port = free_port()
    threading.Thread(target=serve, args=(port,), daemon=True).start()
    near, records = run(
        folder, "worker", "--policy", f"{folder}/slow.py:Slow", "--python", sys.executable,
        "--policy-arguments", json.dumps({"seconds": MILLISECONDS / 1000}))  # fmt: skip
    far, others = run(folder, "socket", "--policy", f"ws://127.0.0.1:{port}", "--adapter", f"{folder}/slow.yaml",
                      "--connections", "32")  # fmt: skip
    assert [r["final_state"] for r in records] == [r["final_state"] for r in others], "the episodes differ"
    questions = sum(record["steps"] for record in records)
    print(f"{len(records)} episodes, {questions} questions of {MILLISECONDS:g} ms: {near:.1f} s in the worker, {far:.1f} s over the "
          f"socket, {1000 * (far - near) / questions:.2f} ms a question and {100 * (far - near) / far:.1f} % of the run")


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parent))
    with tempfile.TemporaryDirectory() as folder:
        main(folder)
