// swift-tools-version: 6.2
// SPDX-License-Identifier: MIT

import PackageDescription

// A package of its own: measuring needs an optimised build, and nothing of Passerby depends on it. The modules that
// are measured are linked into Sources/, so that no dependency of Passerby's is fetched or built.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "benchmarks",
    targets: [
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "Vocabulary", swiftSettings: strict),
        .target(name: "Randomness", swiftSettings: strict),
        .target(name: "Retrieval", dependencies: ["COpenBLAS", "Randomness", "Vocabulary"], swiftSettings: strict),
        .executableTarget(
            name: "RetrievalBenchmarks", dependencies: ["Retrieval", "Randomness", "Vocabulary"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
