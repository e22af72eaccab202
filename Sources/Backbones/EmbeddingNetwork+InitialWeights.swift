// SPDX-License-Identifier: MIT

public import Layers
internal import Tensor

extension EmbeddingNetwork {
    /// Overwrites the backbone, and the head where there is one, with stored weights.
    ///
    /// Of ImageNet weights the classifier is left out, and the head (pooling, neck) stays as it was drawn. Of a trained
    /// re-ID network the head is taken too, and its classifier left out. Counters of batches, which files of before
    /// PyTorch 0.4.1 lack, stay as they are.
    ///
    /// - Parameter stored: By published key, as ``Backbone`` names its tensors.
    /// - Throws: `LayerError.state` with all keys that are missing, unexpected or misshapen; nothing is then changed.
    public func begin(with stored: StateDictionary) throws {
        let own = store.state
        let hasHead = stored.keys.contains { Self.isHead($0) }
        var wanted = stored.filter { !Self.isClassifier($0.key) }
        for (key, tensor) in own where wanted[key] == nil {
            if key.hasSuffix(".num_batches_tracked") || (Self.isHead(key) && !hasHead) { wanted[key] = tensor }
        }
        try store.load(wanted)
    }

    /// Whether stored weights have all of a network's backbone, in its shapes, and nothing that is not the network's.
    static func isBackbone(of own: StateDictionary, filledBy stored: StateDictionary) -> Bool {
        own.allSatisfy { key, tensor in
            isHead(key) || key.hasSuffix(".num_batches_tracked") || stored[key]?.shape == tensor.shape
        } && stored.keys.allSatisfy { own[$0] != nil || isHead($0) || isClassifier($0) }
    }

    /// Whether a tensor belongs to what follows the backbone.
    private static func isHead(_ key: String) -> Bool {
        ["gap.", "feat.", "feat_bn."].contains { key.hasPrefix($0) }
    }

    /// Whether a tensor belongs to the classes that a file was trained on: ImageNet's, or the source's identities.
    private static func isClassifier(_ key: String) -> Bool {
        ["fc.", "classifier."].contains { key.hasPrefix($0) }
    }
}
