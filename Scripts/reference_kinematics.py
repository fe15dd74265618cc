#!/usr/bin/env python3
"""Gripper poses of every robot of Scenes/robots, computed by MuJoCo on the joint geometry that the files give.

    python3 -m venv .venv && .venv/bin/pip install mujoco numpy pyyaml
    .venv/bin/python Scripts/reference_kinematics.py > Tests/EnvironmentsTests/Fixtures/kinematics.json

Each file's chain becomes an MJCF of bodies and hinges and nothing else; MuJoCo's forward kinematics then places the
gripper frame for postures drawn within the joints' limits. The test `KinematicsTests` holds our own against them.
"""

import json
import math
import pathlib

import mujoco
import numpy as np
import yaml

POSTURES = 20
AXES = {"x": (1, 0, 0), "y": (0, 1, 0), "z": (0, 0, 1)}


def quaternion(turn):
    """(w, x, y, z) of roll, pitch and yaw about fixed axes, in degrees."""
    total = np.array([1.0, 0, 0, 0])
    for axis, angle in zip("xyz", turn):
        half = math.radians(angle) / 2
        step = np.array([math.cos(half), *(math.sin(half) * np.array(AXES[axis]))])
        product = np.zeros(4)
        mujoco.mju_mulQuat(product, step, total)
        total = product
    return total


def text(numbers):
    return " ".join(repr(float(number)) for number in numbers)


def frame(entry):
    return f'pos="{text(entry.get("at", (0, 0, 0)))}" quat="{text(quaternion(entry.get("turn", (0, 0, 0))))}"'


def mjcf(arm):
    opening, closing = "", ""
    for joint in arm["joints"]:
        axis = joint.get("axis", "z")
        axis = AXES[axis] if isinstance(axis, str) else axis
        opening += (
            f'<body {frame(joint)}><inertial pos="0 0 0" mass="1" diaginertia="1 1 1"/>'
            f'<joint name="{joint["name"]}" axis="{text(axis)}"/>'
        )
        closing += "</body>"
    site = f'<site name="gripper" {frame(arm["gripper"])}/>'
    return f'<mujoco><compiler angle="radian"/><worldbody>{opening}{site}{closing}</worldbody></mujoco>'


def poses(arm, generator):
    model = mujoco.MjModel.from_xml_string(mjcf(arm))
    data = mujoco.MjData(model)
    for _ in range(POSTURES):
        angles = [generator.uniform(*joint["limits"]) for joint in arm["joints"]]
        data.qpos[:] = angles
        mujoco.mj_kinematics(model, data)
        site = data.site("gripper")
        rotation = np.zeros(4)
        mujoco.mju_mat2Quat(rotation, site.xmat)
        yield {
            "jointAngles": angles,
            "position": site.xpos.round(12).tolist(),
            "rotation": (rotation * (1 if rotation[0] >= 0 else -1)).round(12).tolist(),
        }


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    robots = {}
    for path in sorted((root / "Scenes/robots").glob("*.yaml")):
        arm = yaml.safe_load(path.read_text())["arm"]
        robots[path.stem] = list(poses(arm, np.random.default_rng(20)))
    print(json.dumps({"mujoco": mujoco.__version__, "robots": robots}, indent=1))


if __name__ == "__main__":
    main()
