"""Many episodes side by side, drawn together: a ``gymnasium.vector.VectorEnv``."""

import gymnasium
import numpy as np
from gymnasium.vector import AutoresetMode
from gymnasium.vector.utils import batch_space

from trestle import simulator, spaces
from trestle.environment import end_info, start_info
from trestle.episodes import EpisodeSequence
from trestle.errors import ArgumentError, NotReadyError


class TabletopVectorEnv(gymnasium.vector.VectorEnv):
    """``TabletopEnv`` in several slots at once, with the same observations, rewards and infos.

    All slots are drawn in one call by as many OpenGL contexts as the machine has cores (up to four), straight into the
    array that the caller gets. ``gymnasium.make_vec("trestle/semantic-v0", num_envs=16)`` makes one.

    A seed S gives slot i the run's seed S + i, as Gymnasium's own vector environments do; reset options may be lists with
    one value a slot, and ``reset_mask`` names the slots to reset.

    Args:
        num_envs: slots, 1 to 1024. Beyond 64 for each context static pictures are drawn anew at every step, which is slower.
        autoreset_mode: when an episode that is over gives way to the next: at the next step, at once, or by the caller.
        max_episode_steps: episodes are truncated after so many steps, where that is fewer than their own limit.
        Others: as ``TabletopEnv`` has them.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 5}

    def __init__(
        self, num_envs, suite, task=None, strength=1.0, clean=False, parts=spaces.PARTS, cameras=None,
        render_mode=None, autoreset_mode=AutoresetMode.NEXT_STEP, max_episode_steps=None,
    ):  # fmt: skip
        if render_mode not in (None, "rgb_array"):
            raise ArgumentError(f"render_mode is 'rgb_array' or None, not {render_mode!r}")
        shared = simulator.shared()
        self.num_envs = num_envs
        self._sequences = [EpisodeSequence(shared, suite, task, strength, clean) for _ in range(num_envs)]
        if not self._sequences:
            raise ArgumentError("num_envs is 1 or more")
        self.setup = self._sequences[0].setup
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {
            **self.metadata, "render_fps": self.setup.control_rate, "autoreset_mode": self.autoreset_mode
        }  # fmt: skip
        self.render_mode = render_mode
        self._step_limit = self._sequences[0].step_limit
        self._most_steps = self._step_limit if max_episode_steps is None else max_episode_steps
        self._parts = spaces.checked_parts(parts)
        self._cameras = spaces.checked_cameras(self.setup, cameras)
        self.single_observation_space = spaces.observation_space(self.setup, self._parts, self._cameras)
        self.single_action_space = spaces.action_space(self.setup)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._batch = shared.batch(self.setup.name, num_envs)
        self._tasks = [""] * num_envs
        self._over = np.zeros(num_envs, dtype=bool)

    @property
    def task_descriptions(self) -> tuple[str, ...]:
        """The instructions of the episodes that run."""
        return tuple(self._tasks)

    # Gymnasium's interface.

    def reset(self, *, seed=None, options=None):
        options = dict(options or {})
        mask = options.pop("reset_mask", None)
        mask = np.ones(self.num_envs, dtype=bool) if mask is None else np.asarray(mask)
        if mask.shape != (self.num_envs,) or mask.dtype != bool or not mask.any():
            raise ArgumentError(f"reset_mask is an array of {self.num_envs} booleans, one or more of them true")
        seeds = self._seeds(seed)
        infos = {}
        for slot in np.flatnonzero(mask):
            infos = self._reset(slot, infos, seeds[slot], self._option(options, slot))
        self._told(infos, np.zeros(self.num_envs, dtype=bool), np.zeros(self.num_envs), mask)
        return self._observation(), infos

    def step(self, actions):
        actions = np.asarray(actions, dtype=np.float64)
        if actions.shape != self.action_space.shape:
            raise ArgumentError(f"actions have shape {actions.shape} where {self.action_space.shape} are taken")
        stale = self._over.copy()
        if stale.any() and self.autoreset_mode is AutoresetMode.DISABLED:
            raise NotReadyError(f"slots {np.flatnonzero(stale).tolist()} are over; reset them by reset_mask")
        outcomes = self._batch.step(actions, ~stale)
        infos = {}
        for slot in np.flatnonzero(stale):
            infos = self._reset(slot, infos)
        terminated = outcomes["terminated"].copy()
        truncated = outcomes["truncated"] | ((outcomes["steps"] >= self._most_steps) & ~terminated)
        self._over = terminated | truncated
        observation = self._observation()
        if self.autoreset_mode is AutoresetMode.SAME_STEP and self._over.any():
            observation, infos = self._replaced(observation, terminated, outcomes, infos)
        else:
            for slot in np.flatnonzero(self._over):
                infos = self._add_info(infos, self._end(slot, outcomes[slot]), slot)
            self._told(infos, terminated, outcomes["progress"], np.ones(self.num_envs, dtype=bool))
        return observation, outcomes["reward"].copy(), terminated, truncated, infos

    def render(self):
        if self.render_mode is None:
            gymnasium.logger.warn('render() draws nothing without render_mode="rgb_array"')
            return None
        return tuple(self._batch.render(next(iter(self._cameras))))

    def close_extras(self, **kwargs):
        self._batch.close()

    # What only this environment has.

    def expert_actions(self):
        """What the scripted expert, which reads the worlds, would do now: ``[num_envs, 7]``."""
        return self._batch.expert()

    def record(self, slot: int) -> dict:
        """The episode of a slot as a line of ``episodes.jsonl``, once it is over and until its next one starts."""
        return self._batch.record(slot)

    # Within.

    def _reset(self, slot, infos, seed=None, options=None):
        facts = self._batch.reset(int(slot), self._sequences[slot].next(seed, options))
        self._tasks[slot] = facts["instruction"]
        self._over[slot] = False
        return self._add_info(infos, start_info(facts), slot)

    def _end(self, slot, outcome):
        # An episode that max_episode_steps cuts short goes on for the simulator, which has no record of it.
        return end_info(self._batch.record(int(slot))) if outcome["terminated"] or outcome["truncated"] else {}

    def _replaced(self, observation, terminated, outcomes, infos):
        """Starts the next episodes at once; the last observations and infos go to ``final_obs`` and ``final_info``."""
        over = self._over.copy()
        for slot in np.flatnonzero(over):
            final = {"is_success": bool(terminated[slot]), "progress": float(outcomes["progress"][slot])}
            final |= self._end(slot, outcomes[slot])
            infos = self._add_info(infos, {"final_obs": _row(observation, slot), "final_info": final}, slot)
            infos = self._reset(slot, infos)
        self._told(infos, terminated & ~over, np.where(over, 0, outcomes["progress"]), np.ones_like(over))
        return self._observation(over, observation), infos

    def _told(self, infos, success, progress, mask):
        infos |= {"is_success": success & mask, "_is_success": mask.copy()}
        infos |= {"progress": np.array(progress), "_progress": mask.copy()}

    def _observation(self, which=None, into=None):
        """A fresh observation of all slots, or an old one with some slots' rows written anew."""
        old = into or {}
        if "pixels" not in self._parts:
            images = {}
        elif len(self._cameras) > 1:
            old_images = old.get("pixels", {})
            images = {name: self._batch.render(name, which, old_images.get(name)) for name in self._cameras}
        else:
            images = {name: self._batch.render(name, which, old.get("pixels")) for name in self._cameras}
        made = {
            "pixels": lambda: images if len(images) > 1 else spaces.only(images),
            "agent_pos": lambda: self._batch.state(which, old.get("agent_pos")),
            "task": lambda: tuple(self._tasks),
        }
        return {part: made[part]() for part in self._parts}

    def _seeds(self, seed):
        if seed is None:
            return [None] * self.num_envs
        if isinstance(seed, (int, np.integer)):
            return [int(seed) + slot for slot in range(self.num_envs)]
        if len(seed) != self.num_envs:
            raise ArgumentError(f"{len(seed)} seeds were given to {self.num_envs} slots")
        return list(seed)

    def _option(self, options, slot):
        chosen = {}
        for name, value in options.items():
            if isinstance(value, (list, tuple, np.ndarray)):
                if len(value) != self.num_envs:
                    raise ArgumentError(f"{len(value)} values of {name} were given to {self.num_envs} slots")
                value = value[slot]
            chosen[name] = value
        return chosen


def _row(observation, slot):
    """A slot's part of an observation, as a copy."""
    if isinstance(observation, dict):
        return {name: _row(part, slot) for name, part in observation.items()}
    return observation[slot].copy() if isinstance(observation, np.ndarray) else observation[slot]
