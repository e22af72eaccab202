// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import Foundation
import PackageDescription

// MARK: Locating libtorch

// `LIBTORCH` names any libtorch; without it, the copy that `scripts/setup` keeps in the user's cache folder.
// `PASSERBY_LIBTORCH=none` leaves out every module above the tensor engine, so that `Retrieval`,
// `Configuration`, `Pipeline` and `Data` build and test on a machine that has no libtorch at all.
let environment = Context.environment
let withTensors = environment["PASSERBY_LIBTORCH"] != "none"
let cacheFolder = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
let libtorch = environment["LIBTORCH"] ?? "\(cacheFolder)/passerby/torch-2.13.0/torch"

if withTensors, !FileManager.default.fileExists(atPath: "\(libtorch)/include/ATen/ATen.h") {
    FileHandle.standardError.write(
        Data(
            """
            error: no libtorch at '\(libtorch)'. Run scripts/setup, or set LIBTORCH to a folder with include/ and lib/, \
            or PASSERBY_LIBTORCH=none to build the modules that need none.

            """.utf8))
}

let torchHeaders: [CXXSetting] = [
    .unsafeFlags([
        "-isystem", "\(libtorch)/include",
        "-isystem", "\(libtorch)/include/torch/csrc/api/include",
    ])
]
let torchLibraries: [LinkerSetting] = [
    .unsafeFlags(["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"]),
    .linkedLibrary("torch_cpu"),
    .linkedLibrary("c10"),
]

// MARK: Settings of every Swift target

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// For the modules that compute on arrays themselves: without optimisation their tests take minutes.
let optimised: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

// MARK: The house
//
// CTorch, CZlib ─▶ Tensor ─▶ Layers ─▶ Backbones ─┐
// CTurboJPEG, CPNG, CPixels ─▶ Data ──────────────┼─▶ Training ─▶ Experiments ─▶ passerby
// COpenBLAS ─▶ Retrieval ─────────────────────────┘                 ▲
// CYAML ─▶ Configuration ───────────────────────────────────────────┤
// Pipeline ─────────────────────────────────────────────────────────┤
// Configuration, Pipeline ─▶ Slurm ─▶ Sweeps, Tables ───────────────┘
//
// `Reporting` (errors and their exit codes, what is told of a stage under way), `Vocabulary` (identities, cameras, endings
// of files), `Randomness` (counter-based generators), `Pages` (HTML and charts) and `Machine` (processors, their
// instructions and limits, the threads that share them) are leaves that any module may import.
// A module may import what it names here and nothing else: the launcher and scripts/test build with
// `--explicit-target-dependency-import-check error`.

func module(
    _ name: String, _ dependencies: [Target.Dependency], tests: [Target.Dependency] = [], fixtures: Bool = false,
    computes: Bool = false
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, swiftSettings: computes ? optimised : strict),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.byName(name: name)] + dependencies + tests,
            exclude: fixtures ? ["Fixtures"] : [],
            swiftSettings: strict
        ),
    ]
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let withoutTensors: [Target] =
    [
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .target(name: "CPixels", cSettings: [.unsafeFlags(["-O2", "-ffp-contract=off"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "Vocabulary", swiftSettings: strict),
        .target(name: "Reporting", swiftSettings: strict),
    ]
    + [.target(name: "Programs", path: "Tests/Programs", swiftSettings: strict)]
    + module("Pages", [])
    + module("Randomness", [], computes: true)
    + module("Machine", [])
    + module(
        "Data", ["CTurboJPEG", "CPNG", "CPixels", "Machine", "Randomness", "Reporting", "Vocabulary"], fixtures: true,
        computes: true)
    + module("Retrieval", ["COpenBLAS", "Machine", "Randomness", "Reporting", "Vocabulary"], fixtures: true, computes: true)
    + module("Configuration", ["CYAML", "Reporting", "Vocabulary"])
    + module("Pipeline", ["Reporting", crypto])
    + module("Slurm", ["Configuration", "Pipeline", "Reporting"])
    + module("Sweeps", ["Configuration", "Pages", "Pipeline", "Randomness", "Reporting", "Slurm"], tests: ["Programs"])
    + module("Tables", ["Configuration", "Pipeline", "Randomness", "Reporting", "Slurm"])

let tensors: [Target] =
    [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CTorch", cxxSettings: torchHeaders, linkerSettings: torchLibraries),
        .executableTarget(
            name: "passerby",
            dependencies: [
                "Experiments", "Slurm", "Sweeps", "Tables", "Pipeline", "Configuration", "Training", "Data", "Retrieval",
                "Machine", "Randomness", "Reporting", "Vocabulary", "Backbones", "Layers", "Tensor", arguments,
            ], swiftSettings: strict),
        .testTarget(
            name: "passerbyTests",
            dependencies: [
                "passerby", "Backbones", "Configuration", "Data", "Experiments", "Layers", "Training", "Pipeline",
                "Programs", "Randomness", "Reporting", "Retrieval", "Tensor", "Vocabulary", arguments,
            ], swiftSettings: strict),
    ]
    + module("Tensor", ["CTorch", "CZlib", "Reporting"], fixtures: true)
    + module("Layers", ["Tensor", "Machine", "Randomness", "Reporting"], tests: ["Patterns"])
    + [.target(name: "Patterns", dependencies: ["Layers", "Tensor"], path: "Tests/Patterns", swiftSettings: strict)]
    + module("Backbones", ["Layers", "Tensor", "Randomness"], tests: ["Patterns"], fixtures: true)
    + module(
        "Training",
        ["Backbones", "Layers", "Tensor", "Data", "Retrieval", "Randomness", "Reporting", "Vocabulary"], tests: ["Patterns"])
    + module(
        "Experiments",
        [
            "Training", "Pipeline", "Sweeps", "Configuration", "Data", "Retrieval", "Machine", "Pages", "Randomness",
            "Reporting", "Vocabulary", "Backbones", "Layers", "Tensor",
        ], tests: ["Patterns", "Programs", "Tables"], fixtures: true)

let package = Package(
    name: "passerby",
    products: withTensors ? [.executable(name: "passerby", targets: ["passerby"])] : [],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: withoutTensors + (withTensors ? tensors : []),
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
