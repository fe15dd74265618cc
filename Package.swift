// swift-tools-version: 6.1
// Trestle: a benchmark for vision-language-action policies. Docs/architecture.md says who may import whom.

import Foundation
import PackageDescription

// MARK: - libtorch

/// The folder that holds libtorch's `include/` and `lib/`: `$LIBTORCH`, else what `Scripts/bootstrap` installed.
let libtorch =
  ProcessInfo.processInfo.environment["LIBTORCH"] ?? "\(Context.packageDirectory)/.libtorch/torch"

/// Whether that libtorch has CUDA, and where a wheel's CUDA headers lie beside it; `$CUDA_HOME` holds them elsewhere.
let hasCUDA = FileManager.default.fileExists(atPath: "\(libtorch)/lib/libtorch_cuda.so")
let cudaHeaders =
  ProcessInfo.processInfo.environment["CUDA_HOME"].map { "\($0)/include" }
  ?? "\(libtorch)/../nvidia/cu13/include"

let torchHeaders: [CXXSetting] = [
  .unsafeFlags(
    [
      "-isystem", "\(libtorch)/include",
      "-isystem", "\(libtorch)/include/torch/csrc/api/include",
      "-Wno-everything", "-O2",
    ] + (hasCUDA ? ["-isystem", cudaHeaders] : []))
]

let torchLibraries: [LinkerSetting] =
  [
    .unsafeFlags([
      "-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib",
      "-Xlinker", "--no-as-needed", "-Xlinker", "--allow-shlib-undefined",
    ]),
    .linkedLibrary("torch"), .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
  ] + (hasCUDA ? [.linkedLibrary("torch_cuda"), .linkedLibrary("c10_cuda")] : [])

// MARK: - Settings

/// Numerical targets are optimised in debug builds too, so that the command a newcomer types is fast.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// HTTP and WebSocket.
let network = [
  "NIOConcurrencyHelpers", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOWebSocket",
].map {
  Target.Dependency.product(name: $0, package: "swift-nio")
}

// MARK: - Targets

