// SPDX-License-Identifier: MIT

public import Tensor

/// Batch normalisation of `[N, C]` or `[N, C, H, W]`, with one set of statistics or one for each domain.
///
/// ε = 1e-5 and momentum 0.1, as in all reference code.
///
/// - SeeAlso: Ioffe and Szegedy, ICML 2015, arXiv:1502.03167; by domain: Chang et al., CVPR 2019, arXiv:1906.03950.
public struct BatchNormalisation {
    private enum Branches {
        case shared(Branch)
        case separate(source: Branch, target: Branch)
    }

    private let branches: Branches

    /// - Parameters:
    ///   - frozenBias: Keeps β at zero, as the neck of the re-ID head does. Without effect where domains are separate:
    ///     the reference code loses the flag when it makes a layer domain-specific, and published numbers come
    ///     from that.
    public init(_ channels: Int, domains: NormalisationDomains, frozenBias: Bool = false, at path: Path) throws {
        switch domains {
        case .shared:
            branches = .shared(try Branch(channels, frozenBias: frozenBias, at: path))
        case .separate:
            branches = .separate(
                source: try Branch(channels, frozenBias: false, at: path / "BN_S"),
                target: try Branch(channels, frozenBias: false, at: path / "BN_T"))
        }
    }

    public func callAsFunction(_ input: Tensor, _ mode: Mode) throws -> Tensor {
        switch (branches, mode) {
        case (.shared(let branch), _):
            return try branch(input, training: mode == .training)
        case (.separate(let source, let target), .training):
            let count = input.shape[0]
            precondition(count % 2 == 0, "a batch of \(count) has no halves for source and target")
            return try Tensor.concatenated([
                source(input.slice(0..<count / 2), training: true),
                target(input.slice(count / 2..<count), training: true),
            ])
        case (.separate(let source, _), .inference(.source)):
            return try source(input, training: false)
        case (.separate(_, let target), .inference(.target)):
            return try target(input, training: false)
        }
    }
}

extension BatchNormalisation {
    /// One set of scale, shift and statistics.
    private struct Branch {
        let weight: Tensor
        let bias: Tensor
        let runningMean: Tensor
        let runningVariance: Tensor
        let batchCount: Tensor

        init(_ channels: Int, frozenBias: Bool, at path: Path) throws {
            weight = try path.make("weight", shape: [channels], .constant(1))
            bias = try path.make("bias", shape: [channels], .constant(0), role: frozenBias ? .frozen : .trained)
            runningMean = try path.make("running_mean", shape: [channels], .constant(0), role: .statistic)
            runningVariance = try path.make("running_var", shape: [channels], .constant(1), role: .statistic)
            batchCount = try path.makeCounter("num_batches_tracked")
        }

        func callAsFunction(_ input: Tensor, training: Bool) throws -> Tensor {
            if training { try batchCount.copy(from: batchCount + 1) }
            return try input.batchNormalised(
                weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
                training: training, momentum: 0.1, epsilon: 1e-5)
        }
    }
}

/// Instance normalisation for the first half of the channels, batch normalisation for the others (IBN-a).
///
/// - SeeAlso: Pan et al., ECCV 2018, arXiv:1807.09441, §3.2.
public struct InstanceBatchNormalisation {
    private let half: Int
    private let weight: Tensor
    private let bias: Tensor
    private let batch: BatchNormalisation

    public init(_ channels: Int, domains: NormalisationDomains, at path: Path) throws {
        half = channels / 2
        weight = try (path / "IN").make("weight", shape: [half], .constant(1))
        bias = try (path / "IN").make("bias", shape: [half], .constant(0))
        batch = try BatchNormalisation(channels - half, domains: domains, at: path / "BN")
    }

    public func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        let instances = try maps.slice(0..<half, along: 1).channelsLast()
        let batches = try maps.slice(half..<maps.shape[1], along: 1).channelsLast()
        return try Tensor.concatenated([
            instances.instanceNormalised(weight: weight, bias: bias, epsilon: 1e-5), batch(batches, mode),
        ], along: 1)
    }
}
