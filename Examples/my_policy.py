"""A policy of one's own in Python: bench --suite in-distribution --policy Examples/my_policy.py:MyPolicy

It moves the gripper towards the reddest part of the picture: no good policy, but one that looks.
"""

import numpy as np


class MyPolicy:
    def act(self, observation):
        image = observation["image"].astype(np.float32)  # [height, width, 3], RGB
        redness = (image[..., 0] - image[..., 1:].mean(axis=-1)).clip(0)
        rows, columns = np.mgrid[-1 : 1 : redness.shape[0] * 1j, -1 : 1 : redness.shape[1] * 1j]
        weight = redness.sum() + 1e-6
        right, down = (redness * columns).sum() / weight, (redness * rows).sum() / weight
        # Metres and radians a control step in the robot's base frame (x away from it), then 1 open, 0 closed.
        return [-0.02 * down, -0.02 * right, -0.005, 0, 0, 0, 1]
