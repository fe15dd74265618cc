"""A LeRobot checkpoint (ACT, SmolVLA, π0, …), trained on what `bench demos --format lerobot` writes:

bench --suite in-distribution --policy Examples/lerobot_policy.py:LeRobotPolicy --python .venv/bin/python \
    --policy-arguments '{"path": "outputs/train/act/checkpoints/last/pretrained_model"}'
"""

import math

import torch
from lerobot.configs.policies import PreTrainedConfig
from lerobot.policies.factory import get_policy_class, make_pre_post_processors


class LeRobotPolicy:
    def __init__(self, path, device="cpu", widest_gripper=0.074):
        config = PreTrainedConfig.from_pretrained(path)
        config.device = device
        self.policy = get_policy_class(config.type).from_pretrained(path, config=config).eval()
        override = {"device_processor": {"device": device}}
        self.before, self.after = make_pre_post_processors(
            config, pretrained_path=path, preprocessor_overrides=override, postprocessor_overrides=override)  # fmt: skip
        self.widest = widest_gripper

    def reset(self):
        self.policy.reset()

    @torch.inference_mode()
    def act(self, observation):
        batch = {
            f"observation.images.{camera}": torch.from_numpy(image.copy()).permute(2, 0, 1).float() / 255
            for camera, image in observation["images"].items()
        }
        batch["observation.state"] = torch.tensor(self.state(observation))
        batch = self.before({name: value[None] for name, value in batch.items()} | {"task": [observation["instruction"]]})
        return self.after(self.policy.select_action(batch))[0].tolist()

    def state(self, observation):
        """The dataset's seven numbers: x, y, z, roll, pitch, yaw and how far the gripper is open, 0 to 1."""
        w, x, y, z = observation["quaternion_wxyz"]
        roll = math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))
        pitch = math.asin(max(-1.0, min(1.0, 2 * (w * y - z * x))))
        yaw = math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
        return [*observation["position"], roll, pitch, yaw, observation["gripper_width"] / self.widest]
