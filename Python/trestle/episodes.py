"""Which episode a reset starts: the same ones, in the same order, as ``bench --seed S`` plays."""

import secrets

from trestle.errors import ArgumentError
from trestle.simulator import Simulator

_OPTIONS = {"index", "episode"}


class EpisodeSequence:
    """The episodes of a task, or of all tasks of a suite in turn, one after another.

    A reset with a seed starts the first episode of a run with that seed; each one without goes on to the next. Where no
    seed was ever given, one is chosen by chance.

    Args:
        task: None for all tasks of the suite in turn, as a run plays them.
        strength: how far the suite's factors go, 0 to 1.
        clean: whether the clean twins are played: the same draws without their factors.
    """

    def __init__(self, simulator: Simulator, suite: str, task=None, strength=1.0, clean=False):
        found = simulator.suite(suite)
        if task is not None and task not in found.tasks:
            raise ArgumentError(f"suite {suite!r} has no task {task!r}; there are {', '.join(found.tasks)}")
        if not 0 <= strength <= 1:
            raise ArgumentError(f"strength is between 0 and 1, not {strength}")
        if clean and not found.has_clean_twins:
            raise ArgumentError(f"suite {suite!r} perturbs nothing, so it has no clean twins")
        self._suite = suite
        self.tasks = [found.tasks[task]] if task is not None else list(found.tasks.values())
        setups = {each.setup for each in self.tasks}
        if len(setups) > 1:
            raise ArgumentError(
                f"the tasks of suite {suite!r} are played on several set-ups ({', '.join(sorted(setups))}); name a task"
            )
        self.setup = simulator.setups[setups.pop()]
        #: The most control steps that an episode takes.
        self.step_limit = max(each.step_limit for each in self.tasks)
        self._strength = "" if strength == 1 or clean else f"+s{strength:f}".rstrip("0").rstrip(".")
        self._prefix = "~" if clean else ""
        self._seed = None
        self._next = 0

    def next(self, seed=None, options=None) -> str:
        """The name of the next episode.

        Args:
            seed: that of a run, of which the first episode follows.
            options: ``index``, the episode's number in the run, or ``episode``, a whole name.
        """
        options = options or {}
        unknown = set(options) - _OPTIONS
        if unknown:
            raise ArgumentError(f"no reset option {', '.join(sorted(unknown))}; there are index and episode")
        if seed is not None:
            self._seed, self._next = int(seed), 0
        elif self._seed is None:
            self._seed = secrets.randbits(32)
        if options.get("index") is not None:
            self._next = int(options["index"])
            if self._next < 0:
                raise ArgumentError(f"an episode's index is 0 or more, not {self._next}")
        if options.get("episode") is not None:
            return str(options["episode"])
        index, turn = divmod(self._next, len(self.tasks))
        self._next += 1
        return f"{self._prefix}{self._suite}/{self.tasks[turn].name}#{index}@{self._seed}{self._strength}"
