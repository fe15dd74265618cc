"""The command `bench` of an installed package: starts the program that the wheel carries.

A module of its own, since `import trestle` opens the simulator, which the program does by itself.
"""

import importlib.metadata
import json
import os
import pathlib
import sys

SITE = pathlib.Path(__file__).resolve().parent
#: The exit status for what is wrong with the machine.
INFRASTRUCTURE = 5


def main():
    data = SITE / "trestle/data"
    program = data / "bin/bench"
    if not program.exists():
        fail(f"{program} is missing; install a wheel that `make wheel` made, or run bench from its checkout")
    built = json.loads((data / "build.json").read_text())["torch"]
    minor = ".".join(built.split(".")[:2])
    mend = f"install 'torch=={minor}.*' into this environment (the CPU build is enough), or Trestle into one that has it"
    if not (SITE / "torch/lib/libtorch_cpu.so").exists():
        fail(f"bench needs libtorch, and there is no torch in {SITE}; {mend}")
    found = importlib.metadata.version("torch")
    if not found.startswith(f"{minor}."):
        fail(f"bench was built for torch {minor} and {SITE} holds torch {found}, whose C++ library does not fit; {mend}")
    os.execv(program, [str(program), *sys.argv[1:]])


def fail(message):
    print(f"bench: {message}", file=sys.stderr)
    sys.exit(INFRASTRUCTURE)
