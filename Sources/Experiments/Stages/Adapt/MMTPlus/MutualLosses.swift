// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Tensor
internal import Training

/// The losses of one step of MMT+, each the sum over both students.
///
/// Student and mean network k see view k. A student's soft labels come from the other pair's mean network, which saw
/// the other view; its contrastive keys from its own mean network.
struct MutualLosses {
    let identity: Tensor
    let softIdentity: Tensor
    let triplet: Tensor
    let softTriplets: Tensor
    let contrastive: Tensor
    /// The mean networks' embeddings of the target half, to be queued after the backward pass.
    let keys: [Tensor]
}

extension MutualLosses {
    /// - Parameters:
    ///   - views: Two, `[2B, 3, H, W]`, source half first.
    ///   - labels: `[2B]`.
    init(_ pairs: [MutualPair], _ views: [Tensor], labels: Tensor) throws {
        let students = try zip(pairs, views).map { try Seen($0.student, $0.studentClassifier, $1, labels) }
        // In training mode: the mean networks gather normalisation statistics of their own.
        let means = try withoutGradients {
            try zip(pairs, views).map { try Seen($0.mean, $0.meanClassifier, $1, labels) }
        }
        let teachers = Array(means.reversed())
        let identity = try sum(students) { try smoothedCrossEntropy($0.logits, labels: labels) }
        let softIdentity = try sum(zip(students, teachers)) { try softCrossEntropy($0.logits, teacher: $1.logits) }
        let triplet = try sum(students) { try softmaxTriplet($0.output.pooled, labels: labels) }
        let softTriplets = try sum(zip(students, teachers)) {
            try softTriplet(student: $0.output.pooled, teacher: $1.output.pooled, labels: labels)
        }
        let targetHalf = labels.shape[0] / 2..<labels.shape[0]
        let keys = try means.map { try $0.output.embedding.slice(targetHalf) }
        let contrastive = try sum(zip(pairs, zip(students, keys))) { pair, seen in
            try pair.queue.loss(queries: seen.0.output.embedding.slice(targetHalf), keys: seen.1)
        }
        self.init(
            identity: identity, softIdentity: softIdentity, triplet: triplet, softTriplets: softTriplets,
            contrastive: contrastive, keys: keys)
    }

    /// Eq. 12 of the report, with the triplet terms that its shipped setting weighs with 0.
    func total(_ config: MMTPlus.Config) throws -> Tensor {
        let classification = try (1 - config.softClassification) * identity + config.softClassification * softIdentity
        let withContrast = try classification + config.contrastiveWeight * contrastive
        guard config.tripletWeight > 0 else { return withContrast }
        return try withContrast
            + config.tripletWeight * ((1 - config.softTriplet) * triplet + config.softTriplet * softTriplets)
    }

    var byName: [String: Tensor] {
        [
            "identity": identity, "soft_identity": softIdentity, "triplet": triplet, "soft_triplet": softTriplets,
            "contrastive": contrastive,
        ]
    }
}

/// What one network makes of one view.
private struct Seen {
    let output: EmbeddingNetwork.Output
    let logits: Tensor

    init(_ network: EmbeddingNetwork, _ classifier: Classifier, _ view: Tensor, _ labels: Tensor) throws {
        output = try network(view, .training)
        logits = try classifier(output.embedding, labels: labels)
    }
}

private func sum<Elements: Sequence>(
    _ elements: Elements, _ loss: (Elements.Element) throws -> Tensor
) throws -> Tensor {
    var total: Tensor?
    for element in elements {
        let value = try loss(element)
        total = try total.map { try $0 + value } ?? value
    }
    guard let total else { preconditionFailure("a sum over no networks") }
    return total
}
