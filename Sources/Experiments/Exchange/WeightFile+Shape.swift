// SPDX-License-Identifier: MIT

public import Backbones
public import Layers

extension WeightFile {
    /// The tensors of a network that must be of a shape.
    ///
    /// - Throws: ``WeightFileError/unusableFact(path:name:found:allowed:)`` where the file says another one. What it does
    ///   not say is not checked; tensors that do not fit are found on loading.
    public func tensors(of shape: NetworkShape) throws(WeightFileError) -> StateDictionary {
        try NetworkFacts(self).require(shape, in: path, "as is asked for")
        return tensors
    }

    /// The network that the file holds, whoever's names its tensors have, where it is of a shape that a stage needs.
    ///
    /// A file without pooling and neck, as ImageNet's weights are, gets those of a new network, which hands values on.
    /// In which groups its images were normalised is no matter: the stage has its own.
    /// - Throws: ``WeightFileError/unusableFact(path:name:found:allowed:)`` where the file's facts or its tensors say
    ///   another shape, ``WeightFileError/unfit(path:_:)`` where tensors are missing or misshapen.
    func network(of shape: NetworkShape, for stage: String) throws -> EmbeddingNetwork {
        let facts = try NetworkFacts(self)
        var wanted = shape
        wanted.imagesPerNormGroup = facts.imagesPerNormGroup
        let reason = "as '\(stage)' asks for"
        try requireShared(facts.domains, reason)
        try facts.require(wanted, in: path, reason)
        let fitted = try FittedWeights(tensors, to: shape.backbone, domain: .target)
        if !fitted.isComplete, let other = try FittedWeights.recognising(tensors) {
            throw WeightFileError.unusableFact(
                path: path, name: ShapeName.backbone.rawValue, found: other.backbone.rawValue,
                allowed: "\(shape.backbone.rawValue), \(reason)")
        }
        // What cannot be seen in tensors is as it is wanted.
        var seen = fitted.shape
        seen.imagesPerNormGroup = wanted.imagesPerNormGroup
        if !fitted.hasHead { seen.pooling = shape.pooling }
        try requireShared(seen.domains, reason)
        for name in ShapeName.allCases where name.text(of: seen) != name.text(of: wanted) {
            throw WeightFileError.unusableFact(
                path: path, name: name.rawValue, found: name.text(of: seen),
                allowed: "\(name.text(of: wanted)), \(reason)")
        }
        let network = try EmbeddingNetwork(shape, random: nil)
        do {
            try network.begin(with: fitted.state)
        } catch let error as LayerError {
            throw WeightFileError.unfit(path: path, error)
        }
        return network
    }

    private func requireShared(_ domains: NormalisationDomains?, _ reason: String) throws(WeightFileError) {
        guard domains == .separate else { return }
        throw .unusableFact(
            path: path, name: ShapeName.domains.rawValue, found: NormalisationDomains.separate.rawValue,
            allowed: "\(NormalisationDomains.shared.rawValue), \(reason); 'passerby weights convert' keeps one of them")
    }

    /// - Throws: ``WeightFileError/unusableFact(path:name:found:allowed:)`` where the file says another shape than its
    ///   tensors have.
    public func requireShape(of fitted: FittedWeights) throws(WeightFileError) {
        let facts = try NetworkFacts(self)
        var shape = fitted.shape
        shape.imagesPerNormGroup = facts.imagesPerNormGroup
        try facts.require(shape, in: path, "as its tensors have it")
    }
}
