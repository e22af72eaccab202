// SPDX-License-Identifier: MIT

package import Backbones
internal import Layers
package import Tensor

/// The losses of one step of mutual teaching, each the sum over both students.
///
/// Student and mean network k see view k. A student's soft labels come from the other pair's mean network, which saw
/// the other view.
///
/// - SeeAlso: Ge et al., ICLR 2020, arXiv:2001.01526, eq. 6 to 9.
package struct MutualLosses {
    package let identity: Tensor
    package let softIdentity: Tensor
    package let triplet: Tensor
    package let softTriplets: Tensor
    /// What each student and each mean network made of its view.
    package let students: [EmbeddingNetwork.Output]
    package let means: [EmbeddingNetwork.Output]
}

extension MutualLosses {
    /// - Parameters:
    ///   - views: Two of the same images, `[B, 3, H, W]`.
    ///   - labels: `[B]`.
    package init(_ pairs: [MutualPair], _ views: [Tensor], labels: Tensor) throws {
        let students = try zip(pairs, views).map { try Seen($0.student, $0.studentClassifier, $1, labels) }
        // In training mode: the mean networks gather normalisation statistics of their own.
        let means = try withoutGradients {
            try zip(pairs, views).map { try Seen($0.mean, $0.meanClassifier, $1, labels) }
        }
        let teachers = Array(means.reversed())
        self.init(
            identity: try sum(students) { try smoothedCrossEntropy($0.logits, labels: labels) },
            softIdentity: try sum(zip(students, teachers)) { try softCrossEntropy($0.logits, teacher: $1.logits) },
            triplet: try sum(students) { try softmaxTriplet($0.output.pooled, labels: labels) },
            softTriplets: try sum(zip(students, teachers)) {
                try softTriplet(student: $0.output.pooled, teacher: $1.output.pooled, labels: labels)
            },
            students: students.map(\.output), means: means.map(\.output))
    }

    /// Both classification losses, the soft one by its share.
    package func classification(soft share: Double) throws -> Tensor {
        try (1 - share) * identity + share * softIdentity
    }

    /// Both triplet losses, the soft one by its share.
    package func triplets(soft share: Double) throws -> Tensor {
        try (1 - share) * triplet + share * softTriplets
    }

    package var byName: [String: Tensor] {
        ["identity": identity, "soft_identity": softIdentity, "triplet": triplet, "soft_triplet": softTriplets]
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
