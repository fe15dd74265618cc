"""``--env.type=trestle`` of LeRobot's commands; LeRobot imports this with ``--env.discover_packages_path``."""

import dataclasses

from lerobot.configs.types import FeatureType, PolicyFeature
from lerobot.envs.configs import EnvConfig

import trestle
from trestle import simulator
from trestle.lerobot.env import make_env, named

ACTION, STATE, IMAGE = "action", "observation.state", "observation.image"


@EnvConfig.register_subclass("trestle")
@dataclasses.dataclass
class TrestleEnv(EnvConfig):
    """A task of the tabletop (``SUITE-TASK``), or where LeRobot asks configurations for their environments, a ``SUITE``."""

    task: str | None = "in-distribution-lift"
    #: How far the suite's factors go, 0 to 1.
    strength: float = 1.0
    #: Whether the clean twins are played: the same draws without their factors.
    clean: bool = False

    def __post_init__(self):
        suite, tasks = named(self.task)
        if len(tasks) > 1 and not hasattr(EnvConfig, "create_envs"):
            raise trestle.ArgumentError(
                f"this version of LeRobot evaluates one task at a time; name one: {suite}-{tasks[0]}, {suite}-{tasks[1]}, …"
            )
        shared = simulator.shared()
        setup = shared.setups[shared.suites[suite].tasks[tasks[0]].setup]
        self.fps = round(setup.control_rate)
        self.features = {
            ACTION: PolicyFeature(type=FeatureType.ACTION, shape=(len(setup.action),)),
            "agent_pos": PolicyFeature(type=FeatureType.STATE, shape=(len(setup.state),)),
        }
        self.features_map = {ACTION: ACTION, "agent_pos": STATE}
        for camera in setup.cameras:
            alone = len(setup.cameras) == 1
            name = "pixels" if alone else f"pixels/{camera.name}"
            shape = (camera.height, camera.width, 3)
            self.features[name] = PolicyFeature(type=FeatureType.VISUAL, shape=shape)
            self.features_map[name] = IMAGE if alone else f"{IMAGE}s.{camera.name}"

    @property
    def package_name(self) -> str:
        return "trestle"

    @property
    def gym_id(self) -> str:
        return f"trestle/{self.task}-v0"

    @property
    def gym_kwargs(self) -> dict:
        return {"render_mode": "rgb_array", "strength": self.strength, "clean": self.clean}

    def create_envs(self, n_envs: int, use_async_envs: bool = False):
        """``{suite: {number of the task: vector environment}}``, where LeRobot asks for them."""
        return make_env(n_envs, use_async_envs, cfg=self)
