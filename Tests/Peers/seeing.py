"""A policy that moves by what it sees and feels, the same whoever asks it: by bench, and in a loop over Gymnasium."""

import numpy


def action(image, position, width):
    """Seven numbers from sums of pixels and the gripper's position and width."""
    image = numpy.asarray(image)
    quarters = [int(image[:112, :112].sum()), int(image[112:, :112].sum()), int(image[:, 112:].sum())]
    # A policy of bench is told positions as 32-bit numbers.
    places = [float(numpy.float32(place)) for place in position]
    motion = [(total % 1009) / 1009 * 0.06 - 0.03 + 0.01 * place for total, place in zip(quarters, places)]
    return [*motion, 0.0, 0.0, (quarters[0] % 101) / 101 * 0.4 - 0.2, 1.0 if (quarters[1] + int(width > 0.05)) % 5 else 0.0]


class Seeing:
    needs = ["image", "proprioception"]

    def act(self, observation):
        return action(observation["image"], list(observation["position"]), observation["gripper_width"])
