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

    /// - Throws: ``WeightFileError/unusableFact(path:name:found:allowed:)`` where the file says another shape than its
    ///   tensors have.
    public func requireShape(of fitted: FittedWeights) throws(WeightFileError) {
        let facts = try NetworkFacts(self)
        var shape = fitted.shape
        shape.imagesPerNormGroup = facts.imagesPerNormGroup
        try facts.require(shape, in: path, "as its tensors have it")
    }
}
