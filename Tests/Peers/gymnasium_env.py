"""Holds the Python package against Gymnasium's checker and against bench's own episodes: gymnasium_env.py BENCH"""

import doctest
import json
import multiprocessing
import pathlib
import subprocess
import sys
import tempfile
import warnings

import gymnasium
import numpy as np
from gymnasium.utils.env_checker import check_env, data_equivalence

import seeing
import trestle

HERE = pathlib.Path(__file__).parent
bench = sys.argv[1] if len(sys.argv) > 1 else ".build/debug/bench"


def raises(error, work):
    try:
        work()
    except error as raised:
        assert str(raised), "an error without a sentence"
        return str(raised)
    raise AssertionError(f"{error.__name__} was not raised")


def check_every_name():
    names = [name for name in gymnasium.registry if name.startswith("trestle/")]
    suites = trestle.simulator.shared().suites.values()
    alike = [suite for suite in suites if len({task.setup for task in suite.tasks.values()}) == 1]
    assert len(names) == len(alike) + sum(len(suite.tasks) for suite in suites), names
    for name in names:
        env = gymnasium.make(name, render_mode="rgb_array")
        observation, info = env.reset(seed=1)
        assert observation in env.observation_space, name
        env.close()


def check_docstring():
    assert doctest.testmod(trestle).failed == 0


def check_checker():
    with warnings.catch_warnings():
        warnings.filterwarnings("error", category=UserWarning)
        # The robot's state has no bounds that hold for every arm.
        warnings.filterwarnings("ignore", message=".*Box observation space m")
        for name in ("in-distribution", "semantic-lift-white-tape"):
            env = gymnasium.make(f"trestle/{name}-v0", render_mode="rgb_array")
            check_env(env.unwrapped)
            env.close()


def check_vector_equals_single():
    """Every array of the vector environment is what Gymnasium's own vector environment makes of single ones."""
    for mode in gymnasium.vector.AutoresetMode:
        arguments = {"num_envs": 3, "vectorization_mode": "sync", "vector_kwargs": {"autoreset_mode": mode}}
        own = gymnasium.make_vec("trestle/semantic-v0", num_envs=3, autoreset_mode=mode)
        peer = gymnasium.make_vec("trestle/semantic-v0", **arguments)
        assert type(own.unwrapped) is trestle.TabletopVectorEnv
        assert own.observation_space == peer.observation_space and own.action_space == peer.action_space
        assert data_equivalence(own.reset(seed=3), peer.reset(seed=3))
        ended = 0
        for step in range(70):
            actions = own.expert_actions().astype(np.float32)
            actions[2] = [0, 0, 0.001, 0, 0, 0, 1]  # never solves its task
            one, other = own.step(actions), peer.step(actions)
            assert data_equivalence(one, other), (mode, step, one[1:], other[1:])
            over = one[2] | one[3]
            ended += over.sum()
            if mode is gymnasium.vector.AutoresetMode.DISABLED and over.any():
                raises(trestle.NotReadyError, lambda: own.step(actions))
                one, other = (each.reset(options={"reset_mask": over}) for each in (own, peer))
                assert data_equivalence(one, other), (mode, step)
        assert ended >= 4, f"{mode}: only {ended} episodes ended"
        own.close()
        peer.close()


def play(env, act, count, seed):
    """The ends of a run's first episodes: name, content, last state and success of each."""
    ends = []
    for number in range(count):
        observation, start = env.reset(seed=seed if number == 0 else None)
        done = False
        while not done:
            observation, reward, terminated, truncated, info = env.step(act(env, observation))
            done = terminated or truncated
        ends.append((start["content"], info["final_state"], info["is_success"], env.unwrapped.record()["steps"]))
    return ends


class Expert:
    """The scripted expert."""

    def __call__(self, env, observation):
        return env.unwrapped.expert_action()


class Seeing:
    """The policy of seeing.py, which bench plays in a process of its own."""

    def __call__(self, env, observation):
        names = env.unwrapped.setup.state
        felt = observation["agent_pos"].tolist()
        return seeing.action(observation["pixels"], felt[:3], felt[names.index("gripper-width")])


def records_of_bench(suite, episodes, *policies):
    """What bench writes of a run with seed 5."""
    with tempfile.TemporaryDirectory() as folder:
        command = [bench, "--suite", suite, "--episodes", str(episodes), "--seed", "5", "--out", f"{folder}/run", *policies]
        run = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert run.returncode == 0, run.stderr
        records = [json.loads(line) for line in open(f"{folder}/run/episodes.jsonl")]
    assert not any(record["error"] for record in records), records
    return records


def check_same_episodes_as_bench():
    """Content hashes, last states and outcomes are those of bench, for the expert and for a policy that looks."""
    looks = ["--policy", f"{HERE / 'seeing.py'}:Seeing", "--name", "seeing", "--python", sys.executable]
    records = records_of_bench("semantic", 2, "--policy", "expert", "--name", "expert", *looks)
    for policy, act in ({"expert": Expert(), "seeing": Seeing()}).items():
        for clean in (False, True):
            own = [record for record in records if record["policy"] == policy and record["clean"] == clean]
            compare_run(gymnasium.make("trestle/semantic-v0", clean=clean), act, own, 12)


