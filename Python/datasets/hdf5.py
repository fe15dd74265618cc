"""One HDF5 file in robomimic's layout: `data/demo_0` with `actions`, `rewards`, `dones` and `obs`."""

import io
import json
import os
from pathlib import Path

import h5py
import numpy
from PIL import Image


def quaternion(roll, pitch, yaw):
    """(x, y, z, w) of roll, pitch, yaw about the fixed x, y, z axes, as robosuite orders it."""
    (sr, cr), (sp, cp), (sy, cy) = [(numpy.sin(a / 2), numpy.cos(a / 2)) for a in (roll, pitch, yaw)]
    return numpy.stack([
        sr * cp * cy - cr * sp * sy, cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy, cr * cp * cy + sr * sp * sy,
    ], axis=-1)


class HDF5Writer:
    def __init__(self, order):
        self.root = Path(order["folder"])
        self.description = order["description"]

    def part_path(self, index):
        return self.root / ".export" / f"part-{index}.hdf5"

    def begin_part(self, header):
        self.place = header["place"]
        self.episode = self.place["firstEpisode"]
        self.file = h5py.File(f"{self.part_path(self.place['file'])}.partial", "w", track_order=False)

    def begin_episode(self, header):
        self.header = header
        self.states, self.actions = [], []
        self.images = [[] for _ in self.description["cameras"]]

    def add_frame(self, header, blobs):
        self.states.append(header["state"])
        self.actions.append(header["action"])
        for images, blob in zip(self.images, blobs):
            images.append(numpy.asarray(Image.open(io.BytesIO(blob)).convert("RGB")))

    def end_episode(self):
        count = len(self.actions)
        states = numpy.array(self.states)
        demo = self.file.create_group(f"data/demo_{self.episode}")
        demo.attrs["num_samples"] = count
        demo.attrs["instruction"] = self.header["instruction"]
        demo.attrs["episode"] = self.header["id"]
        last = numpy.zeros(count)
        last[-1] = 1
        demo["actions"] = numpy.array(self.actions)
        demo["states"] = states
        demo["rewards"] = last * float(self.header["isSuccess"])
        demo["dones"] = last.astype(numpy.int64)
        columns = {name: states[:, index] for index, name in enumerate(self.description["stateNames"])}
        observation = demo.create_group("obs")
        observation["robot0_eef_pos"] = numpy.stack([columns[name] for name in "xyz"], axis=-1)
        observation["robot0_eef_quat"] = quaternion(columns["roll"], columns["pitch"], columns["yaw"])
        observation["robot0_gripper_qpos"] = columns["gripper"][:, None]
        for camera, images in zip(self.description["cameras"], self.images):
            observation.create_dataset(
                f"{camera['name']}_image", data=numpy.stack(images), compression="gzip", compression_opts=4,
                chunks=(1, camera["height"], camera["width"], 3))
        self.episode += 1

    def end_part(self):
        self.file.close()
        path = self.part_path(self.place["file"])
        os.replace(f"{path}.partial", path)

    def finish(self, header):
        target = self.root / f"{self.description['name']}.hdf5"
        files = sum(1 for part in header["parts"] if part["episodes"])
        with h5py.File(f"{target}.partial", "w") as file:
            data = file.create_group("data")
            for index in range(files):
                with h5py.File(self.part_path(index), "r") as part:
                    for name in part["data"]:
                        part.copy(f"data/{name}", data)
            data.attrs["total"] = sum(episode["length"] for part in header["parts"] for episode in part["episodes"])
            data.attrs["env_args"] = json.dumps({
                "env_name": f"trestle/{self.description['robot']}", "type": 1,
                "env_kwargs": {"control_freq": self.description["rate"]},
            })
        os.replace(f"{target}.partial", target)
