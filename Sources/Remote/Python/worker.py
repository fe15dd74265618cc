"""The process that holds a user's Python policy for Trestle's bench.

The program starts it with a socket as standard input and talks to it in messages: two unsigned 32-bit
numbers (big-endian), that many bytes of JSON and that many bytes of binary data. Pictures come as raw
bytes, actions go back as float64. Only the standard library is needed; where NumPy is installed,
pictures and vectors are NumPy arrays.

Arguments: the policy as FILE.py:ATTRIBUTE or PACKAGE.MODULE:ATTRIBUTE, and keyword arguments for it as JSON.
"""

import array
import importlib
import importlib.util
import inspect
import json
import os
import select
import socket
import struct
import sys
import threading
import traceback

try:
    import numpy
except ImportError:
    numpy = None

MOST_NUMBERS = 1 << 20  # in one answer: a chunk of actions is far smaller


def take_channel():
    """The socket that standard input is; prints and reads of the user's code can't reach it afterwards."""
    channel = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(os.dup(2), "w", buffering=1, errors="replace")
    return channel


def leave_when_orphaned(channel):
    """Ends this process when the program is gone, even while the user's code computes."""

    def watch():
        poll = select.poll()
        poll.register(channel.fileno(), getattr(select, "POLLRDHUP", select.POLLHUP))
        poll.poll()
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def receive(channel, count):
    data = bytearray(count)
    view = memoryview(data)
    while count:
        got = channel.recv_into(view[-count:], count)
        if not got:
            os._exit(0)
        count -= got
    return data


def read_message(channel):
    text, data = struct.unpack(">II", receive(channel, 8))
    return json.loads(bytes(receive(channel, text))), receive(channel, data)


def write_message(channel, message, data=b""):
    text = json.dumps(message).encode()
    channel.sendall(struct.pack(">II", len(text), len(data)) + text)
    if data:
        channel.sendall(data)


def users_traceback():
    """The traceback of the exception in flight without the frames of this file."""
    kind, error, trace = sys.exc_info()
    while trace is not None and trace.tb_frame.f_code.co_filename == "<trestle worker>":
        trace = trace.tb_next
    return "".join(traceback.format_exception(kind, error, trace)).strip()


# The policy


def load(name, arguments):
    """The object that `name` means: an instance as it is, a class or factory called with the arguments."""
    place, _, attribute = name.rpartition(":")
    if place.endswith(".py"):
        folder = os.path.dirname(os.path.abspath(place))
        sys.path.insert(0, folder)
        module_name = os.path.splitext(os.path.basename(place))[0]
        specification = importlib.util.spec_from_file_location(module_name, place)
        module = importlib.util.module_from_spec(specification)
        sys.modules[module_name] = module
        specification.loader.exec_module(module)
    else:
        sys.path.insert(0, os.getcwd())
        module = importlib.import_module(place)
    found = module
    for part in attribute.split("."):
        found = getattr(found, part)
    if not inspect.isclass(found) and (hasattr(found, "act") or hasattr(found, "act_batch")):
        if arguments:
            raise TypeError(f"{name} is an object already; arguments are for a class or a function")
        return found
    if not callable(found):
        raise TypeError(f"{name} is a {type(found).__name__}; a policy has act(observation)")
    policy = found(**arguments)
    if not (hasattr(policy, "act") or hasattr(policy, "act_batch")):
        raise TypeError(f"{name} gave a {type(policy).__name__}, which has neither act nor act_batch")
    return policy


class Player:
    """Asks the policy, and keeps count of what it is asked for."""

    def __init__(self, policy):
        self.policy = policy
        self.reset = getattr(policy, "reset", None)
        self.act_batch = getattr(policy, "act_batch", None)
        self.reset_takes_slot = self.reset is not None and takes_argument(self.reset)

    @property
    def plays_side_by_side(self):
        """Whether episodes may take turns: one object that forgets by reset() alone remembers one episode."""
        return self.reset is None or self.act_batch is not None

    def answers(self, requests, data):
        observations, answers = [], [None] * len(requests)
        for number, request in enumerate(requests):
            try:
                if request.get("begins") and self.reset is not None:
                    self.reset(request["slot"]) if self.reset_takes_slot else self.reset()
                observations.append((number, observation(request, data)))
            except Exception:
                answers[number] = users_traceback()
        if self.act_batch is None:
            for number, one in observations:
                try:
                    answers[number] = numbers(self.policy.act(one))
                except Exception:
                    answers[number] = users_traceback()
        elif observations:
            try:
                together = list(self.act_batch([one for _, one in observations]))
                if len(together) != len(observations):
                    raise ValueError(
                        f"act_batch answered {len(together)} times to {len(observations)} observations")
                for (number, _), one in zip(observations, together):
                    try:
                        answers[number] = numbers(one)
                    except Exception:
                        answers[number] = users_traceback()
            except Exception:
                trouble = users_traceback()
                for number, _ in observations:
                    answers[number] = trouble
        return answers


