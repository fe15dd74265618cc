"""Where the library and the scenes lie: in the installed package, else in the checkout or the folder around it."""

import os
import pathlib

_package = pathlib.Path(__file__).resolve().parent
_checkout = _package.parent.parent


def libraries() -> list[pathlib.Path]:
    """Where the shared library is looked for, in this order."""
    folders = [_package / "data/lib", _checkout / "lib", _checkout / ".build/release", _checkout / ".build/debug"]
    return [folder / "libtrestle.so" for folder in folders]


def root() -> pathlib.Path:
    """The folder that holds ``Scenes/`` and ``Benchmarks/``: ``TRESTLE_ROOT``, the package's own, or the checkout."""
    named = os.environ.get("TRESTLE_ROOT")
    if named:
        return pathlib.Path(named)
    carried = _package / "data"
    return carried if carried.exists() else _checkout
