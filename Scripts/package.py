"""Makes what runs without this checkout: package.py wheel|dist BUILD OUT

BUILD holds `bench` and `libtrestle.so` (`.build/release`). `wheel` makes the Python package with both in it, beside which pip
puts torch; `dist` makes a folder and a .tar.gz with libtorch in it. Both carry the scenes, suites and checkpoints and every
library but those that a machine has of its own: the C library, its C++ runtime, X and what belongs to OpenGL drivers.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ["Scenes", "Benchmarks", "Checkpoints", "Adapters", "Recipes", "Examples", "Python/datasets"]
#: Trainings under other seeds are there to be compared, and weigh as much as all others.
LEFT_OUT = ["Performance", "__pycache__", "*-seed[0-9]*"]
FILES = ["Results/baseline.json", "LICENSE"]
#: Of the machine, in the names of shared libraries.
SYSTEM = re.compile(
    r"(linux-vdso|ld-linux.*|libc|libm|libdl|libpthread|librt|libresolv|libutil|libstdc\+\+|libgcc_s"
    r"|libGL|libGLX|libGLdispatch|libOpenGL|libEGL|libX11|libxcb|libXau|libXdmcp)\.so.*"
)
LICENSES = """\
Trestle is under the Apache licence 2.0. The programs also contain Swift packages and Dear ImGui, whose licences lie here
by their names. Below, the shared libraries in lib/ and the licence of each as its distributor states it. They are loaded at
run time and may be replaced by others of the same name and version.

Under the LGPL: libzmq (version 3, with an exception for linking), libpgm (2.1) and libkeyutils (2). libgomp, where it is
carried, is under the GPL 3 with the GCC runtime library exception. lib_FoundationICU contains ICU, under the Unicode licence.

