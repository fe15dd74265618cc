"""Asks `bench serve` by the published clients: clients.py BENCH"""

import asyncio
import json
import signal
import subprocess
import sys
import urllib.request

import json_numpy
import numpy as np
from openpi_client.websocket_client_policy import WebsocketClientPolicy
from vla_eval.connection import Connection

IMAGE = np.random.default_rng(0).integers(0, 255, (224, 224, 3), dtype=np.uint8)


class Served:
    """A server of bench's for as long as a `with` lasts; it must end well when told to."""

    def __init__(self, *options):
        self.options = options

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.argv[1], "serve", "--policy", "random", "--port", "0", *self.options],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(line.split("ws://127.0.0.1:")[1].split()[0])
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0, "bench serve did not end well"


def openpi(port):
    policy = WebsocketClientPolicy("127.0.0.1", port)
    assert policy.get_server_metadata()["server"] == "trestle"
    for _ in range(50):
        reply = policy.infer({
            "observation/image": IMAGE, "observation/wrist_image": IMAGE,
            "observation/state": np.zeros(8, np.float32), "prompt": "lift the can"})
        assert reply["actions"].shape == (1, 7) and np.isfinite(reply["actions"]).all()


def act(port):
    question = json_numpy.dumps({"image": IMAGE, "instruction": "lift the can"})
    for body in (question, json.dumps({"encoded": question})):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/act", body.encode(), {"Content-Type": "application/json"})
        reply = json_numpy.loads(urllib.request.urlopen(request).read())
        if isinstance(reply, str):
            reply = json_numpy.loads(reply)
        assert reply.shape == (7,), reply
    assert json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/health")) == {"status": "ok"}


async def vla_eval(port):
    async with Connection(f"ws://127.0.0.1:{port}") as connection:
        await connection.start_episode({"task": {"name": "lift the can"}})
        for _ in range(20):
            action = await connection.act({
                "images": {"agentview": IMAGE}, "task_description": "lift the can",
                "states": np.zeros(8, np.float32)})
            assert action["actions"].shape[-1] == 7
        await connection.end_episode({"success": False})


with Served() as server:
    openpi(server.port)
    print("openpi-client: answered by bench serve")
    act(server.port)
    print("json-numpy over HTTP: answered by bench serve")
with Served("--speak", "vla-eval") as server:
    asyncio.run(vla_eval(server.port))
    print("vla-eval's client: answered by bench serve")
