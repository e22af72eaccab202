// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import Foundation
import PackageDescription

// A package of its own: measuring needs an optimised build, and nothing of Passerby depends on it. The modules that
// are measured are linked into Sources/, so that no dependency of Passerby's is fetched or built.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Where Passerby's own manifest finds libtorch; without one the benchmarks that need it are left out.
let environment = Context.environment
let cacheFolder = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "")/.cache"
let libtorch = environment["LIBTORCH"] ?? "\(cacheFolder)/passerby/torch-2.13.0/torch"
let tensors: [Target] = [
    .target(
        name: "CTorch",
        cxxSettings: [
            .unsafeFlags([
                "-isystem", "\(libtorch)/include", "-isystem", "\(libtorch)/include/torch/csrc/api/include",
            ])
        ],
        linkerSettings: [
            .unsafeFlags(["-L\(libtorch)/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/lib"]),
            .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
        ]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "Tensor", dependencies: ["CTorch", "CZlib", "Reporting"], swiftSettings: strict),
    .target(
        name: "Layers", dependencies: ["Tensor", "Machine", "Randomness", "Reporting"], swiftSettings: strict),
    .target(name: "Backbones", dependencies: ["Layers", "Tensor", "Randomness"], swiftSettings: strict),
    .executableTarget(
        name: "InferenceBenchmarks", dependencies: ["Backbones", "Layers", "Randomness", "Tensor"],
        swiftSettings: strict),
]
let withTensors = FileManager.default.fileExists(atPath: "\(libtorch)/include/ATen/ATen.h")

let package = Package(
    name: "benchmarks",
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .target(name: "CPixels", cSettings: [.unsafeFlags(["-O2", "-ffp-contract=off"])]),
        .target(name: "Vocabulary", swiftSettings: strict),
        .target(name: "Reporting", swiftSettings: strict),
        .target(name: "Machine", swiftSettings: strict),
        .target(name: "Randomness", swiftSettings: strict),
        .target(
            name: "Retrieval", dependencies: ["COpenBLAS", "Machine", "Randomness", "Reporting", "Vocabulary"],
            swiftSettings: strict),
        .target(
            name: "Data",
            dependencies: ["CTurboJPEG", "CPNG", "CPixels", "Machine", "Randomness", "Reporting", "Vocabulary"],
            swiftSettings: strict),
        .executableTarget(
            name: "RetrievalBenchmarks", dependencies: ["Retrieval", "Randomness", "Vocabulary"],
            swiftSettings: strict),
        .executableTarget(
            name: "LoadingBenchmarks", dependencies: ["Data", "Randomness", "Vocabulary"], swiftSettings: strict),
    ] + (withTensors ? tensors : []),
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
