// SPDX-License-Identifier: MIT

import Backbones
import Foundation
import Layers
import Patterns
import Randomness
import Retrieval
import Tensor
import Testing

@testable import Training

/// A process computes on one device: each test has a process of its own.
@Suite(.enabled(if: hasCard, "there is no NVIDIA card here that libtorch computes on")) struct `On a card` {
    @Test func `a search finds what the processor's finds`() async {
        await #expect(processExitsWith: .success) {
            try Engine.prepare(threads: 1, device: .cuda(0))
            var search = DeviceSearch()
            search.distancesHeld = 95 * 7
            let found = try search.neighbours(of: signs(95), width: 20, progress: nil)
            #expect(found == (try NearestNeighbours(count: 20).among(signs(95))))
            guard case .delegated = SearchStrategy.onDevice else {
                Issue.record("\(SearchStrategy.onDevice)")
                return
            }
        }
    }

    /// A factor of TF32 has 11 bits: distances would be off by some 1e-4.
    @Test func `a search takes whole factors where training takes TF32`() async {
        await #expect(processExitsWith: .success) {
            try Engine.prepare(threads: 1, device: .cuda(0), precision: .tf32)
            let features = try drawnRows()
            try expectExactDistances(DeviceSearch().neighbours(of: features, width: 12, progress: nil), of: features)
        }
    }

    /// libtorch's operators take them where elements are doubles.
    @Test(arguments: NormalisedMaps.allCases)
    func `kernels of ours normalise batches as libtorch does`(maps: NormalisedMaps) async {
        await #expect(processExitsWith: .success) { [name = maps.rawValue as String] in
            let maps = try #require(NormalisedMaps(rawValue: name))
            try Engine.prepare(threads: 1, device: .cuda(0))
            #expect(Engine.kernelProblem == nil)
            try maps.expectKernels { try $0() }
        }
    }

    @Test func `a kernel of ours shifts, adds and rectifies what a convolution comes to`() async {
        await #expect(processExitsWith: .success) {
            try Engine.prepare(threads: 1, device: .cuda(0))
            #expect(Engine.kernelProblem == nil)
            try expectFusedConvolution { try $0() }
        }
    }

    @Test func `maps are pooled by generalised means as libtorch does it`() async {
        await #expect(processExitsWith: .success) {
            try Engine.prepare(threads: 1, device: .cuda(0))
            #expect(Engine.kernelProblem == nil)
            try expectGeneralisedMeans { try $0() }
        }
    }

    @Test func `maps are enlarged by reflection as libtorch does it`() async {
        await #expect(processExitsWith: .success) {
            try Engine.prepare(threads: 1, device: .cuda(0))
            #expect(Engine.kernelProblem == nil)
            try expectReflection { try $0() }
        }
    }

    /// Three steps are taken as they are, the fourth is remembered, four repeat it.
    @Test(arguments: TrainingPrecision.allCases)
    func `steps that are repeated leave the bits of steps that are not`(precision: TrainingPrecision) async {
        await #expect(processExitsWith: .success) { [name = precision.rawValue as String] in
            let precision = try #require(TrainingPrecision(rawValue: name))
            try Engine.prepare(threads: 1, device: .cuda(0), precision: precision)
            try expectEqualWeights()
        }
    }

    /// A million GiB.
    @Test func `memory is counted, and what it does not suffice for is an error`() async {
        await #expect(processExitsWith: .success) {
            try Engine.prepare(threads: 1, device: .cuda(0))
            let tensor = try Tensor.full(1, shape: [1 << 20])
            #expect(try #require(try Engine.peakCardBytes()) >= tensor.byteCount)
            let error = #expect(throws: TensorError.self) { try Tensor.full(1, shape: [1 << 24, 1 << 24]) }
            guard case .outOfMemory("full", _, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try Tensor.full(1, shape: [2]).sum().scalar() == 2)
        }
    }
}

@Suite struct `Without a card` {
    @Test(arguments: NormalisedMaps.allCases)
    func `kernels of ours normalise batches as libtorch does`(maps: NormalisedMaps) throws {
        try maps.expectKernels { try Engine.emulatingKernels($0) }
    }

