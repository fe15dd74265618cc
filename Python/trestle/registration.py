"""Gymnasium's names of suites and tasks."""

import gymnasium

from trestle import simulator


def register_environments():
    """Registers ``trestle/SUITE-v0`` for every suite and ``trestle/SUITE-TASK-v0`` for every task.

    A suite whose tasks are played on several set-ups has no name of its own, since their spaces differ.
    """
    for suite in simulator.shared().suites.values():
        if len({task.setup for task in suite.tasks.values()}) == 1:
            _register(suite.name, suite=suite.name)
        for task in suite.tasks.values():
            _register(f"{suite.name}-{task.name}", suite=suite.name, task=task.name)


def _register(name, **arguments):
    # The simulator keeps the step limit and refuses steps out of order by itself. Without wrappers for that LeRobot finds
    # the environment's attributes, of which it asks the first environment itself and not through its wrappers.
    gymnasium.register(
        id=f"trestle/{name}-v0",
        entry_point="trestle.environment:TabletopEnv",
        vector_entry_point="trestle.vector:TabletopVectorEnv",
        order_enforce=False,
        kwargs=arguments,
    )
