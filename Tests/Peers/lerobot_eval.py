"""Judges a small ACT policy with random weights by LeRobot's own lerobot-eval: lerobot_eval.py"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from lerobot.policies.act.configuration_act import ACTConfig
from lerobot.policies.factory import make_policy, make_pre_post_processors

from trestle.lerobot.config import TrestleEnv

TASK = "semantic-lift-white-tape"


def statistics(least, greatest):
    values = {"min": least, "max": greatest, "mean": [0.0] * len(least), "std": [1.0] * len(least)}
    return {name: torch.tensor(value) for name, value in values.items()}


def write_policy(folder):
    torch.manual_seed(0)
    config = ACTConfig(
        chunk_size=10, n_action_steps=10, dim_model=32, n_heads=2, dim_feedforward=64, n_encoder_layers=1,
        use_vae=False, pretrained_backbone_weights=None, device="cpu", push_to_hub=False,
    )  # fmt: skip
    make_policy(config, env_cfg=TrestleEnv(task=TASK)).save_pretrained(folder)
    pixel = {"min": 0.0, "max": 1.0, "mean": 0.5, "std": 0.5}
    numbers = {
        "action": statistics([-0.05] * 7, [0.05] * 7),
        "observation.state": statistics([-1.0] * 13, [1.0] * 13),
        "observation.image": {name: torch.full((3, 1, 1), value) for name, value in pixel.items()},
    }
    for processor in make_pre_post_processors(config, dataset_stats=numbers):
        processor.save_pretrained(folder)


with tempfile.TemporaryDirectory() as folder:
    write_policy(f"{folder}/policy")
    run = subprocess.run(
        [
            pathlib.Path(sys.executable).parent / "lerobot-eval",
            "--env.discover_packages_path=trestle.lerobot", "--env.type=trestle", f"--env.task={TASK}",
            f"--policy.path={folder}/policy", "--policy.device=cpu", "--eval.n_episodes=3", "--eval.batch_size=2",
            f"--output_dir={folder}/out", "--seed=7",
        ],
        capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    overall = json.load(open(f"{folder}/out/eval_info.json"))["overall"]
    assert overall["n_episodes"] == 3 and overall["pc_success"] is not None, overall
    assert overall["video_paths"] and all(pathlib.Path(path).stat().st_size for path in overall["video_paths"]), overall
    assert "do not have 'task_description'" not in run.stderr
    print(f"lerobot-eval: {overall['n_episodes']} episodes, {overall['pc_success']} % solved by random weights")
