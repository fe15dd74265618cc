// swift-tools-version: 6.1
// Trestle: a benchmark for vision-language-action policies. Docs/architecture.md says who may import whom.

import Foundation
import PackageDescription

// MARK: - libtorch

/// The folder that holds libtorch's `include/` and `lib/`: `$LIBTORCH`, else what `Scripts/bootstrap` installed.
let libtorch =
  ProcessInfo.processInfo.environment["LIBTORCH"] ?? "\(Context.packageDirectory)/.libtorch/torch"

let torchHeaders: [CXXSetting] = [
  .unsafeFlags([
    "-isystem", "\(libtorch)/include",
    "-isystem", "\(libtorch)/include/torch/csrc/api/include",
    "-Wno-everything", "-O2",
  ])
]

let torchLibraries: [LinkerSetting] = [
  .unsafeFlags([
    "-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib",
    "-Xlinker", "--no-as-needed",
  ]),
  .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
]

// MARK: - Settings

/// Numerical targets are optimised in debug builds too, so that the command a newcomer types is fast.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

// MARK: - Targets

let package = Package(
  name: "Trestle",
  products: [.executable(name: "bench", targets: ["bench"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // System libraries and C++ shims
    .systemLibrary(name: "COpenGL"),
    .systemLibrary(name: "CEGL"),
    .systemLibrary(name: "CGLFW"),
    .systemLibrary(name: "CPNG"),
    .systemLibrary(name: "CTurboJPEG"),
    .target(name: "CTorch", cxxSettings: torchHeaders, linkerSettings: torchLibraries),
    .target(
      name: "CSentencePiece", cxxSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary("sentencepiece"), .linkedLibrary("sentencepiece_train")]),
    .target(
      name: "CImGui", cxxSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [
        .linkedLibrary("imgui"), .linkedLibrary("stb"), .linkedLibrary("glfw"),
        .linkedLibrary("GL"),
      ]),

    // Files
    .target(name: "Files"),

    // The world
    .target(name: "Geometry", swiftSettings: optimized),
    .target(name: "StrictYAML", dependencies: [yams], swiftSettings: optimized),
    .target(name: "RandomNumbers", swiftSettings: optimized),
    .target(name: "Simulation", dependencies: ["Geometry"], swiftSettings: optimized),
    .target(
      name: "Rendering", dependencies: ["Geometry", "RandomNumbers", "COpenGL", "CEGL"],
      swiftSettings: optimized),
    .target(
      name: "EnvironmentInterface", dependencies: ["Geometry", "RandomNumbers"],
      swiftSettings: optimized),
    .target(
      name: "Environments",
      dependencies: [
        "EnvironmentInterface", "Geometry", "RandomNumbers", "Simulation", "Rendering",
        "StrictYAML",
      ], swiftSettings: optimized),

    // The policies
    .target(name: "ImageFiles", dependencies: ["CPNG", "CTurboJPEG"], swiftSettings: optimized),
    .target(
      name: "Torch", dependencies: ["CTorch", "Files", "RandomNumbers"], swiftSettings: optimized),
    .target(
      name: "Networks", dependencies: ["Torch", "Files", "RandomNumbers"], swiftSettings: optimized),
    .target(
      name: "Policies",
      dependencies: [
        "EnvironmentInterface", "Geometry", "ImageFiles", "RandomNumbers", "Torch", "Networks",
        "CSentencePiece",
      ], swiftSettings: optimized),
    .target(
      name: "Training",
      dependencies: [
        "EnvironmentInterface", "Files", "RandomNumbers", "Policies", "Torch", "Networks", yams,
      ], swiftSettings: optimized),

    // The judgement
    .target(name: "Statistics", swiftSettings: optimized),
    .target(
      name: "Evaluation",
      dependencies: ["EnvironmentInterface", "Files", "RandomNumbers", "Statistics"],
      swiftSettings: optimized),

    .target(
      name: "Reports", dependencies: ["EnvironmentInterface", "Evaluation", "Statistics"],
      swiftSettings: optimized),

    // What a user starts
    .target(
      name: "Viewer", dependencies: ["Rendering", "Geometry", "COpenGL", "CGLFW", "CImGui"],
      swiftSettings: optimized),
    .executableTarget(
      name: "bench",
      dependencies: [
        "EnvironmentInterface", "Environments", "Evaluation", "Files", "Geometry", "ImageFiles",
        "Networks", "Policies", "RandomNumbers", "Rendering", "Reports", "Simulation",
        "Statistics", "StrictYAML", "Torch", "Training", "Viewer", argumentParser,
      ]),

    .executableTarget(
      name: "performance",
      dependencies: [
        "EnvironmentInterface", "Environments", "Networks", "Policies", "RandomNumbers",
        "Rendering",
        "Torch",
      ],
      path: "Benchmarks/Performance", exclude: ["compare.py", "openvla_7b.py", "README.md"],
      swiftSettings: optimized
    ),

    // Tests
    .target(name: "TestSupport", dependencies: ["RandomNumbers"], path: "Tests/Support"),
    .testTarget(name: "FilesTests", dependencies: ["Files"]),
    .testTarget(name: "GeometryTests", dependencies: ["Geometry"]),
    .testTarget(name: "RandomNumbersTests", dependencies: ["RandomNumbers"]),
    .testTarget(
      name: "EnvironmentInterfaceTests",
      dependencies: ["EnvironmentInterface", "Geometry", "RandomNumbers"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics"]),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "Geometry", "RandomNumbers"]),
    .testTarget(name: "RenderingTests", dependencies: ["Rendering", "Geometry"]),
    .testTarget(
      name: "EnvironmentsTests",
      dependencies: [
        "Environments", "EnvironmentInterface", "Geometry", "RandomNumbers", "Simulation",
        "Rendering", "StrictYAML",
      ], exclude: ["Golden"]),
    .testTarget(name: "StrictYAMLTests", dependencies: ["StrictYAML"]),
    .testTarget(
      name: "ImageFilesTests", dependencies: ["ImageFiles", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "TorchTests", dependencies: ["Torch", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "Torch", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "PoliciesTests",
      dependencies: [
        "Policies", "EnvironmentInterface", "Geometry", "ImageFiles", "Networks", "Torch",
        "RandomNumbers", "TestSupport",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "EnvironmentInterface", "Geometry", "Policies", "Networks", "Torch",
        "RandomNumbers",
      ]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "EnvironmentInterface", "Statistics", "RandomNumbers", "TestSupport",
      ]),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "Evaluation", "EnvironmentInterface"]),
    .testTarget(name: "ViewerTests", dependencies: ["Viewer", "Rendering", "Geometry"]),
    .testTarget(
      name: "benchTests", dependencies: ["bench", "TestSupport"], exclude: ["Golden"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