let package = Package(
  name: "Trestle",
  products: [
    .executable(name: "bench", targets: ["bench"]),
    // The simulator for other languages; needs no libtorch.
    .library(name: "trestle", type: .dynamic, targets: ["CInterface"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    // System libraries and C++ shims
    .systemLibrary(name: "COpenGL"),
    .systemLibrary(name: "CEGL"),
    .target(name: "CMesa"),
    .systemLibrary(name: "CGLFW"),
    .target(
      name: "CPNG", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("png")]),
    .target(
      name: "CJPEG", cSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("jpeg")]),
    .systemLibrary(name: "CZeroMQ"),
    .target(name: "CAborts"),
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
    .target(name: "Threads"),

    // The terminal
    .target(name: "Console"),

    // The world
    .target(name: "Geometry", swiftSettings: optimized),
    .target(name: "StrictYAML", dependencies: ["Files", yams], swiftSettings: optimized),
    .target(name: "RandomNumbers", swiftSettings: optimized),
    .target(name: "Simulation", dependencies: ["Geometry"], swiftSettings: optimized),
    .target(
      name: "Rendering",
      dependencies: ["Geometry", "RandomNumbers", "Threads", "COpenGL", "CEGL", "CMesa"],
      swiftSettings: optimized),
    .target(
      name: "EnvironmentInterface", dependencies: ["Geometry", "RandomNumbers"],
      swiftSettings: optimized),
    .target(
      name: "Environments",
      dependencies: [
        "EnvironmentInterface", "Geometry", "RandomNumbers", "Simulation", "Rendering",
        "StrictYAML", "Threads",
      ], swiftSettings: optimized),

    // The policies
    .target(name: "InputFiles", dependencies: ["Files"], swiftSettings: optimized),
    .target(
      name: "ImageFiles",
      dependencies: ["EnvironmentInterface", "Files", "InputFiles", "CPNG", "CJPEG"],
      swiftSettings: optimized),
    .target(
      name: "Torch", dependencies: ["CTorch", "Files", "InputFiles", "RandomNumbers", "Threads"],
      swiftSettings: optimized),
    .target(
      name: "Networks", dependencies: ["Files", "InputFiles", "Torch"],
      swiftSettings: optimized),
    .target(
      name: "Policies",
      dependencies: [
        "EnvironmentInterface", "Files", "Geometry", "ImageFiles", "InputFiles", "RandomNumbers",
        "Torch", "Networks", "CSentencePiece",
      ], swiftSettings: optimized),
    .target(
      name: "Remote",
      dependencies: [
        "EnvironmentInterface", "Files", "Geometry", "ImageFiles", "InputFiles", "RandomNumbers",
        "StrictYAML", "CZeroMQ",
      ] + network,
      resources: [.embedInCode("Python/worker.py")], swiftSettings: optimized),
    .target(
      name: "Training",
      dependencies: [
        "EnvironmentInterface", "Files", "InputFiles", "RandomNumbers", "Policies", "Torch",
        "Networks", "StrictYAML",
      ], swiftSettings: optimized),

    // The judgement
    .target(name: "Statistics", swiftSettings: optimized),
    .target(
      name: "Recordings", dependencies: ["EnvironmentInterface", "Files", "InputFiles"],
      swiftSettings: optimized),
    .target(
      name: "Evaluation",
      dependencies: [
        "EnvironmentInterface", "Files", "InputFiles", "RandomNumbers", "Recordings", "Statistics",
        "Threads",
      ],
      swiftSettings: optimized),

    .target(
      name: "Reports", dependencies: ["EnvironmentInterface", "Evaluation", "Statistics"],
      swiftSettings: optimized),
    .target(name: "Datasets", dependencies: ["Files"], swiftSettings: optimized),
    .target(
      name: "Videos", dependencies: ["CImGui", "EnvironmentInterface", "Files"],
      swiftSettings: optimized),

    // The simulator behind a C interface
    .target(name: "CTrestle"),
    .target(
      name: "CInterface",
      dependencies: [
        "CTrestle", "EnvironmentInterface", "Environments", "Evaluation", "Rendering", "StrictYAML",
      ], swiftSettings: optimized),

    // What a user starts
    .target(
      name: "Viewer", dependencies: ["Rendering", "Geometry", "COpenGL", "CGLFW", "CImGui"],
      swiftSettings: optimized),
    .executableTarget(
      name: "bench",
      dependencies: [
        "CAborts", "Console", "Datasets", "EnvironmentInterface", "Environments", "Evaluation",
        "Files", "ImageFiles", "InputFiles", "Networks", "Policies", "RandomNumbers", "Recordings",
        "Remote", "Rendering", "Reports", "Statistics", "StrictYAML", "Torch", "Training", "Videos",
        "Viewer", argumentParser,
      ]),

    .executableTarget(
      name: "performance",
      dependencies: [
        "Console", "EnvironmentInterface", "Environments", "Geometry", "Networks", "Policies",
        "RandomNumbers", "Remote", "Rendering", "Simulation", "Torch",
      ],
      path: "Benchmarks/Performance",
      exclude: [
        "compare.py", "device_peer.py", "openvla_7b.py", "small_openvla.py",
        "vector_environment.py", "README.md",
      ],
      swiftSettings: optimized
    ),

    // Tests
    .target(name: "TestSupport", dependencies: ["RandomNumbers"], path: "Tests/Support"),
    .target(name: "CDisplay", path: "Tests/CDisplay"),
    .testTarget(name: "FilesTests", dependencies: ["Files"]),
    .testTarget(name: "ThreadsTests", dependencies: ["Threads"]),
    .testTarget(name: "GeometryTests", dependencies: ["Geometry", "RandomNumbers"]),
    .testTarget(name: "RandomNumbersTests", dependencies: ["RandomNumbers"]),
    .testTarget(
      name: "EnvironmentInterfaceTests",
      dependencies: ["EnvironmentInterface", "Geometry", "RandomNumbers"],
      exclude: ["Fixtures"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics"]),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "Geometry", "RandomNumbers"]),
    .testTarget(name: "RenderingTests", dependencies: ["Rendering", "Geometry"]),
    .testTarget(
      name: "EnvironmentsTests",
      dependencies: [
        "Environments", "EnvironmentInterface", "Geometry", "RandomNumbers", "Simulation",
        "Rendering", "StrictYAML", "TestSupport",
      ], exclude: ["Fixtures", "Golden"]),
    .testTarget(
      name: "StrictYAMLTests", dependencies: ["StrictYAML", "RandomNumbers", "TestSupport", yams]),
    .testTarget(name: "InputFilesTests", dependencies: ["InputFiles"]),
    .testTarget(
      name: "ImageFilesTests", dependencies: ["ImageFiles", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "TorchTests", dependencies: ["Threads", "Torch", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "Torch", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "PoliciesTests",
      dependencies: [
        "Policies", "EnvironmentInterface", "Geometry", "ImageFiles", "InputFiles", "Networks",
        "Torch", "RandomNumbers", "TestSupport",
      ],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "RemoteTests",
      dependencies: [
        "Remote", "EnvironmentInterface", "Geometry", "InputFiles", "RandomNumbers", "TestSupport",
        .product(name: "NIOEmbedded", package: "swift-nio"),
      ] + network, exclude: ["Fixtures"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "EnvironmentInterface", "Files", "Geometry", "Policies", "Networks", "Torch",
        "RandomNumbers", "StrictYAML", "TestSupport",
      ]),
    .testTarget(
      name: "EvaluationTests",
      dependencies: [
        "Evaluation", "EnvironmentInterface", "Files", "Statistics", "RandomNumbers", "Recordings",
        "TestSupport",
      ]),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "Evaluation", "EnvironmentInterface"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets"]),
    .testTarget(
      name: "RecordingsTests",
      dependencies: [
        "Recordings", "EnvironmentInterface", "Files", "RandomNumbers", "TestSupport",
      ]),
    .testTarget(name: "VideosTests", dependencies: ["Videos", "EnvironmentInterface", "Files"]),
    .testTarget(
      name: "CInterfaceTests",
      dependencies: [
        "CInterface", "CTrestle", "EnvironmentInterface", "Environments", "Evaluation",
        "RandomNumbers", "TestSupport",
      ]),
    .testTarget(
      name: "ViewerTests", dependencies: ["CDisplay", "Viewer", "Rendering", "Geometry"]),
    .testTarget(
      name: "benchTests",
      dependencies: [
        "bench", "EnvironmentInterface", "Environments", "Evaluation", "Geometry", "Policies",
        "RandomNumbers", "Recordings", "TestSupport", "Viewer",
      ], exclude: ["Golden"]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx20
)
