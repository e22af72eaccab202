// SPDX-License-Identifier: MIT

internal import Backbones
internal import Tensor
internal import Training

/// The losses of one step of MMT+: those of mutual teaching, and a contrastive one on the target's half, whose keys come
/// from the student's own mean network.
struct MMTPlusLosses {
    let mutual: MutualLosses
    /// The sum over both students.
    let contrastive: Tensor
    /// The mean networks' embeddings of the target half, to be queued after the backward pass.
    let keys: [Tensor]
}

extension MMTPlusLosses {
    /// - Parameters:
    ///   - views: Two, `[2B, 3, H, W]`, source half first.
    ///   - labels: `[2B]`.
    init(_ training: MMTPlusTraining, _ views: [Tensor], labels: Tensor) throws {
        mutual = try MutualLosses(training.mutual.pairs, views, labels: labels)
        let targetHalf = labels.shape[0] / 2..<labels.shape[0]
        let keys = try mutual.means.map { try $0.embedding.slice(targetHalf) }
        let terms = try zip(training.queues, zip(mutual.students, keys)).map { queue, seen in
            try queue.loss(queries: seen.0.embedding.slice(targetHalf), keys: seen.1)
        }
        contrastive = try terms[0] + terms[1]
        self.keys = keys
    }

    /// Eq. 12 of the report, with the triplet terms that its shipped setting weighs with 0.
    func total(_ config: MMTPlus.Config) throws -> Tensor {
        let withContrast =
            try mutual.classification(soft: config.softClassification) + config.contrastiveWeight * contrastive
        guard config.tripletWeight > 0 else { return withContrast }
        return try withContrast + config.tripletWeight * mutual.triplets(soft: config.softTriplet)
    }

    var byName: [String: Tensor] { mutual.byName.merging(["contrastive": contrastive]) { first, _ in first } }
}
