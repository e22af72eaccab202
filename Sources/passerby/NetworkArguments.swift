// SPDX-License-Identifier: MIT

public import ArgumentParser
public import Backbones
internal import Experiments
public import Layers
internal import Pipeline
internal import Tensor

extension Backbone: ExpressibleByArgument {}
extension Domain: ExpressibleByArgument {}

/// How stored weights become a network.
struct NetworkArguments: ParsableArguments {
    @Option(help: "The architecture; recognised by the tensors without it.")
    var backbone: Backbone?

    @Option(help: "Whose batch normalisation to use where the weights have one for each domain: source or target.")
    var dsbn: Domain = .target

    @Flag(help: "Take the tensors that fit and leave the others as they are before training, with a warning.")
    var partial = false

    @Option(help: "The key that the tensors are under in a checkpoint, where several could be meant.")
    var key: String?

    func file(_ path: String) throws -> WeightFile { try WeightFile(readingFrom: path, under: key) }

    /// The weights of a file as those of the architecture that is asked for, or that they are recognised as; says what
    /// they were taken out of.
    func fitted(_ weights: WeightFile) throws -> FittedWeights {
        let fitted =
            if let backbone {
                try FittedWeights(weights.tensors, to: backbone, domain: dsbn)
            } else {
                try FittedWeights.recognising(weights.tensors, domain: dsbn)
            }
        for note in weights.notes(fitted) { StandardError().write("note: \(weights.path): \(note)\n") }
        guard let fitted else { throw CommandError.unknownBackbone(path: weights.path) }
        // Where tensors are missing or misshapen, their names say more than the file's.
        if fitted.isComplete { try weights.requireShape(of: fitted) }
        return fitted
    }

    /// The network, every tensor of it stored unless `--partial` allows less.
    ///
    /// - Throws: ``CommandError/otherBackbone(path:asked:found:)``, `WeightFileError.unfit(path:_:)`.
    func network(_ weights: FittedWeights, of path: String) throws -> EmbeddingNetwork {
        guard partial else {
            do {
                return try weights.network()
            } catch let error as LayerError {
                // Two lists of a hundred tensors say less than the name of the network that they are of.
                if let found = try FittedWeights.recognising(weights.state)?.backbone, found != weights.backbone {
                    throw CommandError.otherBackbone(path: path, asked: weights.backbone.rawValue, found: found.rawValue)
                }
                throw WeightFileError.unfit(path: path, error)
            }
        }
        let (network, mismatch) = try weights.partialNetwork()
        if let mismatch { StandardError().write("warning: \(path): \(mismatch)\n") }
        return network
    }
}

extension WeightFile {
    /// What a user should know of how the weights were found, a line each.
    func notes(_ fitted: FittedWeights?) -> [String] {
        let prefix = surroundings.prefix + (fitted?.prefix ?? "")
        return surroundings.notes + (prefix.isEmpty ? [] : ["'\(prefix)' was taken off the front of names"])
    }
}
