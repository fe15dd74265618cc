"""Uses what `make wheel` and `make dist` made as a stranger does: check_packages.py WHEEL FOLDER [PIP-OPTION…]

Installs the wheel into a fresh environment, draws an episode with it, and runs `bench` to a table without torch (which must be
refused with a sentence), then with it; moves the folder elsewhere and, for root, hides this checkout and the Swift toolchain
from it. Prints how long installing and the first table took; download is part of it, unless PIP-OPTIONs such as
`--no-index --find-links DIR` say where everything lies already.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
#: The least that shows a policy that sees, a ceiling and a table.
TABLE = ["--suite", "semantic", "--episodes", "1", "--policy", "openvla", "--policy", "expert", "--quiet"]
DRAW = """
import gymnasium, trestle
env = gymnasium.make("trestle/semantic-lift-white-tape-v0")
observation, info = env.reset(seed=0)
assert observation["pixels"].std() > 10, "an empty picture"
print(trestle.__file__, info["content"])
"""


def run(*command, expected=0, **options):
    begun = time.perf_counter()
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    assert done.returncode == expected, f"{command}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr, time.perf_counter() - begun


def stranger():
    """The environment of someone who has never seen this checkout."""
    return {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8"}


def check_wheel(wheel, options, place):
    venv.create(place / "venv", with_pip=True)
    binaries = place / "venv/bin"
    pip = [binaries / "pip", "install", "--quiet", "--disable-pip-version-check", *options]
    settings = {"cwd": place, "env": stranger()}
    _, small = run(*pip, wheel, **settings)
    text, drawn = run(binaries / "python", "-c", DRAW, **settings)
    assert str(place) in text, text
    text, _ = run(binaries / "bench", *TABLE, expected=5, **settings)
    assert "torch==" in text and "Traceback" not in text, text
    _, large = run(*pip, f"{wheel}[bench]", **settings)
    text, table = run(binaries / "bench", *TABLE, **settings)
    assert "openvla" in text and "expert" in text, text
    print(f"wheel: installed in {small:.1f} s, first episode drawn in {drawn:.1f} s; torch in {large:.1f} s, table in {table:.1f} s")


def check_folder(folder, place):
    moved = place / "elsewhere"
    shutil.copytree(folder, moved, symlinks=True)
    command = [moved / "bin/bench", *TABLE]
    hidden = "where it is"
    if os.geteuid() == 0:
        toolchain = pathlib.Path(shutil.which("swift") or "/usr/bin/swift").resolve().parent.parent / "lib/swift"
        (place / "nothing").mkdir()
        mounts = [f"mount --bind {place / 'nothing'} {path}" for path in (ROOT, toolchain) if path.exists()]
        command = ["unshare", "--mount", "sh", "-c", " && ".join([*mounts, " ".join(map(str, command))])]
        hidden = "with this checkout and Swift hidden"
    text, table = run(*command, cwd=place, env=stranger())
    assert "openvla" in text and "expert" in text, text
    print(f"folder: moved, {hidden}, table in {table:.1f} s")


if __name__ == "__main__":
    wheel, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    with tempfile.TemporaryDirectory(dir="/var/tmp") as place:
        check_wheel(wheel, sys.argv[3:], pathlib.Path(place))
        check_folder(folder, pathlib.Path(place))