def check_episodes_that_go_on_after_success():
    records = records_of_bench("bridge", 1, "--policy", "expert")
    compare_run(gymnasium.make("trestle/bridge-v0"), Expert(), records, len(trestle.Simulator().suites["bridge"].tasks))


def compare_run(env, act, records, count):
    expected = [
        (record["content"], record["final_state"], record["outcome"] == "success", record["steps"]) for record in records
    ]
    assert len(expected) == count, len(expected)
    found = play(env, act, count, seed=5)
    assert found == expected, [pair for pair in zip(found, expected) if pair[0] != pair[1]]
    env.close()


def check_parts_and_options():
    env = gymnasium.make("trestle/in-distribution-lift-v0", parts=("agent_pos",))
    assert list(env.reset(seed=0)[0]) == ["agent_pos"]
    first = env.reset(seed=4, options={"index": 3})[1]
    assert first["episode"] == "in-distribution/lift#3@4", first
    assert env.reset()[1]["episode"] == "in-distribution/lift#4@4"
    assert env.reset(options={"episode": "semantic/lift-white-tape#1@2+s0.5"})[1]["episode"].endswith("+s0.5")
    third = gymnasium.make("trestle/visual-v0", strength=1 / 3, parts=("task",)).reset(seed=1)[1]
    assert third["episode"].endswith("+s0.3333333333333333"), third
    raises(trestle.ArgumentError, lambda: env.reset(options={"indx": 3}))
    raises(trestle.ArgumentError, lambda: env.reset(options={"episode": "semantic"}))
    raises(trestle.ArgumentError, lambda: env.unwrapped.step([0, 0, 0, 0, 0, 0, float("nan")]))
    raises(trestle.ArgumentError, lambda: env.unwrapped.step([0, 0]))
    assert "lift-white-tape" in raises(trestle.ArgumentError, lambda: trestle.TabletopEnv("semantic", "dance"))
    raises(trestle.ArgumentError, lambda: trestle.TabletopEnv("in-distribution", clean=True))
    raises(trestle.NotReadyError, lambda: trestle.TabletopEnv("semantic").step([0] * 7))
    raises(trestle.FileError, lambda: trestle.Simulator(root="/nowhere"))
    env.close()
    env.close()
    raises(trestle.TrestleError, lambda: env.reset())


def draw_in_child(pipe):
    try:
        env = trestle.TabletopEnv("in-distribution", "lift")
        env.reset(seed=0)
        pipe.send("drawn")
    except trestle.RendererError as error:
        pipe.send(str(error))


def check_fork_is_refused_and_spawn_draws():
    """A child of a process that has drawn cannot draw: it must say so, not hang; a fresh process draws."""
    trestle.TabletopEnv("in-distribution", "lift").reset(seed=0)
    here, there = multiprocessing.get_context("fork").Pipe()
    child = multiprocessing.get_context("fork").Process(target=draw_in_child, args=(there,))
    child.start()
    assert here.poll(60), "the forked child hangs"
    assert "spawn" in here.recv()
    child.join()
    from trestle.lerobot import make_env

    (vector,) = make_env(n_envs=2, use_async_envs=True, task="in-distribution-lift")["in-distribution"].values()
    observation, _ = vector.reset(seed=0)
    assert observation["pixels"].shape == (2, 224, 224, 3)
    vector.close()


def check_make_env():
    """What LeRobot looks at: attributes of the environments, and successes in final_info."""
    from trestle.lerobot import make_env

    envs = make_env(n_envs=2, task="semantic")["semantic"]
    assert len(envs) == 6
    vector = envs[1]
    # The mark of LeRobot 0.6's own, beside which other unknown options stay errors.
    vector.reset(seed=[7, 8], options={"lerobot_new_rollout": True})
    assert vector.call("task_description") == ("lift the white tape",) * 2, vector.call("task_description")
    assert vector.call("_max_episode_steps")[0] == 30
    assert hasattr(vector.envs[0], "task_description") and hasattr(vector.envs[0], "task")
    solved = np.zeros(2, dtype=bool)
    for _ in range(30):
        actions = np.stack([env.expert_action() for env in vector.envs])
        info = vector.step(actions)[-1]
        if "final_info" in info:
            solved |= info["final_info"]["is_success"]
    assert solved.all()


if __name__ == "__main__":
    failures = 0
    for name, check in list(globals().items()):
        if name.startswith("check_") and callable(check) and check.__module__ == "__main__":
            try:
                check()
                print(f"{name}: fine")
            except AssertionError as error:
                failures += 1
                print(f"{name}: {error or 'failed'}")
    sys.exit(1 if failures else 0)
