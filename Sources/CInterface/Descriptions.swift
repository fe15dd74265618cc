import EnvironmentInterface
import Environments
import Evaluation

/// What there is to play, as JSON.
struct CatalogDescription: Encodable {
  var suites: [Suite]
  var setups: [String: SetupDescription]

  struct Suite: Encodable {
    var name: String
    var title: String
    var hasCleanTwins: Bool
    var tasks: [Task]
  }

  struct Task: Encodable {
    var name: String
    var setup: String
    var stepLimit: Int
  }

  init(of environment: TabletopEnvironment) {
    suites = zip(environment.suiteDefinitions, environment.suites).map { suite, described in
      Suite(
        name: suite.name, title: suite.title, hasCleanTwins: described.hasCleanTwins,
        tasks: suite.tasks.map { Task(name: $0.name, setup: $0.setup, stepLimit: $0.stepLimit) })
    }
    setups = environment.catalog.setups.mapValues { SetupDescription(of: $0) }
  }
}

/// What a set-up shows and takes, as JSON.
struct SetupDescription: Encodable {
  var about: String
  /// The primary one first.
  var cameras: [CameraInterface]
  /// What each number of the state is.
  var state: [String]
  /// What each number of an action is, and the least and the greatest that the arm carries out [m, rad].
  var action: [String]
  var low: [Double]
  var high: [Double]
  /// [Hz]
  var controlRate: Double

  init(of setup: Setup) {
    let interface = setup.interface
    about = setup.about
    cameras = interface.cameras
    state = interface.state?.names ?? []
    action = ["x", "y", "z", "roll", "pitch", "yaw", "gripper"]
    let motion =
      [Double](repeating: setup.limit.translation, count: 3)
      + [Double](repeating: setup.limit.rotation, count: 3)
    low = motion.map(-) + [min(setup.gripper.open, setup.gripper.closed)]
    high = motion + [max(setup.gripper.open, setup.gripper.closed)]
    controlRate = setup.controlRate
  }
}

extension StateLayout {
  /// What each number is.
  fileprivate var names: [String] {
    quantities.flatMap { quantity -> [String] in
      switch quantity {
      case .position: ["x", "y", "z"]
      case .orientation(.rollPitchYaw): ["roll", "pitch", "yaw"]
      case .orientation(let form): (0..<form.count).map { "\(form.rawValue)-\($0)" }
      case .jointAngles(let count): (0..<count).map { "joint-\($0)" }
      case .gripperWidth: ["gripper-width"]
      case .gripperFraction: ["gripper-fraction"]
      case .fingerPositions: ["finger-left", "finger-right"]
      case .padding: ["padding"]
      }
    }
  }
}

/// What is known of an episode from its start on, as JSON with the keys of `episodes.jsonl`.
struct EpisodeFacts: Encodable {
  var name: String
  var setup: String
  var suite: String
  var task: String
  var index: Int
  var seed: UInt64
  var clean: Bool
  var factors: [FactorSetting]
  var instruction: String
  var stepLimit: Int
  /// What pairs this episode with the same one of any run.
  var content: String

  private enum CodingKeys: String, CodingKey {
    case name, setup, suite, task, index, seed, clean, factors, instruction, content
    case stepLimit = "step_limit"
  }

  init(of running: RunningEpisode<TabletopState>, setup: String) {
    let episode = running.episode
    name = EpisodeName(of: episode).description
    self.setup = setup
    suite = episode.suite
    task = episode.task
    index = episode.index
    seed = episode.seed
    clean = episode.isCleanTwin
    factors = episode.factors
    instruction = episode.instruction
    stepLimit = episode.stepLimit
    content = running.content
  }
}
