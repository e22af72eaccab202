// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Testing

@testable import Layers
@testable import Tensor

@Suite struct `Batch normalisation in groups of images` {
    /// Groups (1, 3) and (10, 14): means 2 and 12, biased variances 1 and 4, so both become −1 and 1 but for ε. Running
    /// statistics are of the first alone: 0.1·2 and 0.9 + 0.1·2 with its unbiased variance 2; one batch is counted.
    @Test func `normalises each by its own statistics, and gathers the first's`() throws {
        let store = emptyStore()
        let statistics = BatchStatistics(.shared, imagesPerGroup: 2)
        let layer = try BatchNormalisation(1, statistics: statistics, at: store.root / "bn")
        let (small, large) = (1 / 1.00001.squareRoot(), 2 / 4.00001.squareRoot())
        try expectClose(layer(Tensor([1, 3, 10, 14], shape: [4, 1]), .training), [-small, small, -large, large])
        try expectClose(#require(store.state["bn.running_mean"]), [0.2])
        try expectClose(#require(store.state["bn.running_var"]), [1.1])
        #expect(try store.state["bn.num_batches_tracked"]?.integers() == [1])
    }

    /// Source 1, 3 | 10, 14, target 5, 7 | 20, 24; running means 0.1·2 and 0.1·6, both variances 0.9 + 0.1·2.
    @Test func `cuts the half of each domain into groups`() throws {
        let store = emptyStore()
        let statistics = BatchStatistics(.separate, imagesPerGroup: 2)
        let layer = try BatchNormalisation(1, statistics: statistics, at: store.root / "bn")
        try #require(store.state["bn.BN_T.bias"]).copy(from: Tensor([100], shape: [1]))
        let output = try layer(Tensor([1, 3, 10, 14, 5, 7, 20, 24], shape: [8, 1]), .training)
        let (small, large) = (1 / 1.00001.squareRoot(), 2 / 4.00001.squareRoot())
        let half = [-small, small, -large, large]
        try expectClose(output, half + half.map { $0 + 100 })
        try expectClose(#require(store.state["bn.BN_S.running_mean"]), [0.2])
        try expectClose(#require(store.state["bn.BN_T.running_mean"]), [0.6])
        for branch in ["BN_S", "BN_T"] {
            try expectClose(#require(store.state["bn.\(branch).running_var"]), [1.1])
            #expect(try store.state["bn.\(branch).num_batches_tracked"]?.integers() == [1])
        }
    }

    @Test func `infers as without groups`() throws {
        for domains in NormalisationDomains.allCases {
            let results = try [nil, 2].map { size in
                let statistics = BatchStatistics(domains, imagesPerGroup: size)
                let layer = try BatchNormalisation(3, statistics: statistics, at: emptyStore().root)
                return try layer(tensor([5, 3]) { $0 * $0 }, .inference(.source)).floats()
            }
            #expect(results[0] == results[1])
        }
    }

    @Test func `of the whole batch is what it is without groups`() throws {
        let batch = try tensor([6, 3, 4, 2]) { sin(1.3 * $0) * 3 + $0 / 20 }.channelsLast()
        for (domains, size) in [(NormalisationDomains.shared, 6), (.separate, 3)] {
            let results = try [nil, size].map { size in
                let store = emptyStore()
                let statistics = BatchStatistics(domains, imagesPerGroup: size)
                let output = try BatchNormalisation(3, statistics: statistics, at: store.root)(batch, .training)
                return [output] + store.entries.filter { $0.role == .statistic }.map(\.tensor)
            }
            for (without, with) in zip(results[0], results[1]) {
                expectClose(try with.doubles().map { Float($0) }, try without.doubles())
            }
        }
    }

    @Test(arguments: [
        (NormalisationDomains.shared, 50, 16, "a batch of 50 images has no groups of 16"),
        (.separate, 48, 16, "a half of 24 images has no groups of 16"),
    ])
    func `have to fill the batch`(domains: NormalisationDomains, count: Int, size: Int, message: String) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [domains = domains as NormalisationDomains, count = count as Int, size = size as Int] in
            let statistics = BatchStatistics(domains, imagesPerGroup: size)
            let layer = try BatchNormalisation(1, statistics: statistics, at: emptyStore().root)
            _ = try layer(tensor([count, 1]) { $0 }, .training)
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains(message) == true)
    }

    @Test func `have two images or more`() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BatchStatistics(.shared, imagesPerGroup: 1)
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("1 images have no statistics; allowed: 2 or more") == true)
    }
}

/// A batch of [N, C, H, W], one number after the other, as written in a textbook.
private struct ObviousNormalisation {
    var running: (mean: [Double], variance: [Double])

