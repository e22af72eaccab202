// SPDX-License-Identifier: MIT

public import Tensor

/// Batch normalisation of `[N, C]` or `[N, C, H, W]`, with one set of statistics or one for each domain.
///
/// ε = 1e-5 and momentum 0.1, as in all reference code. Where images are normalised in groups, the first group of the
/// batch, or of each domain's half, updates the running statistics, and it alone.
///
/// - SeeAlso: Ioffe and Szegedy, ICML 2015, arXiv:1502.03167; by domain: Chang et al., CVPR 2019, arXiv:1906.03950.
public struct BatchNormalisation {
    private typealias Branch = BatchNormalisationPart

    private enum Branches {
        case shared(Branch)
        case separate(source: Branch, target: Branch)
    }

    private let branches: Branches
    private let imagesPerGroup: Int?

    /// - Parameters:
    ///   - statistics: Whose statistics an image of a training batch is normalised by.
    ///   - frozenBias: Keeps β at zero, as the neck of the re-ID head does. Without effect where domains are separate:
    ///     the reference code loses the flag when it makes a layer domain-specific, and published numbers come
    ///     from that.
    public init(_ channels: Int, statistics: BatchStatistics, frozenBias: Bool = false, at path: Path) throws {
        imagesPerGroup = statistics.imagesPerGroup
        switch statistics.domains {
        case .shared:
            branches = .shared(try Branch(channels, frozenBias: frozenBias, at: path))
        case .separate:
            branches = .separate(
                source: try Branch(channels, frozenBias: false, at: path / "BN_S"),
                target: try Branch(channels, frozenBias: false, at: path / "BN_T"))
        }
    }

    private init(_ branch: Branch) {
        branches = .shared(branch)
        imagesPerGroup = nil
    }

    /// γ·(x − μ) / √(σ² + ε) + β.
    ///
    /// - Parameters:
    ///   - input: x, `[N, C]` or `[N, C, H, W]`; of separate domains, a training batch has the source's half first.
    ///   - mode: Whether μ and σ² are the batch's, which then update the running ones, or the running ones.
    /// - Returns: The same shape.
    public func callAsFunction(_ input: Tensor, _ mode: Mode) throws -> Tensor {
        switch (branches, mode) {
        case (_, .training):
            return try input.normalised(kinds(of: input))
        case (.shared(let branch), .inference):
            return try branch.normalised(input)
        case (.separate(let source, _), .inference(.source)):
            return try source.normalised(input)
        case (.separate(_, let target), .inference(.target)):
            return try target.normalised(input)
        }
    }

    /// ReLU of the normalised maps.
    public func rectified(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        try Normalisation.batch(self).rectified(maps, mode)
    }

    /// The kinds of channels that such maps have in training.
    func kinds(of maps: Tensor) -> [NormalisedChannels] {
        [channels(0..<maps.shape[1], images: maps.shape[0])]
    }

    /// How so many images are normalised in training, where these are some of the channels of their maps.
    func channels(_ range: Range<Int>, images count: Int) -> NormalisedChannels {
        switch branches {
        case .shared(let branch):
            let size = imagesPerGroup ?? count
            precondition(count % size == 0, "a batch of \(count) images has no groups of \(size)")
            return .byBatch(range, inGroupsOf: size, [branch])
        case .separate(let source, let target):
            precondition(count % 2 == 0, "a batch of \(count) has no halves for source and target")
            let size = imagesPerGroup ?? count / 2
            precondition(count / 2 % size == 0, "a half of \(count / 2) images has no groups of \(size)")
            return .byBatch(range, inGroupsOf: size, [source, target])
        }
    }

    /// A copy for inference with the statistics of one domain, where no convolution comes before it that it could be
    /// folded into.
    public func folded(_ folding: Folding) throws -> BatchNormalisation {
        BatchNormalisation(try branch(of: folding.domain).copied())
    }

    /// What inference does to each channel.
    func scaling(for domain: Domain) throws -> ChannelScaling {
        try branch(of: domain).scaling()
    }

    private func branch(of domain: Domain) -> Branch {
        switch (branches, domain) {
        case (.shared(let branch), _): branch
        case (.separate(let source, _), .source): source
        case (.separate(_, let target), .target): target
        }
    }
}

extension BatchNormalisation {
    static let epsilon = 1e-5
    static let momentum = 0.1
}

/// One set of scale, shift and statistics.
extension BatchNormalisationPart {
    fileprivate init(_ channels: Int, frozenBias: Bool, at path: Path) throws {
        self.init(
            weight: try path.make("weight", shape: [channels], .constant(1)),
            bias: try path.make("bias", shape: [channels], .constant(0), role: frozenBias ? .frozen : .trained),
            runningMean: try path.make("running_mean", shape: [channels], .constant(0), role: .statistic),
            runningVariance: try path.make("running_var", shape: [channels], .constant(1), role: .statistic),
            batchCount: try path.makeCounter("num_batches_tracked"))
    }

    fileprivate func copied() throws -> BatchNormalisationPart {
        BatchNormalisationPart(
            weight: try weight.detached().copied(), bias: try bias.detached().copied(),
            runningMean: try runningMean.copied(), runningVariance: try runningVariance.copied(),
            batchCount: try batchCount.copied())
    }

    /// By the statistics that run.
    fileprivate func normalised(_ input: Tensor) throws -> Tensor {
        try input.batchNormalised(
            weight: weight, bias: bias, mean: runningMean, variance: runningVariance, epsilon: BatchNormalisation.epsilon)
    }

    fileprivate func scaling() throws -> ChannelScaling {
        let variances = try runningVariance.floats().map { Double($0) + BatchNormalisation.epsilon }
        let scales = try zip(weight.floats(), variances).map { Double($0) / $1.squareRoot() }
        let centres = try zip(runningMean.floats(), scales).map { Double($0) * $1 }
        return ChannelScaling(scales: scales, shifts: try zip(bias.floats(), centres).map { Double($0) - $1 })
    }
}
