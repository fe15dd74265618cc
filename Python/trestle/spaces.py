"""What Gymnasium is told of a set-up: spaces of observations and actions."""

import numpy as np
from gymnasium import spaces

from trestle.errors import ArgumentError
from trestle.simulator import Setup

#: The parts of an observation, by the names that LeRobot and others use.
PARTS = ("pixels", "agent_pos", "task")

#: Instructions are printable text, Latin letters with marks included.
_LETTERS = "".join(chr(code) for code in range(0x20, 0x250) if chr(code).isprintable())


def checked_parts(parts) -> tuple[str, ...]:
    """The parts that an environment is asked to show."""
    unknown = set(parts) - set(PARTS)
    if unknown or not parts:
        raise ArgumentError(f"an observation has {', '.join(PARTS)}; {tuple(parts)} was asked for")
    return tuple(part for part in PARTS if part in parts)


def checked_cameras(setup: Setup, names) -> dict:
    """The cameras of these names, all of the set-up for None."""
    known = {camera.name: camera for camera in setup.cameras}
    if names is None:
        return known
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise ArgumentError(f"set-up {setup.name!r} has the cameras {', '.join(known)}; {tuple(names)} was asked for")
    return {name: known[name] for name in names}


def observation_space(setup: Setup, parts, cameras) -> spaces.Dict:
    """``pixels`` is an image where there is one camera, else a dictionary by camera name."""
    images = {
        name: spaces.Box(0, 255, (camera.height, camera.width, 3), np.uint8) for name, camera in cameras.items()
    }
    all_parts = {
        "pixels": only(images) if len(images) == 1 else spaces.Dict(images),
        "agent_pos": spaces.Box(-np.inf, np.inf, (len(setup.state),), np.float64),
        "task": spaces.Text(max_length=1024, min_length=0, charset=_LETTERS),
    }
    return spaces.Dict({part: all_parts[part] for part in parts})


def action_space(setup: Setup) -> spaces.Box:
    """What the arm carries out in a control step; longer motions are shortened by the arm, not refused."""
    return spaces.Box(np.array(setup.low, np.float32), np.array(setup.high, np.float32), dtype=np.float32)


def only(one):
    """The value of a dictionary that has one."""
    (value,) = one.values()
    return value