def takes_argument(function):
    try:
        inspect.signature(function).bind(0)
        return True
    except (TypeError, ValueError):
        return False


def observation(request, data):
    """What the policy's act is given."""
    result = {"slot": request["slot"], "step": request["step"], "seed": request["seed"]}
    if "instruction" in request:
        result["instruction"] = request["instruction"]
    if "images" in request:
        result["images"] = {
            image["name"]: picture(data, image["offset"], image["height"], image["width"])
            for image in request["images"]
        }
        if request["images"]:
            result["image"] = result["images"][request["images"][0]["name"]]
    for name, values in request.get("vectors", {}).items():
        result[name] = values if numpy is None else numpy.array(values, dtype=numpy.float32)
    return result


def picture(data, offset, height, width):
    """uint8 [height, width, 3], RGB from the top left."""
    part = memoryview(data)[offset : offset + height * width * 3]
    if numpy is None:
        return part.cast("B", (height, width, 3))
    return numpy.frombuffer(part, dtype=numpy.uint8).reshape(height, width, 3)


def numbers(answer):
    """The answer's shape and its float64 bytes; raises where it is no array of numbers."""
    if isinstance(answer, dict):
        for key in ("actions", "action"):
            if key in answer:
                answer = answer[key]
                break
        else:
            raise TypeError(f"the answer has neither 'actions' nor 'action', only {sorted(answer)}")
    if answer is None:
        raise TypeError("the policy answered None; an answer is an action or a chunk of actions")
    if hasattr(answer, "detach"):
        answer = answer.detach().cpu().float().numpy()
    if numpy is not None:
        values = numpy.array(answer, dtype="<f8", order="C")
        if values.size > MOST_NUMBERS:
            raise ValueError(f"the answer holds {values.size} numbers, more than {MOST_NUMBERS}")
        return list(values.shape), values.tobytes()
    if hasattr(answer, "tolist"):
        answer = answer.tolist()
    shape, flat = flattened(answer)
    packed = array.array("d", flat)
    if sys.byteorder == "big":
        packed.byteswap()
    return shape, packed.tobytes()


def flattened(answer):
    if not isinstance(answer, (list, tuple)):
        return [], [float(answer)]
    shapes, flat = [], []
    for part in answer:
        shape, values = flattened(part)
        shapes.append(shape)
        flat += values
        if len(flat) > MOST_NUMBERS:
            raise ValueError(f"the answer holds more than {MOST_NUMBERS} numbers")
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError("the actions of the answer have different lengths")
    return [len(answer)] + (shapes[0] if shapes else []), flat


# The conversation


def greeting(player):
    policy = player.policy
    needs = getattr(policy, "needs", None)
    return {
        "ready": True,
        "name": type(policy).__name__,
        "needs": None if needs is None else list(needs),
        "side_by_side": player.plays_side_by_side,
        "has_reset": player.reset is not None,
        "python": sys.version.split()[0],
        "numpy": None if numpy is None else numpy.__version__,
    }


def main():
    name, arguments = sys.argv[1], json.loads(sys.argv[2])
    sys.argv = [name]
    channel = take_channel()
    leave_when_orphaned(channel)
    try:
        player = Player(load(name, arguments))
        hello = json.dumps(greeting(player))
    except BaseException:
        write_message(channel, {"ready": False, "error": users_traceback()})
        return
    write_message(channel, json.loads(hello))
    while True:
        message, data = read_message(channel)
        answers = player.answers(message["requests"], data)
        write_message(
            channel,
            {
                "answers": [
                    {"error": answer} if isinstance(answer, str) else {"shape": answer[0]}
                    for answer in answers
                ]
            },
            b"".join(answer[1] for answer in answers if not isinstance(answer, str)),
        )


main()
