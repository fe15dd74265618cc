"""Writes episodes that arrive on standard input as a LeRobot or HDF5 dataset; `bench demos` starts it.

A message is a little-endian 32-bit length, a JSON header of that length, and the blobs whose lengths the header's
`blobs` lists. Every message of kind `part_end` and `finish` is answered by one JSON line: `{}`, or
`{"error": …, "mend": …}`.
"""

import json
import os
import struct
import sys
import traceback


def read(stream, count):
    data = stream.read(count)
    if len(data) != count:
        sys.exit(0)  # bench is gone: what was not finished is written again when it resumes
    return data


def messages(stream):
    while True:
        (length,) = struct.unpack("<I", read(stream, 4))
        header = json.loads(read(stream, length))
        yield header, [read(stream, size) for size in header.get("blobs", [])]


def make_writer(order):
    if order["format"] == "hdf5":
        from hdf5 import HDF5Writer as Writer
    elif order["format"] == "lerobot-v2.1":
        from lerobot_v21 import LeRobotV21Writer as Writer
    else:
        from lerobot_v30 import LeRobotV30Writer as Writer
    return Writer(order)


def main():
    # Only answers go to the pipe, whatever a library prints.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(value):
        answers.write(json.dumps(value) + "\n")
        answers.flush()

    try:
        writer = None
        for header, blobs in messages(sys.stdin.buffer):
            kind = header["kind"]
            if kind == "order":
                writer = make_writer(header)
            elif kind == "part":
                writer.begin_part(header)
            elif kind == "episode":
                writer.begin_episode(header)
            elif kind == "frame":
                writer.add_frame(header, blobs)
            elif kind == "episode_end":
                writer.end_episode()
            elif kind == "part_end":
                writer.end_part()
                answer({})
            elif kind == "finish":
                writer.finish(header)
                answer({})
    except ImportError as error:
        answer({"error": str(error), "mend": f"install it with {sys.executable} -m pip install "
                "pyarrow pillow numpy h5py, or name another interpreter with --python"})
    except OSError as error:
        answer({"error": str(error), "mend": "make room or check the folder's permissions, then resume"})
    except Exception:
        answer({"error": traceback.format_exc(limit=-3).strip(), "mend": "this is a fault of the exporter"})


main()
