"""A LeRobot checkpoint of random weights, trained on no more than its shapes, as `bench --policy`: lerobot_policy.py BENCH"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from lerobot.configs.types import FeatureType, PolicyFeature
from lerobot.policies.act.configuration_act import ACTConfig
from lerobot.policies.act.modeling_act import ACTPolicy
from lerobot.policies.factory import make_pre_post_processors

ROOT = pathlib.Path(__file__).parents[2]
IMAGE, STATE = "observation.images.primary", "observation.state"


def statistics(count):
    values = {"min": -1.0, "max": 1.0, "mean": 0.0, "std": 0.02}
    return {name: torch.full((count,), value) for name, value in values.items()}


def write_policy(folder):
    torch.manual_seed(0)
    config = ACTConfig(
        chunk_size=10, n_action_steps=10, dim_model=32, n_heads=2, dim_feedforward=64, n_encoder_layers=1,
        use_vae=False, pretrained_backbone_weights=None, device="cpu", push_to_hub=False,
        input_features={
            IMAGE: PolicyFeature(type=FeatureType.VISUAL, shape=(3, 224, 224)),
            STATE: PolicyFeature(type=FeatureType.STATE, shape=(7,)),
        },
        output_features={"action": PolicyFeature(type=FeatureType.ACTION, shape=(7,))},
    )  # fmt: skip
    ACTPolicy(config).save_pretrained(folder)
    picture = {"min": 0.0, "max": 1.0, "mean": 0.5, "std": 0.5}
    numbers = {
        "action": statistics(7), STATE: statistics(7),
        IMAGE: {name: torch.full((3, 1, 1), value) for name, value in picture.items()},
    }  # fmt: skip
    for processor in make_pre_post_processors(config, dataset_stats=numbers):
        processor.save_pretrained(folder)


with tempfile.TemporaryDirectory() as folder:
    write_policy(f"{folder}/policy")
    lines = []
    for turn in range(2):
        run = subprocess.run(
            [sys.argv[1], "--root", ROOT, "--suite", "in-distribution", "--episodes", "1", "--quiet",
             "--policy", f"{ROOT}/Examples/lerobot_policy.py:LeRobotPolicy", "--python", sys.executable,
             "--policy-arguments", json.dumps({"path": f"{folder}/policy"}), "--out", f"{folder}/{turn}"],
            capture_output=True, text=True, timeout=900)  # fmt: skip
        assert run.returncode == 0, run.stderr[-3000:]
        lines.append(pathlib.Path(f"{folder}/{turn}/episodes.jsonl").read_text())
    records = [json.loads(line) for line in lines[0].splitlines()]
    assert len(records) == 6 and not any(record["error"] for record in records), records
    assert lines[0] == lines[1], "the same run twice ended otherwise"
    print(f"bench --policy: a LeRobot checkpoint of random weights acted {sum(r['steps'] for r in records)} times")