    /// - Parameter values: Of one domain.
    mutating func callAsFunction(_ values: [Double], channels: Int, area: Int, group: Int) -> [Double] {
        var result = values
        for start in stride(from: 0, to: values.count / channels / area, by: group) {
            for channel in 0..<channels {
                let places = (start..<start + group).flatMap { image in
                    (0..<area).map { (image * channels + channel) * area + $0 }
                }
                let count = Double(places.count)
                let mean = places.reduce(0) { $0 + values[$1] } / count
                let variance = places.reduce(0) { $0 + (values[$1] - mean) * (values[$1] - mean) } / count
                for place in places { result[place] = (values[place] - mean) / (variance + 1e-5).squareRoot() }
                guard start == 0 else { continue }
                running.mean[channel] = 0.9 * running.mean[channel] + 0.1 * mean
                running.variance[channel] = 0.9 * running.variance[channel] + 0.1 * variance * count / (count - 1)
            }
        }
        return result
    }
}

@Suite struct `Grouped batch normalisation, beside the obvious way` {
    @Test(arguments: [2, 3, 4, 6])
    func `gives its values over three batches`(group: Int) throws {
        let (channels, area) = (3, 8)
        let store = emptyStore()
        let layer = try BatchNormalisation(
            channels, statistics: BatchStatistics(.separate, imagesPerGroup: group), at: store.root)
        let fresh = ObviousNormalisation(
            running: ([Double](repeating: 0, count: channels), [Double](repeating: 1, count: channels)))
        var branches = ["BN_S": fresh, "BN_T": fresh]
        for step in 0..<3 {
            let batch = try tensor([24, channels, 4, 2]) { sin(1.7 * $0 + Double(step)) * 3 + cos($0 / 50) }
            let output = try layer(batch.channelsLast(), .training).floats()
            let values = try batch.floats().map(Double.init)
            for (index, name) in ["BN_S", "BN_T"].enumerated() {
                let half = index * values.count / 2..<(index + 1) * values.count / 2
                let wanted = branches[name]?(Array(values[half]), channels: channels, area: area, group: group) ?? []
                expectClose(Array(output[half]), wanted, .sixDecimals)
            }
        }
        for (name, branch) in branches {
            try expectClose(#require(store.state["\(name).running_mean"]), branch.running.mean, .sixDecimals)
            try expectClose(#require(store.state["\(name).running_var"]), branch.running.variance, .sixDecimals)
        }
    }
}

/// A convolution, its normalisation, GeM and a normalised neck, in double precision.
private struct SmallNetwork {
    let store = ParameterStore(random: nil, elementType: .float64)
    private let layer: NormalisedConvolution
    private let pooling: GeneralisedMeanPooling
    private let neck: BatchNormalisation

    init(_ statistics: BatchStatistics) throws {
        layer = NormalisedConvolution(
            try Convolution(3, 4, kernel: 3, padding: 1, at: store.root / "conv"),
            .instanceBatch(try InstanceBatchNormalisation(4, statistics: statistics, at: store.root / "bn")))
        pooling = try GeneralisedMeanPooling(at: store.root / "gap")
        neck = try BatchNormalisation(4, statistics: statistics, frozenBias: true, at: store.root / "neck")
        for (index, entry) in store.entries.enumerated() where entry.role != .statistic {
            let values = try tensor(entry.tensor.shape) { 1 + 0.7 * sin(1.7 * $0 + Double(index)) }
            try entry.tensor.copy(from: values.converted(to: .float64))
        }
    }

    /// A loss that sees every element.
    func loss(_ images: Tensor, weights: Tensor) throws -> Tensor {
        let embedding = try neck(pooling(layer.rectified(images, .training)), .training)
        return try (embedding.squared() * weights + embedding * weights).mean()
    }
}

/// What four devices do: each normalises and differentiates the 16 images it was given, gradients are averaged, and the
/// first one's running statistics are kept.
@Suite struct `A batch of 64 in groups of 16` {
    private let count = 64
    private let size = 16

    private func images(_ domains: NormalisationDomains) throws -> (images: Tensor, weights: Tensor) {
        (
            try tensor([count, 3, 6, 4]) { sin(0.9 * $0) * 2 + cos($0 / 90) }.converted(to: .float64).channelsLast(),
            try tensor([count, 4]) { sin(2.3 * $0) }.converted(to: .float64)
        )
    }

    /// The images of one device: a quarter of each domain's half where domains are separate.
    private func quarter(_ device: Int, of tensor: Tensor, _ domains: NormalisationDomains) throws -> Tensor {
        switch domains {
        case .shared: return try tensor.slice(device * size..<(device + 1) * size)
        case .separate:
            let half = size / 2
            return try Tensor.concatenated(
                [0, count / 2].map { start in
                    try tensor.slice(start + device * half..<start + (device + 1) * half)
                })
        }
    }

    @Test(arguments: NormalisationDomains.allCases)
    func `equals the arithmetic of four devices, gradients included`(domains: NormalisationDomains) throws {
        let (images, weights) = try images(domains)
        let groupSize = domains == .shared ? size : size / 2
        let one = try SmallNetwork(BatchStatistics(domains, imagesPerGroup: groupSize))
        let loss = try one.loss(images, weights: weights)
        try loss.backward()

        var losses = 0.0
        var gradients: [String: [Double]] = [:]
        for device in 0..<4 {
            let replica = try SmallNetwork(BatchStatistics(domains))
            let own = try replica.loss(
                quarter(device, of: images, domains), weights: quarter(device, of: weights, domains))
            try own.backward()
            losses += try own.doubles()[0] / 4
            for entry in replica.store.trained {
                let found = try #require(try entry.tensor.gradient()).doubles()
                gradients[entry.key] = zip(gradients[entry.key] ?? found.map { _ in 0 }, found).map { $0 + $1 / 4 }
            }
            guard device == 0 else { continue }
            for entry in replica.store.entries where entry.role == .statistic && entry.tensor.elementType == .float64 {
                try expectEqual(#require(one.store.state[entry.key]).doubles(), entry.tensor.doubles(), entry.key)
            }
        }
        try expectEqual(loss.doubles(), [losses], "loss")
        for entry in one.store.trained {
            try expectEqual(
                #require(try entry.tensor.gradient()).doubles(), #require(gradients[entry.key]), "gradient of \(entry.key)")
        }
    }

    /// Sums in another order in double precision: thousands of roundings of 1e-16.
    private func expectEqual(_ values: [Double], _ wanted: [Double], _ name: String) throws {
        #expect(values.count == wanted.count)
        let scale = wanted.map(abs).max() ?? 0
        for (value, want) in zip(values, wanted) {
            #expect(abs(value - want) <= 1e-12 * max(scale, 1), "\(name): \(value), wanted \(want)")
        }
    }
}