"""
TORCH = re.compile(r"lib(torch|torch_cpu|torch_cuda|c10|c10_cuda|gomp)\.so.*")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def needed(program):
    """The shared libraries that a program loads, by name: where they lie here."""
    found = {}
    for line in output("ldd", str(program)).splitlines():
        if "not found" in line:
            sys.exit(f"package: {program}: {line.strip()}; run Scripts/bootstrap and build anew")
        match = re.match(r"\s*(\S+) => (\S+)", line)
        if match:
            found[match[1]] = pathlib.Path(match[2])
    return found


def bundle(build, into, carries_torch):
    """Programs, libraries, data and licences in a folder that can be moved."""
    (into / "bin").mkdir(parents=True)
    (into / "lib").mkdir()
    shutil.copy2(build / "bench", into / "bin/bench")
    shutil.copy2(build / "libtrestle.so", into / "lib/libtrestle.so")
    libraries = needed(into / "bin/bench") | needed(into / "lib/libtrestle.so")
    carried = {}
    for name, path in sorted(libraries.items()):
        if SYSTEM.fullmatch(name) or (TORCH.fullmatch(name) and not carries_torch):
            continue
        shutil.copy2(path.resolve(), into / "lib" / name)
        carried[name] = path
    # Libraries of a torch that pip installs lie beside the package: data/bin/../../../torch/lib.
    torch = [] if carries_torch else ["$ORIGIN/../../../torch/lib"]
    relocate(into / "bin/bench", ["$ORIGIN/../lib", *torch])
    for library in (into / "lib").iterdir():
        relocate(library, ["$ORIGIN"])
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, into / folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for file in FILES:
        (into / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, into / file)
    write_licenses(into / "licenses", carried)
    return carried


def relocate(file, places):
    """Makes a file look for its libraries in these places and nowhere else."""
    file.chmod(0o755)
    if output("patchelf", "--print-rpath", str(file)).strip() == ":".join(places):
        return
    subprocess.run(["strip", "--strip-debug", file], check=True)
    subprocess.run(["patchelf", "--set-rpath", ":".join(places), file], check=True)


def write_licenses(folder, carried):
    """The licence of every library that is carried, as its distributor states it."""
    folder.mkdir()
    lines = []
    for name, path in carried.items():
        source = license_of(path.resolve())
        if source is None:
            sys.exit(f"package: the licence of {path} is nowhere to be found, so it cannot be passed on")
        package, text = source
        shutil.copy2(text, folder / f"{package}.txt")
        lines.append(f"{name}: {package}.txt\n")
    for text in sorted((ROOT / ".build/checkouts").glob("*/LICENSE*")):
        shutil.copy2(text, folder / f"{text.parent.name}.txt")
    shutil.copy2("/usr/share/doc/libimgui-dev/copyright", folder / "libimgui.txt")
    (folder / "README.txt").write_text(LICENSES + "".join(lines))


def license_of(path):
    for ancestor in path.parents:
        if (ancestor / "share/swift/LICENSE.txt").exists():
            return "swift", ancestor / "share/swift/LICENSE.txt"
        if ancestor.name == "torch":
            texts = sorted(ancestor.parent.glob("torch-*.dist-info/**/LICENSE*"))
            return ("libtorch", texts[0]) if texts else None
    found = subprocess.run(["dpkg", "-S", str(path)], capture_output=True, text=True)
    if found.returncode and str(path).startswith("/usr"):
        # On a merged /usr, packages still list /lib.
        found = subprocess.run(["dpkg", "-S", str(path).removeprefix("/usr")], capture_output=True, text=True)
    if found.returncode:
        return None
    package = found.stdout.split(":")[0]
    text = pathlib.Path(f"/usr/share/doc/{package}/copyright")
    return (package, text) if text.exists() else None


def glibc(folder):
    """The oldest C library that everything in a folder runs with, as (2, minor)."""
    newest = (2, 17)
    for file in [*(folder / "bin").iterdir(), *(folder / "lib").iterdir()]:
        for major, minor in re.findall(r"GLIBC_(\d+)\.(\d+)", output("readelf", "--version-info", "--wide", str(file))):
            newest = max(newest, (int(major), int(minor)))
    return newest


def torch_version():
    place = pathlib.Path(os.environ.get("LIBTORCH", ROOT / ".libtorch/torch"))
    return re.search(r"__version__ = '([\d.]+)", (place / "version.py").read_text())[1]


def make_wheel(build, out):
    """A wheel in which pip finds the program and Python the library."""
    stage = out / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    shutil.copytree(ROOT / "Python/trestle", stage / "trestle", ignore=shutil.ignore_patterns("__pycache__"))
    for file in ["pyproject.toml", "trestle_program.py"]:
        shutil.copy2(ROOT / "Python" / file, stage / file)
    shutil.copy2(ROOT / "Docs/python.md", stage / "README.md")
    data = stage / "trestle/data"
    bundle(build, data, carries_torch=False)
    (data / "build.json").write_text(json.dumps({"torch": torch_version()}) + "\n")
    major, minor = glibc(data)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(out), str(stage)], check=True)
    (plain,) = out.glob("trestle-*-py3-none-any.whl")
    tags = ["--python-tag", "py3", "--abi-tag", "none", "--platform-tag", f"manylinux_{major}_{minor}_x86_64"]
    subprocess.run([sys.executable, "-m", "wheel", "tags", "--remove", *tags, str(plain)], check=True)
    shutil.rmtree(stage)


def make_dist(build, out):
    """A folder that runs from anywhere, and the same as an archive."""
    folder = out / "trestle-linux-x86_64"
    shutil.rmtree(folder, ignore_errors=True)
    bundle(build, folder, carries_torch=True)
    shutil.copytree(ROOT / "Python/trestle", folder / "Python/trestle", ignore=shutil.ignore_patterns("__pycache__"))
    major, minor = glibc(folder)
    (folder / "README.txt").write_text(
        "bin/bench runs from any place on x86-64 Linux with glibc "
        f"{major}.{minor} or newer, a C++ runtime, EGL and OpenGL\n"
        "(Debian: libstdc++6 libegl1 libopengl0 libgl1 libgl1-mesa-dri). Python/ holds the package trestle.\n"
    )
    subprocess.run(["tar", "--create", "--gzip", f"--file={folder}.tar.gz", f"--directory={out}", folder.name], check=True)


if __name__ == "__main__":
    kind, build, out = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3]).resolve()
    out.mkdir(parents=True, exist_ok=True)
    {"wheel": make_wheel, "dist": make_dist}[kind](build, out)
