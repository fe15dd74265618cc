"""One episode at a time, as a ``gymnasium.Env``."""

import gymnasium

from trestle import simulator, spaces
from trestle.episodes import EpisodeSequence
from trestle.errors import ArgumentError


class TabletopEnv(gymnasium.Env):
    """A task of the tabletop, or all tasks of a suite in turn.

    Observations are dictionaries: ``pixels`` (``[height, width, 3]`` 8-bit RGB; a dictionary by camera where there are
    several), ``agent_pos`` (the robot's state, named by ``setup.state``) and ``task`` (the instruction). An action is seven
    numbers: displacement [m] and roll, pitch, yaw [rad] in the base frame, gripper (1 open, 0 closed, unless the set-up says
    otherwise). The reward is 1 in the step that solves the task, which ends the episode; ``truncated`` is the step limit.

    ``info`` holds ``is_success`` and ``progress`` (partial credit) at every step; ``episode`` (its name), ``content`` (the
    hash that pairs it with the same episode of a run by ``bench``) and ``step_limit`` from the reset; and at the end
    ``final_state``, the hash of the last state.

    ``reset(seed=S)`` starts the first episode of ``bench --seed S``, further resets go on with the next ones;
    ``options={"index": 3}`` picks another, ``options={"episode": "semantic/lift-white-tape#3@0"}`` any of this set-up.

    Args:
        suite: such as ``semantic``.
        task: such as ``lift-white-tape``; None for all tasks of the suite in turn, as a run plays them.
        strength: how far the suite's factors go, 0 to 1.
        clean: whether the clean twins are played, the same draws without their factors.
        parts: which parts of the observation are made; without ``pixels`` nothing is drawn.
        cameras: names of those that are shown; None for all of the set-up.
        render_mode: ``rgb_array`` or None.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 5}

    def __init__(
        self, suite, task=None, strength=1.0, clean=False, parts=spaces.PARTS, cameras=None, render_mode=None
    ):
        if render_mode not in (None, "rgb_array"):
            raise ArgumentError(f"render_mode is 'rgb_array' or None, not {render_mode!r}")
        shared = simulator.shared()
        self._sequence = EpisodeSequence(shared, suite, task, strength, clean)
        self.setup = self._sequence.setup
        self.metadata = {**self.metadata, "render_fps": self.setup.control_rate}
        self.render_mode = render_mode
        self._parts = spaces.checked_parts(parts)
        self._cameras = spaces.checked_cameras(self.setup, cameras)
        self.observation_space = spaces.observation_space(self.setup, self._parts, self._cameras)
        self.action_space = spaces.action_space(self.setup)
        self._batch = shared.batch(self.setup.name, 1)
        self._facts = {}

    # What LeRobot asks an environment for.

    @property
    def task(self) -> str:
        """The instruction of the episode that runs."""
        return self._facts.get("instruction", "")

    @property
    def task_description(self) -> str:
        """The instruction of the episode that runs."""
        return self.task

    @property
    def _max_episode_steps(self) -> int:
        return self._sequence.step_limit

    # Gymnasium's interface.

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self._facts = self._batch.reset(0, self._sequence.next(seed, options))
        return self._observation(), {**start_info(self._facts), "is_success": False, "progress": 0.0}

    def step(self, action):
        outcome = self._batch.step([action])[0]
        terminated, truncated = bool(outcome["terminated"]), bool(outcome["truncated"])
        info = {"is_success": terminated, "progress": float(outcome["progress"])}
        if terminated or truncated:
            info |= end_info(self._batch.record(0))
        return self._observation(), float(outcome["reward"]), terminated, truncated, info

    def render(self):
        if self.render_mode is None:
            gymnasium.logger.warn('render() draws nothing without render_mode="rgb_array"')
            return None
        return self._batch.render(next(iter(self._cameras)))[0]

    def close(self):
        self._batch.close()

    # What only this environment has.

    def expert_action(self):
        """What the scripted expert, which reads the world, would do now: seven numbers."""
        return self._batch.expert()[0]

    def record(self) -> dict:
        """The episode as a line of ``episodes.jsonl``, once it is over."""
        return self._batch.record(0)

    def _observation(self):
        images = {}
        if "pixels" in self._parts:
            images = {name: self._batch.render(name)[0] for name in self._cameras}
        made = {
            "pixels": lambda: images if len(images) > 1 else spaces.only(images),
            "agent_pos": lambda: self._batch.state()[0],
            "task": lambda: self.task,
        }
        return {part: made[part]() for part in self._parts}


def start_info(facts) -> dict:
    """What ``info`` tells of an episode from its reset."""
    return {"episode": facts["name"], "content": facts["content"], "step_limit": facts["step_limit"]}


def end_info(record) -> dict:
    """What ``info`` tells of an episode that is over."""
    return {"final_state": record["final_state"]}