    @Test func `a kernel of ours shifts, adds and rectifies what a convolution comes to`() throws {
        try expectFusedConvolution { try Engine.emulatingKernels($0) }
    }

    @Test func `maps are pooled by generalised means as libtorch does it`() throws {
        try expectGeneralisedMeans { try Engine.emulatingKernels($0) }
    }

    @Test func `maps are enlarged by reflection as libtorch does it`() throws {
        try expectReflection { try Engine.emulatingKernels($0) }
    }

    @Test func `steps that are repeated leave the bits of steps that are not`() throws { try expectEqualWeights() }

    /// After one step the optimiser has a tenth of every gradient.
    @Test func `a training's step finds the gradients that it finds with libtorch's kernels`() throws {
        let shape = NetworkShape(backbone: .resnet18IBNa, domains: .separate)
        let theirs = try trained(shape, steps: 1)
        let ours = try Engine.emulatingKernels { try trained(shape, steps: 1) }
        let names = theirs.keys.filter { $0.hasSuffix("exp_avg") || $0.contains("running") }
        try expectClose(ours, theirs, names)
    }

    @Test func `a generator's gradients are those that it finds with libtorch's kernels`() throws {
        let theirs = try translated()
        try expectClose(Engine.emulatingKernels { try translated() }, theirs, Array(theirs.keys))
    }
}

/// A thousandth of a tensor's largest number: sums of a small network's roundings.
private func expectClose(_ found: [String: [Float]], _ wanted: [String: [Float]], _ names: [String]) throws {
    #expect(!names.isEmpty)
    for name in names {
        let (values, expected) = (try #require(found[name]), try #require(wanted[name]))
        expectClose(values.map(Double.init), expected.map(Double.init), share: 1e-3, name)
    }
}

/// A small generator's images, and the gradients of its weights; a bias before an instance normalisation has none.
private func translated() throws -> [String: [Float]] {
    let generator = try TranslationGenerator(channels: 8, blockCount: 1, random: RandomKey(seed: 1))
    let images = try Pattern.images([2, 3, 32, 16]).channelsLast()
    let output = try generator(images)
    try (output * Pattern.tensor("loss", shape: output.shape)).sum().backward()
    var found = ["images": try output.detached().contiguous().floats()]
    for entry in generator.store.entries where entry.key.hasSuffix("weight") {
        found[entry.key] = try #require(try entry.tensor.gradient()).contiguous().floats()
    }
    return found
}

private func expectEqualWeights() throws {
    let repeated = StepGraph(isOn: true) { Issue.record("\($0)") }
    let shape = NetworkShape(backbone: .resnet18)
    #expect(try trained(shape, steps: 8, by: repeated) == trained(shape, steps: 8))
    #expect(repeated.isReplaying)
}

/// What so many steps of a small network come to, by name: all of it, and the optimiser's moments.
private func trained(
    _ shape: NetworkShape, steps: Int, by graph: StepGraph = StepGraph(isOn: false)
) throws -> [String: [Float]] {
    let training = try ClassifierTraining(
        shape, from: nil, classes: 4, random: RandomKey(seed: 1), in: Unwatched(), graph: graph)
    for step in 0..<steps {
        let values = (0..<8 * 64 * 32 * 3).map { Float(($0 * (step + 3)) % 11) - 5 }
        let images = try Tensor(values, shape: [8, 64, 32, 3]).permuted([0, 3, 1, 2])
        _ = try graph([images, Tensor((0..<8).map { $0 / 2 })]) { inputs in
            let output = try training.network(inputs[0], .training)
            let logits = try training.classifier(output.embedding, labels: inputs[1])
            try training.optimiser.differentiate(
                smoothedCrossEntropy(logits, labels: inputs[1]) + softmaxTriplet(output.pooled, labels: inputs[1]))
        }
        try training.optimiser.step(AdamStep(rate: 1e-3))
    }
    let state = training.network.store.state.merging(training.optimiser.state) { $1 }
    return try state.mapValues { try $0.converted(to: .float32).floats() }
}

/// The driver is looked for first: loading libtorch's CUDA library takes a second and half a GiB.
private let hasCard =
    FileManager.default.fileExists(atPath: "/proc/driver/nvidia/version") && ((try? Engine.cardCount()) ?? 0) > 0
