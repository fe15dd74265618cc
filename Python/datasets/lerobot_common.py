"""What LeRobotDataset v2.1 and v3.0 have in common: features, columns, an episode in memory."""

import json
import os
from pathlib import Path

import numpy
import pyarrow
import pyarrow.parquet

import feature_statistics

CHUNK = 1000  # files in a chunk's folder
INDEX_FEATURES = {
    "timestamp": {"dtype": "float32", "shape": [1], "names": None},
    "frame_index": {"dtype": "int64", "shape": [1], "names": None},
    "episode_index": {"dtype": "int64", "shape": [1], "names": None},
    "index": {"dtype": "int64", "shape": [1], "names": None},
    "task_index": {"dtype": "int64", "shape": [1], "names": None},
}


class LeRobotWriter:
    """Collects one episode at a time; a version says where its columns and pictures go."""

    def __init__(self, order):
        self.root = Path(order["folder"])
        self.description = order["description"]
        self.uses_video = order["video"]
        rate = self.description["rate"]
        self.rate = int(rate) if float(rate).is_integer() else rate
        self.cameras = [f"observation.images.{camera['name']}" for camera in self.description["cameras"]]

    # What a version decides

    def write_episode(self, table, pngs, statistics):
        raise NotImplementedError

    # Messages

    def begin_part(self, header):
        self.place = header["place"]
        self.episode = self.place["firstEpisode"] - 1
        self.frame = self.place["firstFrame"]
        self.results = []

    def begin_episode(self, header):
        self.episode += 1
        self.instruction = header["instruction"]
        self.is_success = header["isSuccess"]
        self.states, self.actions = [], []
        self.pngs = [[] for _ in self.cameras]

    def add_frame(self, header, blobs):
        self.states.append(header["state"])
        self.actions.append(header["action"])
        for pngs, blob in zip(self.pngs, blobs):
            pngs.append(blob)

    def end_episode(self):
        count = len(self.states)
        task = self.place["instructions"].index(self.instruction)
        numbers = {
            "observation.state": numpy.array(self.states, dtype=numpy.float32),
            "action": numpy.array(self.actions, dtype=numpy.float32),
            "next.reward": numpy.array([0.0] * (count - 1) + [float(self.is_success)], dtype=numpy.float32),
            "next.done": numpy.array([False] * (count - 1) + [True]),
            "next.success": numpy.array([False] * (count - 1) + [self.is_success]),
            "timestamp": (numpy.arange(count) / self.rate).astype(numpy.float32),
            "frame_index": numpy.arange(count),
            "episode_index": numpy.full(count, self.episode),
            "index": numpy.arange(self.frame, self.frame + count),
            "task_index": numpy.full(count, task),
        }
        statistics = {
            name: feature_statistics.of_rows(values.reshape(count, -1)) for name, values in numbers.items()
        }
        for camera, pngs in zip(self.cameras, self.pngs):
            statistics[camera] = feature_statistics.of_images(pngs)
        self.write_episode(self.table(numbers), self.pngs, statistics)
        self.frame += count

    # Columns

    def features(self, video_info=None):
        cameras = {}
        for key, camera in zip(self.cameras, self.description["cameras"]):
            cameras[key] = {
                "dtype": "video" if self.uses_video else "image",
                "shape": [camera["height"], camera["width"], 3], "names": ["height", "width", "channels"],
            }
            if video_info:
                cameras[key]["info"] = video_info[key]
        states, actions = self.description["stateNames"], self.description["actionNames"]
        return {
            "observation.state": {"dtype": "float32", "shape": [len(states)], "names": states},
            "action": {"dtype": "float32", "shape": [len(actions)], "names": actions},
            **cameras,
            "next.reward": {"dtype": "float32", "shape": [1], "names": None},
            "next.done": {"dtype": "bool", "shape": [1], "names": None},
            "next.success": {"dtype": "bool", "shape": [1], "names": None},
            **INDEX_FEATURES,
        }

    def table(self, numbers):
        columns, features = {}, {}
        for name, values in numbers.items():
            type = pyarrow.from_numpy_dtype(values.dtype)
            hub = {"dtype": str(values.dtype), "_type": "Value"}
            if values.ndim == 2:
                width = values.shape[1]
                columns[name] = pyarrow.FixedSizeListArray.from_arrays(
                    pyarrow.array(values.reshape(-1), type=type), width)
                features[name] = {"feature": hub, "length": width, "_type": "Sequence"}
            else:
                columns[name] = pyarrow.array(values, type=type)
                features[name] = hub
        if not self.uses_video:
            for camera, pngs in zip(self.cameras, self.pngs):
                columns[camera] = pyarrow.array(
                    [{"bytes": png, "path": f"frame-{index:06d}.png"} for index, png in enumerate(pngs)],
                    type=pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())]))
                features[camera] = {"_type": "Image"}
        # The key by which Hugging Face's `datasets` knows that a struct is a picture.
        metadata = {"huggingface": json.dumps({"info": {"features": features}})}
        return pyarrow.table(columns).replace_schema_metadata(metadata)

    def info(self, version, finish, **more):
        episodes = [episode for part in finish["parts"] for episode in part["episodes"]]
        video_info = None
        if self.uses_video:
            import video
            video_info = {camera: video.describe(self.first_video(camera)) for camera in self.cameras}
        return {
            "codebase_version": version, "robot_type": self.description["robot"],
            "total_episodes": len(episodes), "total_frames": sum(episode["length"] for episode in episodes),
            "total_tasks": len(finish["instructions"]), "chunks_size": CHUNK, "fps": self.rate,
            "splits": {"train": f"0:{len(episodes)}"}, "features": self.features(video_info), **more,
        }


def write_json(path, value, indent=4):
    write_text(path, json.dumps(value, indent=indent, ensure_ascii=False) + "\n")


def write_text(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)
