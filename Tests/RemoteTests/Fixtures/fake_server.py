"""Servers for the tests, of the standard library alone: they answer recorded bytes, or misbehave as asked.

Usage: fake_server.py KIND; prints the port it listens on. KIND is one of the names at the end.
"""

import base64
import hashlib
import json
import os
import socket
import struct
import sys
import threading
import time

# {"actions": float32 [2, 7] of 0.5, 0, 0, 0, 0, 0, -1 twice}, as openpi-client 0.1.2 packs it.
ROW = struct.pack("<7f", 0.5, 0, 0, 0, 0, 0, -1)
CHUNK = (
    bytes.fromhex("81a7616374696f6e7384c40b5f5f6e6461727261795f5fc3c40464617461c438")
    + ROW * 2
    + bytes.fromhex("c4056474797065a33c6634c4057368617065920207")
)


def frame(opcode, payload, final=True):
    head = bytes([opcode | (0x80 if final else 0)])
    if len(payload) < 126:
        head += bytes([len(payload)])
    elif len(payload) < 65536:
        head += bytes([126]) + struct.pack(">H", len(payload))
    else:
        head += bytes([127]) + struct.pack(">Q", len(payload))
    return head + payload


def exactly(stream, count):
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def message(stream):
    first, second = exactly(stream, 2)
    size = second & 0x7F
    if size == 126:
        size = struct.unpack(">H", exactly(stream, 2))[0]
    elif size == 127:
        size = struct.unpack(">Q", exactly(stream, 8))[0]
    assert second & 0x80, "a client masks its frames"
    mask = exactly(stream, 4)
    data = exactly(stream, size)
    pad = (mask * (size // 4 + 1))[:size]
    return first & 0x0F, (int.from_bytes(data, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")


def head(stream):
    first = stream.readline().decode()
    fields = {}
    while True:
        line = stream.readline().decode().strip()
        if not line:
            return first, fields
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip()


def upgrade(connection, stream):
    _, fields = head(stream)
    key = fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
    connection.sendall(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())


def openpi(misbehave):
    def serve(connection, stream, count=[0]):
        upgrade(connection, stream)
        connection.sendall(frame(2, b"\x80"))
        while True:
            opcode, question = message(stream)
            if opcode == 8:
                return
            count[0] += 1
            misbehave(connection, question, count[0])

    return serve


def well(connection, question, number):
    assert b"observation/image" in question and b"__ndarray__" in question
    connection.sendall(frame(9, b"still there?") + frame(2, CHUNK[:20], False) + frame(0, CHUNK[20:]))


def traceback(connection, question, number):
    connection.sendall(frame(1, b"Traceback: out of memory") + frame(8, struct.pack(">H", 1011)))


def dies_once(connection, question, number):
    if number == 2:
        connection.shutdown(socket.SHUT_RDWR)
        raise EOFError
    connection.sendall(frame(2, CHUNK))


def huge(connection, question, number):
    connection.sendall(bytes([0x82, 127]) + struct.pack(">Q", 1 << 30))


def noise(connection, question, number):
    connection.sendall(frame(2, os.urandom(64)))


def not_finite(connection, question, number):
    bad = struct.pack("<7f", 0, float("nan"), 0, 0, 0, 0, 0)
    connection.sendall(frame(2, CHUNK.replace(ROW * 2, ROW + bad)))


def late(connection, question, number):
    if number == 1:
        time.sleep(1.5)
    connection.sendall(frame(2, CHUNK))


def http(reply):
    def serve(connection, stream):
        while True:
            first, fields = head(stream)
            if not first:
                return
            body = exactly(stream, int(fields.get("content-length", 0)))
            method, path = first.split()[:2]
            status, answer = reply(method, path, body)
            data = json.dumps(answer).encode()
            connection.sendall(
                f"HTTP/1.1 {status} X\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)

    return serve


ACTION = {"__numpy__": base64.b64encode(struct.pack("<7d", 0.5, 0, 0, 0, 0, 0, 1)).decode(),
          "dtype": "<f8", "shape": [7]}


def act(method, path, body):
    if (method, path) != ("POST", "/act"):
        return 404, {"detail": "Not Found"}
    question = json.loads(body)
    twice = "encoded" in question
    if twice:
        assert list(question) == ["encoded"]
        question = json.loads(question["encoded"])
    assert question["image"]["dtype"] == "|u1" and len(question["image"]["shape"]) == 3
    assert isinstance(question["instruction"], str)
    return 200, json.dumps(ACTION) if twice else ACTION


def act_error(method, path, body):
    return (200, "error") if method == "POST" else (404, {})


def act_chunk(method, path, body):
    assert method != "POST" or "full_image" in json.loads(body)
    return (200, [ACTION] * 8) if method == "POST" else (404, {})


def robo_evals(method, path, body):
    if path == "/info":
        return 200, {"protocol": "robo-evals/1", "name": "fake"}
    question = json.loads(body)
    if path == "/reset":
        assert {"task", "seed", "instruction"} <= set(question)
        return 200, {}
    assert question["observation"]["image"]["dtype"] == "uint8"
    return 200, {"action": [0.5, 0, 0, 0, 0, 0, 1]}


KINDS = {
    "well": openpi(well), "traceback": openpi(traceback), "dies-once": openpi(dies_once),
    "huge": openpi(huge), "noise": openpi(noise), "not-finite": openpi(not_finite),
    "late": openpi(late), "act": http(act), "act-error": http(act_error),
    "act-chunk": http(act_chunk), "robo-evals": http(robo_evals),
}


def handle(serve, connection):
    stream = connection.makefile("rb")
    try:
        serve(connection, stream)
    except (EOFError, OSError):
        pass
    finally:
        connection.close()


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def leave_with_parent():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=leave_with_parent, daemon=True).start()
while True:
    one, _ = listener.accept()
    threading.Thread(target=handle, args=(KINDS[sys.argv[1]], one), daemon=True).start()
