"""The C interface (``Sources/CTrestle/include/trestle.h``) by ctypes."""

import ctypes
import functools
import os
import pathlib

import numpy as np

from trestle import errors, places

#: The version of the interface that this package speaks.
INTERFACE = 1

#: ``trestle_outcome``: what came of a control step.
OUTCOME = np.dtype(
    [
        ("reward", np.float64),
        ("progress", np.float64),
        ("steps", np.int32),
        ("terminated", np.bool_),
        ("truncated", np.bool_),
        ("reserved", np.uint8, 2),
    ]
)

_ERRORS = {
    1: errors.ArgumentError,
    2: errors.FileError,
    3: errors.RendererError,
    4: errors.NotReadyError,
}
_TOO_SMALL = 5

_handle, _text, _count = ctypes.c_uint64, ctypes.c_char_p, ctypes.c_int64
_array, _new = ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint64)
_told = [ctypes.c_char_p, ctypes.c_int64, ctypes.POINTER(ctypes.c_int64)]
_SIGNATURES = {
    "last_error": _told,
    "open": [_text, ctypes.c_int32, _new],
    "catalog": [_handle, *_told],
    "make": [_handle, _text, ctypes.c_int32, _new],
    "reset": [_handle, ctypes.c_int32, _text],
    "episode": [_handle, ctypes.c_int32, *_told],
    "record": [_handle, ctypes.c_int32, *_told],
    "step": [_handle, _array, _array, _count, _array, _count],
    "render": [_handle, _array, _text, _array, _count],
    "state": [_handle, _array, _array, _count],
    "expert": [_handle, _array, _array, _count],
    "close": [_handle],
}


@functools.cache
def library():
    """The loaded library.

    Raises:
        LibraryError: where it is missing, lacks a library of the system, or is of another version.
    """
    path = _path()
    try:
        loaded = ctypes.CDLL(str(path))
    except OSError as error:
        raise errors.LibraryError(
            f"{path} cannot be loaded: {error}. Where libEGL or libOpenGL is missing, install the Debian packages "
            "libegl1, libopengl0 and libgl1-mesa-dri (software OpenGL, no GPU or display needed)."
        ) from error
    found = loaded.trestle_interface_version()
    if found != INTERFACE:
        raise errors.LibraryError(
            f"{path} speaks version {found} of the interface, this package version {INTERFACE}; install both of one build"
        )
    for name, arguments in _SIGNATURES.items():
        function = getattr(loaded, f"trestle_{name}")
        function.argtypes = arguments
        function.restype = ctypes.c_int32
    return loaded


def _path() -> pathlib.Path:
    named = os.environ.get("TRESTLE_LIBRARY")
    candidates = [pathlib.Path(named)] if named else places.libraries()
    for candidate in candidates:
        if candidate.exists():
            return candidate
    raise errors.LibraryError(
        "no libtrestle.so at " + ", ".join(map(str, candidates)) + "; install the wheel that `make wheel` makes, or run "
        "`swift build --product trestle`, or name one by TRESTLE_LIBRARY"
    )


def call(name, *arguments):
    """Calls ``trestle_<name>``.

    Raises:
        TrestleError: of the kind that the status tells, with the library's sentence.
    """
    status = getattr(library(), f"trestle_{name}")(*arguments)
    if status:
        raise _ERRORS.get(status, errors.TrestleError)(text("last_error"))


def text(name, *arguments) -> str:
    """The text that ``trestle_<name>`` writes."""
    function = getattr(library(), f"trestle_{name}")
    length = ctypes.c_int64(1 << 12)
    while True:
        capacity = length.value + 1
        buffer = ctypes.create_string_buffer(capacity)
        status = function(*arguments, buffer, capacity, ctypes.byref(length))
        if status == 0:
            return buffer.value.decode()
        if status != _TOO_SMALL or length.value < capacity:
            message = text("last_error") if name != "last_error" else f"status {status}"
            raise _ERRORS.get(status, errors.TrestleError)(message)


def opened(name, *arguments) -> int:
    """The handle that ``trestle_<name>`` makes."""
    handle = ctypes.c_uint64()
    call(name, *arguments, ctypes.byref(handle))
    return handle.value


def pointer(array):
    """Where an array's numbers lie, for as long as it lives; null for None."""
    return None if array is None else array.ctypes.data
