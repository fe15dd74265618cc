"""Reads exported datasets with the field's own readers and compares them value by value.

`bench demos` writes the same episodes in each format; RLDS is written in Swift and the others by a Python step, so
that an error in one does not hide in the other.

    python Scripts/check_datasets.py --rlds DIR --hdf5 FILE --parquet DIR [--parquet DIR …]     # tfds, h5py, pyarrow
    python Scripts/check_datasets.py --reference FILE.npz --lerobot DIR [--lerobot DIR …]       # lerobot's own loader

The first form writes `reference.npz`, which the second, in an environment with another lerobot, reads.
"""

import argparse
import json
import os
from pathlib import Path

import numpy

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
VIDEO_TOLERANCE = 6.0  # mean difference of pixels, of 255: H.264 with halved colour, at quality 18


def check(condition, text):
    if not condition:
        raise SystemExit(f"FAULT  {text}")


def read_rlds(folder):
    """Every episode as TensorFlow Datasets gives it."""
    import tensorflow_datasets

    version = next(Path(folder).glob("*/*/dataset_info.json")).parent
    builder = tensorflow_datasets.builder_from_directory(str(version))
    episodes = []
    for episode in builder.as_dataset(split="train", shuffle_files=False):
        steps = list(episode["steps"].as_numpy_iterator())
        check(steps[0]["is_first"] and steps[-1]["is_last"], "an episode's ends are not marked")
        check(sum(step["is_last"] for step in steps) == 1, "is_last stands in the middle of an episode")
        episodes.append({
            "instruction": steps[0]["language_instruction"].decode(),
            "success": bool(episode["episode_metadata"]["success"].numpy()),
            "state": numpy.stack([step["observation"]["state"] for step in steps]),
            "action": numpy.stack([step["action"] for step in steps]),
            "images": numpy.stack([step["observation"]["image"] for step in steps]),
        })
    check(builder.info.splits["train"].num_examples == len(episodes), "the number of episodes is not what was announced")
    statistics = json.loads((version / "dataset_statistics.json").read_text())[builder.name]
    actions = numpy.concatenate([episode["action"] for episode in episodes]).astype(float)
    for name, expected in {
        "mean": actions.mean(0), "std": actions.std(0), "min": actions.min(0), "max": actions.max(0),
        "q01": numpy.quantile(actions, 0.01, axis=0), "q99": numpy.quantile(actions, 0.99, axis=0),
    }.items():
        check(numpy.allclose(statistics["action"][name], expected, atol=1e-6), f"the statistics' {name} is not NumPy's")
    check(statistics["num_transitions"] == len(actions), "num_transitions")
    print(f"right  RLDS        {len(episodes)} episodes, {len(actions)} steps (tensorflow-datasets)")
    return episodes


def check_hdf5(path, reference):
    import h5py

    with h5py.File(path) as file:
        data = file["data"]
        check(len(data) == len(reference), "the number of demonstrations")
        check(data.attrs["total"] == sum(len(episode["action"]) for episode in reference), "the total of samples")
        for index, episode in enumerate(reference):
            demo = data[f"demo_{index}"]
            check(demo.attrs["num_samples"] == len(episode["action"]), "num_samples")
            check(numpy.allclose(demo["actions"], episode["action"], atol=1e-7), "actions")
            check((demo["obs/primary_image"][:] == episode["images"]).all(), "images")
            check(numpy.allclose(demo["obs/robot0_eef_pos"], episode["state"][:, :3], atol=1e-7), "positions")
            from scipy.spatial.transform import Rotation
            there = Rotation.from_euler("xyz", episode["state"][:, 3:6].astype(float))
            turn = (Rotation.from_quat(demo["obs/robot0_eef_quat"][:]) * there.inv()).magnitude()
            check(turn.max() < 1e-5, "quaternions")
    print(f"right  HDF5        {len(reference)} demonstrations (h5py)")


def check_parquet(folder, reference):
    """Both LeRobot layouts without lerobot: what any reader of Parquet sees."""
    import pandas

    frames = pandas.concat([pandas.read_parquet(path) for path in sorted(Path(folder, "data").glob("*/*.parquet"))])
    check(len(frames) == sum(len(episode["action"]) for episode in reference), "the number of rows")
    check((frames["index"].to_numpy() == numpy.arange(len(frames))).all(), "the index is not 0, 1, 2, …")
    for index, episode in enumerate(reference):
        rows = frames[frames["episode_index"] == index]
        check(numpy.array_equal(numpy.stack(rows["action"]), episode["action"]), "actions")
        check(numpy.array_equal(numpy.stack(rows["observation.state"]), episode["state"]), "states")
    print(f"right  Parquet     {folder}: {len(frames)} rows (pandas)")


def check_lerobot(folder, reference):
    """With lerobot's own loader; every frame of every episode, so that borders inside shared videos are seen."""
    import lerobot
    try:
        from lerobot.datasets.lerobot_dataset import LeRobotDataset
    except ImportError:
        from lerobot.common.datasets.lerobot_dataset import LeRobotDataset
    dataset = LeRobotDataset("trestle/check", root=folder)
    check(dataset.num_episodes == len(reference), "the number of episodes")
    check(len(dataset) == sum(len(episode["action"]) for episode in reference), "the number of frames")
    number, worst = 0, 0.0
    for index, episode in enumerate(reference):
        for step in range(len(episode["action"])):
            item = dataset[number]
            check(int(item["episode_index"]) == index and int(item["frame_index"]) == step, "the order of frames")
            check(item["task"] == episode["instruction"], "the instruction")
            check(numpy.array_equal(item["action"].numpy(), episode["action"][step]), "actions")
            check(numpy.array_equal(item["observation.state"].numpy(), episode["state"][step]), "states")
            picture = item["observation.images.primary"].numpy().transpose(1, 2, 0) * 255
            difference = numpy.abs(picture - episode["images"][step]).mean()
            worst = max(worst, difference)
            # A picture of the wrong episode would be nearer to another one than to its own.
            check(difference < VIDEO_TOLERANCE, f"episode {index}, frame {step}: the picture is {difference:.1f} off")
            number += 1
    mean = dataset.meta.stats["action"]["mean"]
    actions = numpy.concatenate([episode["action"] for episode in reference])
    check(numpy.allclose(mean, actions.mean(0), atol=1e-5), "the statistics' mean")
    print(f"right  LeRobot     {folder}: {dataset.num_episodes} episodes, {number} frames, "
          f"pictures at most {worst:.2f} of 255 off in the mean (lerobot {lerobot.__version__})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rlds")
    parser.add_argument("--hdf5")
    parser.add_argument("--parquet", action="append", default=[])
    parser.add_argument("--lerobot", action="append", default=[])
    parser.add_argument("--reference", default="reference.npz")
    arguments = parser.parse_args()
    if arguments.rlds:
        reference = read_rlds(arguments.rlds)
        numpy.savez(arguments.reference, episodes=numpy.array([json.dumps(
            {"instruction": episode["instruction"], "success": episode["success"]}) for episode in reference]),
            **{f"{key}{index}": episode[key] for index, episode in enumerate(reference)
               for key in ("state", "action", "images")})
    else:
        file = numpy.load(arguments.reference)
        reference = [{**json.loads(str(text)), **{key: file[f"{key}{index}"] for key in ("state", "action", "images")}}
                     for index, text in enumerate(file["episodes"])]
    if arguments.hdf5:
        check_hdf5(arguments.hdf5, reference)
    for folder in arguments.parquet:
        check_parquet(folder, reference)
    for folder in arguments.lerobot:
        check_lerobot(folder, reference)


main()
