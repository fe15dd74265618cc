"""Policy servers out of the published packages, one for each dialect: servers.py KIND PORT.

Each answers the same small motion; what is tested is that the published package reads what bench asks and bench reads
what the package writes.
"""

import sys

import numpy as np

ACTION = np.array([0.005, 0.0, -0.002, 0.0, 0.0, 0.1, -1.0])


def check_image(image):
    assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3, image.shape
    assert image.std() > 1, "the picture is of one color"


def openpi(port):
    from openpi_client import msgpack_numpy
    import websockets.sync.server

    def handler(socket):
        socket.send(msgpack_numpy.packb({"policy": "peer"}))
        for message in socket:
            observation = msgpack_numpy.unpackb(message)
            check_image(observation["observation/image"])
            assert observation["observation/state"].shape == (8,)
            assert isinstance(observation["prompt"], str)
            chunk = np.tile(ACTION.astype(np.float32), (10, 1))
            socket.send(msgpack_numpy.packb({"actions": chunk, "server_timing": {"infer_ms": 1.0}}))

    websockets.sync.server.serve(
        handler, "127.0.0.1", port, compression=None, max_size=None).serve_forever()


def openvla(port):
    import json_numpy
    json_numpy.patch()
    import json
    import fastapi
    import fastapi.responses
    import uvicorn

    app = fastapi.FastAPI()

    @app.post("/act")
    def act(payload: dict):
        if double_encode := "encoded" in payload:
            payload = json.loads(payload["encoded"])
        image = json.loads(json.dumps(payload["image"])) if isinstance(payload["image"], dict) else payload["image"]
        check_image(image)
        assert isinstance(payload["instruction"], str)
        if double_encode:
            return fastapi.responses.JSONResponse(json_numpy.dumps(ACTION))
        return fastapi.responses.JSONResponse(json.loads(json_numpy.dumps(ACTION), object_hook=lambda x: x))

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


def vla_eval(port):
    from vla_eval.model_servers.predict import PredictModelServer
    from vla_eval.model_servers.serve import serve

    class Server(PredictModelServer):
        def predict(self, observation, context):
            check_image(observation["images"]["agentview"])
            assert observation["task_description"]
            return {"actions": ACTION}

        def get_action_spec(self):
            return {}

        def get_observation_spec(self):
            return {}

    serve(Server(), host="127.0.0.1", port=port)


def gr00t(port):
    import msgpack
    import msgpack_numpy
    import zmq

    socket = zmq.Context().socket(zmq.REP)
    socket.bind(f"tcp://127.0.0.1:{port}")
    while True:
        request = msgpack.unpackb(socket.recv(), object_hook=msgpack_numpy.decode)
        if request["endpoint"] == "get_action":
            observation = request["data"]["observation"]
            check_image(observation["video.image"][0])
            assert observation["state.x"].shape == (1, 1)
            assert isinstance(observation["annotation.human.action.task_description"][0], str)
            names = ["x", "y", "z", "roll", "pitch", "yaw", "gripper"]
            reply = ({f"action.{n}": np.full((16,), v) for n, v in zip(names, ACTION.clip(0))}, {})
        else:
            reply = {"status": "ok"}
        socket.send(msgpack.packb(reply, default=msgpack_numpy.encode))


def robo_evals(port):
    from robo_evals.remote import make_http_server

    class Policy:
        def reset(self, task, seed):
            pass

        def __call__(self, observation):
            check_image(observation["image"])
            return ACTION.clip(0)

    make_http_server(Policy(), port=port).serve_forever()


{"openpi": openpi, "openvla": openvla, "openvla-twice": openvla, "vla-eval": vla_eval,
 "gr00t": gr00t, "robo-evals": robo_evals}[sys.argv[1]](int(sys.argv[2]))
