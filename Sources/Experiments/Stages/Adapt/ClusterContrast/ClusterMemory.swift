// SPDX-License-Identifier: MIT

internal import Tensor
internal import Training

// Shapes: B batch · C clusters · D embedding · K clusters that the batch has images of.

/// Cluster Contrast's memory M: a unit row for every cluster of an epoch, which its images are drawn to.
///
/// - SeeAlso: Dai et al., arXiv:2103.11568, §3.2 (equations 3 and 4).
struct ClusterMemory {
    /// How a batch moves the rows of its clusters.
    enum Update: String, Sendable, CaseIterable {
        /// By each image in turn: of several the last counts most.
        case mean
        /// By the image alone that is least like the row.
        case hard
    }

    /// `[C, D]`, of length 1, in the order of the clusters' labels. Moved in place, never copied.
    let rows: Tensor
    private let temperature: Double
    private let momentum: Double
    private let rule: Update

    /// - Parameters:
    ///   - rows: `[C, D]`, of length 1, the memory's own from here on.
    ///   - temperature: τ, 0.05 in the paper.
    ///   - momentum: The share of a row that an update leaves of it, 0.1 in the authors' commands.
    init(_ rows: Tensor, temperature: Double = 0.05, momentum: Double = 0.1, rule: Update = .mean) {
        precondition(rows.shape.count == 2, "a memory of shape \(rows.shape)")
        self.rows = rows
        self.temperature = temperature
        self.momentum = momentum
        self.rule = rule
    }

    /// The mean over a batch of −log of the own cluster's share, where clusters compete with ⟨M, x̂⟩ / τ. The rows get no
    /// gradient; that of the embeddings has to be asked for before the rows move.
    ///
    /// - Parameters:
    ///   - embeddings: x̂ of length 1, `[B, D]`.
    ///   - labels: `[B]`, in `0 ..< C`.
    /// - Complexity: O(B·C·D), and two tables `[B, C]`.
    func loss(of embeddings: Tensor, labels: Tensor) throws -> Tensor {
        precondition(
            embeddings.shape == [labels.count, rows.shape[1]],
            "\(labels.count) labels of embeddings \(embeddings.shape) meet a memory of shape \(rows.shape)")
        let logitsBC = try embeddings.matmul(rows.transposed()) / temperature
        let truthB1 = try labels.reshaped([labels.count, 1])
        return try -logitsBC.logSoftmax(along: 1).gathering(truthB1, along: 1).mean()
    }

    /// Moves the rows of a batch's clusters: M ← m·M + (1 − m)·x̂, to length 1 again; all others stay.
    ///
    /// - Parameters:
    ///   - embeddings: x̂ of length 1, `[B, D]`.
    ///   - labels: `[B]`, in `0 ..< C`.
    /// - Complexity: O(B·D).
    func update(towards embeddings: Tensor, labels: [Int]) throws {
        check(embeddings, labels)
        switch rule {
        case .mean:
            try move(rows, rows: labels, towards: embeddings, momentum: momentum)
        case .hard:
            let clusters = Set(labels).sorted()
            try move(rows, rows: clusters, towards: hardest(of: clusters, embeddings, labels), momentum: momentum)
        }
    }

    /// Of each cluster the embedding with the smallest inner product with its row, `[K, D]`.
    private func hardest(of clusters: [Int], _ embeddings: Tensor, _ labels: [Int]) throws -> Tensor {
        let likeness1B = try (embeddings * rows.selecting(Tensor(labels))).sum(along: 1).transposed()
        let isOwnKB = try Tensor(clusters, shape: [clusters.count, 1]).equals(Tensor(labels, shape: [1, labels.count]))
        let ofOthers = try Tensor.full(.infinity, shape: [], type: embeddings.elementType)
        let placesK1 = try isOwnKB.choosing(likeness1B, else: ofOthers).minimum(along: 1).indices
        return try embeddings.selecting(placesK1.reshaped([clusters.count]))
    }

    private func check(_ embeddings: Tensor, _ labels: [Int]) {
        precondition(
            embeddings.shape == [labels.count, rows.shape[1]] && labels.allSatisfy { (0..<rows.shape[0]).contains($0) },
            "\(labels.count) labels \(labels.min() ?? 0) to \(labels.max() ?? 0) of embeddings \(embeddings.shape) meet a "
                + "memory of shape \(rows.shape)")
    }
}
