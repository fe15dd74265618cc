"""Trestle's tabletop for robot policies, as Gymnasium environments.

>>> import gymnasium, trestle
>>> env = gymnasium.make("trestle/semantic-lift-white-tape-v0")
>>> observation, info = env.reset(seed=0)  # the first episode of `bench --suite semantic --seed 0`
>>> observation["pixels"].shape, observation["task"]
((224, 224, 3), 'lift white tape')
>>> observation, reward, terminated, truncated, info = env.step(env.unwrapped.expert_action())

``gymnasium.make_vec("trestle/semantic-v0", num_envs=16)`` runs many episodes side by side and draws them together.
``trestle.Simulator`` is the simulator without Gymnasium.
"""

from trestle.environment import TabletopEnv
from trestle.errors import ArgumentError, FileError, LibraryError, NotReadyError, RendererError, TrestleError
from trestle.registration import register_environments
from trestle.simulator import Batch, Simulator
from trestle.vector import TabletopVectorEnv

__all__ = [
    "ArgumentError", "Batch", "FileError", "LibraryError", "NotReadyError", "RendererError", "Simulator", "TabletopEnv",
    "TabletopVectorEnv", "TrestleError",
]  # fmt: skip

register_environments()
