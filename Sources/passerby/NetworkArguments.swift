// SPDX-License-Identifier: MIT

public import ArgumentParser
public import Backbones
internal import Experiments
internal import Layers
internal import Pipeline

extension Backbone: ExpressibleByArgument {}

/// How stored weights become a network.
struct NetworkArguments: ParsableArguments {
    @Option(help: "The architecture; recognised by the tensors without it.")
    var backbone: Backbone?

    @Option(help: "Whose batch normalisation to use where the weights have one for each domain: source or target.")
    var dsbn: DomainName = .target

    @Flag(help: "Take the tensors that fit and leave the others as they are before training, with a warning.")
    var partial = false

    enum DomainName: String, CaseIterable, ExpressibleByArgument {
        case source, target
    }

    private var domain: Domain { dsbn == .source ? .source : .target }

    /// The weights as those of the architecture that is asked for, or that they are recognised as.
    func fitted(_ weights: WeightFile) throws -> FittedWeights {
        if let backbone { return try FittedWeights(weights.tensors, to: backbone, domain: domain) }
        guard let recognised = try FittedWeights.recognising(weights.tensors, domain: domain) else {
            throw CommandError.unknownBackbone(path: weights.path)
        }
        return recognised
    }

    /// The network, every tensor of it stored unless `--partial` allows less.
    func network(_ weights: FittedWeights, of path: String) throws -> EmbeddingNetwork {
        guard partial else { return try weights.network() }
        let (network, mismatch) = try weights.partialNetwork()
        if let mismatch { StandardError().write("warning: \(path): \(mismatch)\n") }
        return network
    }
}
