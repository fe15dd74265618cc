"""``make_env`` as LeRobot's EnvHub calls it: vector environments by suite and number of the task.

Copied into a repository of the hub as ``env.py``, this file needs the package ``trestle`` beside it and nothing else.
"""

import functools

import gymnasium

import trestle
from trestle import simulator


def make_env(n_envs: int = 1, use_async_envs: bool = False, cfg=None, task: str = "in-distribution", **arguments):
    """Vector environments of a task, or of every task of a suite.

    Args:
        n_envs: environments side by side in each.
        use_async_envs: whether each environment is a process of its own.
        cfg: LeRobot's ``EnvConfig``; its ``task`` and ``gym_kwargs`` count.
        task: ``SUITE`` or ``SUITE-TASK`` where there is no ``cfg``.
        arguments: further ones of ``trestle.TabletopEnv``.

    Returns:
        ``{suite: {number of the task: gymnasium.vector.VectorEnv}}``. A new episode starts in the step that ends one, as
        LeRobot expects.
    """
    arguments = {"render_mode": "rgb_array", **(getattr(cfg, "gym_kwargs", None) or {}), **arguments}
    suite, tasks = named(getattr(cfg, "task", None) or task)
    make = gymnasium.vector.SyncVectorEnv
    if use_async_envs and n_envs > 1:
        # A child of a process that has drawn cannot draw, so workers are started afresh.
        make = functools.partial(gymnasium.vector.AsyncVectorEnv, context="spawn")
    mode = gymnasium.vector.AutoresetMode.SAME_STEP

    def vector(name):
        one = functools.partial(_Environment, suite, name, **arguments)
        return make([one] * n_envs, autoreset_mode=mode)

    return {suite: {number: vector(name) for number, name in enumerate(tasks)}}


class _Environment(trestle.TabletopEnv):
    """Without the reset options by which LeRobot's own wrappers tell each other of a new rollout.

    No wrapper: LeRobot looks for attributes of the environment itself.
    """

    def reset(self, *, seed=None, options=None):
        own = {name: value for name, value in (options or {}).items() if not name.startswith("lerobot_")}
        return super().reset(seed=seed, options=own)


def named(text: str) -> tuple[str, list[str]]:
    """The suite and the tasks that ``SUITE`` or ``SUITE-TASK`` names."""
    suites = simulator.shared().suites
    for suite in suites.values():
        if text == suite.name:
            return suite.name, list(suite.tasks)
        for task in suite.tasks:
            if text == f"{suite.name}-{task}":
                return suite.name, [task]
    raise trestle.ArgumentError(f"no task is called {text!r}; write SUITE or SUITE-TASK with a suite of {', '.join(suites)}")
