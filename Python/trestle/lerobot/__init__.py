"""LeRobot's doors to the tabletop: an environment for ``lerobot-eval`` and an EnvHub-style ``make_env``.

    lerobot-eval --env.discover_packages_path=trestle.lerobot --env.type=trestle \
        --env.task=semantic-lift-white-tape --policy.path=… --eval.n_episodes=20 --eval.batch_size=10

Episode i of ``lerobot-eval --seed=S`` is episode 0 of ``bench --seed S+i``.
"""

from trestle.lerobot.env import make_env

__all__ = ["make_env"]
