"""The simulator without Gymnasium: suites, set-ups, and batches of episodes that are stepped and drawn together."""

import dataclasses
import functools
import json
import os

import numpy as np

from trestle import _library, places
from trestle.errors import ArgumentError


@dataclasses.dataclass(frozen=True)
class Camera:
    """A camera of a set-up and the size of its image in pixels."""

    name: str
    height: int
    width: int


@dataclasses.dataclass(frozen=True)
class Setup:
    """A robot at its place: what it shows and what it takes."""

    name: str
    about: str
    #: The primary one first.
    cameras: tuple[Camera, ...]
    #: What each number of the state is.
    state: tuple[str, ...]
    #: What each number of an action is.
    action: tuple[str, ...]
    #: The least and the greatest of each number that the arm carries out [m, rad].
    low: tuple[float, ...]
    high: tuple[float, ...]
    #: Control steps in a second [Hz].
    control_rate: float


@dataclasses.dataclass(frozen=True)
class Task:
    """A task of a suite."""

    name: str
    setup: str
    step_limit: int


@dataclasses.dataclass(frozen=True)
class Suite:
    """A suite, its tasks by name in the table's order."""

    name: str
    title: str
    has_clean_twins: bool
    tasks: dict[str, Task]


class Simulator:
    """The tabletop of a root folder; its batches share what draws.

    Args:
        root: the folder with ``Scenes/`` and ``Benchmarks/``; None for the one that came with this package.
        contexts: how many pictures are drawn at a time; 0 for one a core, up to four.

    Raises:
        FileError: with file, line and mend of every mistake.
    """

    def __init__(self, root=None, contexts: int = 0):
        root = os.fspath(places.root() if root is None else root)
        self._process = os.getpid()
        self._handle = _library.opened("open", root.encode(), contexts)
        catalog = json.loads(_library.text("catalog", self._handle))
        self.suites = {one["name"]: _suite(one) for one in catalog["suites"]}
        self.setups = {name: _setup(name, one) for name, one in catalog["setups"].items()}

    def suite(self, name: str) -> Suite:
        """The suite of this name."""
        if name not in self.suites:
            raise ArgumentError(f"no suite is called {name!r}; there are {', '.join(self.suites)}")
        return self.suites[name]

    def batch(self, setup: str, slots: int) -> "Batch":
        """Slots for episodes of one set-up."""
        return Batch(self, setup, slots)

    def __del__(self):
        _close(self)


class Batch:
    """Slots in which episodes of one set-up run side by side.

    Arrays have a first axis over the slots; a ``which`` argument is a boolean a slot, None for all, and rows of slots that
    it leaves out are not written.
    """

    def __init__(self, simulator: Simulator, setup: str, slots: int):
        self._process = os.getpid()
        self._handle = _library.opened("make", simulator._handle, setup.encode(), slots)
        self._simulator = simulator
        self.slots = slots
        self.setup = simulator.setups[setup]
        self._cameras = {camera.name: camera for camera in self.setup.cameras}

    def reset(self, slot: int, episode: str) -> dict:
        """Starts an episode by its name, such as ``semantic/lift-white-tape#3@0``, and tells its facts.

        Returns:
            name, instruction, step_limit, content (what pairs it with the same episode of any run) and more.
        """
        _library.call("reset", self._handle, slot, episode.encode())
        return json.loads(_library.text("episode", self._handle, slot))

    def step(self, actions, which=None) -> np.ndarray:
        """Makes one control step; in no slot where an action is not finite or an episode is over.

        Args:
            actions: ``[slots, 7]``: displacement [m] and roll, pitch, yaw [rad] in the base frame, gripper.

        Returns:
            A structured array: reward, progress, steps, terminated, truncated.
        """
        actions = np.ascontiguousarray(actions, dtype=np.float64)
        outcomes = np.zeros(self.slots, dtype=_library.OUTCOME)
        which = self._mask(which)
        _library.call(
            "step", self._handle, _library.pointer(which), _library.pointer(actions), actions.size,
            _library.pointer(outcomes), outcomes.size,
        )  # fmt: skip
        return outcomes

    def render(self, camera: str = "primary", which=None, out=None) -> np.ndarray:
        """Draws what a camera sees: ``[slots, height, width, 3]`` 8-bit RGB, into ``out`` where it is given."""
        if out is None:
            known = self._cameras.get(camera)
            if known is None:
                raise ArgumentError(f"no camera {camera!r} here; there are {', '.join(self._cameras)}")
            out = np.zeros((self.slots, known.height, known.width, 3), dtype=np.uint8)
        which = self._mask(which)
        _library.call(
            "render", self._handle, _library.pointer(which), camera.encode(), _library.pointer(_plain(out, np.uint8)), out.size
        )
        return out

    def state(self, which=None, out=None) -> np.ndarray:
        """The robot's state: ``[slots, len(setup.state)]``, metres and radians, into ``out`` where it is given."""
        if out is None:
            out = np.zeros((self.slots, len(self.setup.state)))
        which = self._mask(which)
        _library.call(
            "state", self._handle, _library.pointer(which), _library.pointer(_plain(out, np.float64)), out.size
        )
        return out

    def expert(self, which=None) -> np.ndarray:
        """What the scripted expert, which reads the world, would do: ``[slots, 7]``."""
        actions = np.zeros((self.slots, len(self.setup.action)))
        which = self._mask(which)
        _library.call("expert", self._handle, _library.pointer(which), _library.pointer(actions), actions.size)
        return actions

    def record(self, slot: int) -> dict:
        """The episode of a slot as a line of ``episodes.jsonl``, once it is over."""
        return json.loads(_library.text("record", self._handle, slot))

    def close(self):
        """Lets the slots go; what is called after this raises ``ArgumentError``."""
        _close(self)

    def __del__(self):
        _close(self)

    def _mask(self, which):
        if which is None:
            return None
        which = np.ascontiguousarray(which, dtype=np.uint8)
        if which.shape != (self.slots,):
            raise ArgumentError(f"which has shape {which.shape}; it is one boolean for each of {self.slots} slots")
        return which


@functools.cache
def shared() -> Simulator:
    """The simulator that all environments of this process share."""
    return Simulator()


# Threads that draw are the parent's alone, so that a child opens a simulator of its own.
os.register_at_fork(after_in_child=shared.cache_clear)


def _plain(array, kind):
    if array.dtype != kind or not array.flags.c_contiguous or not array.flags.writeable:
        raise ArgumentError(f"out must be a writeable, contiguous array of {np.dtype(kind)}")
    return array


def _close(owner):
    # A forked child leaves what it inherited alone: its threads live in the parent.
    handle = owner.__dict__.pop("_handle", None)
    if handle is not None:
        owner._handle = 0
        if handle and owner._process == os.getpid():
            _library.call("close", handle)


def _suite(one) -> Suite:
    tasks = {task["name"]: Task(task["name"], task["setup"], task["stepLimit"]) for task in one["tasks"]}
    return Suite(one["name"], one["title"], one["hasCleanTwins"], tasks)


def _setup(name, one) -> Setup:
    return Setup(
        name=name,
        about=one["about"],
        cameras=tuple(Camera(each["name"], each["height"], each["width"]) for each in one["cameras"]),
        state=tuple(one["state"]),
        action=tuple(one["action"]),
        low=tuple(one["low"]),
        high=tuple(one["high"]),
        control_rate=one["controlRate"],
    )
