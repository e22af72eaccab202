// SPDX-License-Identifier: MIT

public import Tensor

// Shapes: N images · C channels · H, W height and width of the map.

/// Instance normalisation for some of the channels, batch normalisation for the others (IBN-a).
///
/// - SeeAlso: Pan et al., ECCV 2018, arXiv:1807.09441, §3.2.
public struct InstanceBatchNormalisation {
    /// Which channels are normalised by instance; the rest is by batch.
    public enum Split: Sendable {
        /// ⌊C/2⌋ channels, the first: residual networks.
        case firstHalf
        /// All but ⌊3C/5⌋ channels, the last: the authors' DenseNets.
        case lastTwoFifths

        func instances(_ channels: Int) -> Range<Int> {
            switch self {
            case .firstHalf: 0..<channels / 2
            case .lastTwoFifths: channels * 3 / 5..<channels
            }
        }
    }

    let instances: InstanceNormalisation
    let batch: BatchNormalisation

    public init(_ channels: Int, split: Split = .firstHalf, statistics: BatchStatistics, at path: Path) throws {
        let range = split.instances(channels)
        let rest = channels - range.count
        switch split {
        case .firstHalf:
            instances = try InstanceNormalisation(range, at: path / "IN")
            batch = try BatchNormalisation(rest, statistics: statistics, at: path / "BN")
        case .lastTwoFifths:
            batch = try BatchNormalisation(rest, statistics: statistics, at: path / "BN")
            instances = try InstanceNormalisation(range, at: path / "IN")
        }
    }

    private init(instances: InstanceNormalisation, batch: BatchNormalisation) {
        self.instances = instances
        self.batch = batch
    }

    /// `[N, C, H, W] → [N, C, H, W]`.
    public func callAsFunction(_ maps: Tensor, _ mode: Mode) throws -> Tensor {
        guard case .inference = mode else { return try maps.normalised(kinds(of: maps)) }
        let byInstance = try maps.slice(instances.channels, along: 1).channelsLast()
        let byBatch = try maps.slice(others(of: maps), along: 1).channelsLast()
        return try Tensor.concatenated(inOrder(instances(byInstance), batch(byBatch, mode)), along: 1)
    }

    /// The kinds of channels that such maps have in training.
    func kinds(of maps: Tensor) -> [NormalisedChannels] {
        inOrder(instances.normalised, batch.channels(others(of: maps), images: maps.shape[0]))
    }

    private func others(of maps: Tensor) -> Range<Int> {
        let range = instances.channels
        return range.lowerBound == 0 ? range.upperBound..<maps.shape[1] : 0..<range.lowerBound
    }

    /// What concerns each kind of channels, in the channels' order.
    private func inOrder<Part>(_ ofInstances: Part, _ ofBatch: Part) -> [Part] {
        instances.channels.lowerBound == 0 ? [ofInstances, ofBatch] : [ofBatch, ofInstances]
    }

    func folded(_ folding: Folding) throws -> InstanceBatchNormalisation {
        InstanceBatchNormalisation(instances: try instances.copied(), batch: try batch.folded(folding))
    }

    /// What is left of this layer when the convolution before it takes over the channels that are by batch.
    func scaling(for domain: Domain) throws -> ChannelScaling {
        let parts = inOrder(ChannelScaling.identity(instances.channels.count), try batch.scaling(for: domain))
        return parts[0] + parts[1]
    }
}

/// Instance normalisation of some adjacent channels, with scale and shift.
struct InstanceNormalisation {
    let channels: Range<Int>
    private let weight: Tensor
    private let bias: Tensor

    init(_ channels: Range<Int>, at path: Path) throws {
        self.channels = channels
        weight = try path.make("weight", shape: [channels.count], .constant(1))
        bias = try path.make("bias", shape: [channels.count], .constant(0))
    }

    private init(channels: Range<Int>, weight: Tensor, bias: Tensor) {
        self.channels = channels
        self.weight = weight
        self.bias = bias
    }

    func copied() throws -> InstanceNormalisation {
        InstanceNormalisation(
            channels: channels, weight: try weight.detached().copied(), bias: try bias.detached().copied())
    }

    var normalised: NormalisedChannels { .byInstance(channels, weight: weight, bias: bias) }

    /// - Parameter maps: Of these channels alone.
    func callAsFunction(_ maps: Tensor) throws -> Tensor {
        try maps.instanceNormalised(weight: weight, bias: bias, epsilon: BatchNormalisation.epsilon)
    }

    /// Overwrites these channels of maps that nobody else holds; records no gradient.
    func apply(within maps: Tensor) throws {
        let part = try maps.slice(channels, along: 1)
        try part.copy(from: self(part.channelsLast()))
    }
}
