// SPDX-License-Identifier: MIT

internal import Retrieval
internal import Tensor
internal import Training

// Shapes: B batch · M rows of the memory, N_s + N_t · D embedding · K classes.

/// SpCL's hybrid memory v: a unit row for every class of the source, its centroid, and one for every image of the target.
///
/// Rows with one label are a class: each of the source's rows is one, and so is each of the target's clusters, and each of
/// its images that is in no cluster. All of them compete in one softmax.
///
/// - SeeAlso: Ge et al., NeurIPS 2020, arXiv:2006.02713, §3.1 (equations 1 to 4).
struct HybridMemory {
    /// `[M, D]`: the N_s centroids, then the N_t images. Moved in place, never copied.
    let rows: Tensor
    let sourceClassCount: Int
    private let temperature: Double
    private let momentum: Double
    private var classes: Classes

    /// The class of every row.
    private struct Classes {
        /// `[M]`.
        let ofRows: [Int]
        let indices: Tensor
        /// Rows of each class, `[K]`.
        let sizes: Tensor

        init(_ ofRows: [Int], like rows: Tensor) throws {
            self.ofRows = ofRows
            indices = try Tensor(ofRows)
            let counts = ClusterLabels(values: ofRows).sizes
            sizes = try Tensor(counts, shape: [1, counts.count]).converted(to: rows.elementType)
        }

        var count: Int { sizes.count }
    }

    /// A memory in which every image of the target is a class of its own.
    ///
    /// - Parameters:
    ///   - rows: `[M, D]`, of length 1; the memory's own from here on.
    ///   - temperature: τ, 0.05 in the paper.
    ///   - momentum: The share of a row that an update leaves of it, 0.2 in the paper.
    init(_ rows: Tensor, sourceClassCount: Int, temperature: Double = 0.05, momentum: Double = 0.2) throws {
        precondition(
            rows.shape.count == 2 && (0...rows.shape[0]).contains(sourceClassCount),
            "\(sourceClassCount) classes of the source in a memory of shape \(rows.shape)")
        self.rows = rows
        self.sourceClassCount = sourceClassCount
        self.temperature = temperature
        self.momentum = momentum
        classes = try Classes(Array(0..<rows.shape[0]), like: rows)
    }

    /// Gives the target's images new pseudo labels.
    ///
    /// - Parameter labels: `[N_t]`, from 0; a label that nobody has is no class.
    mutating func relabel(_ labels: [Int]) throws {
        precondition(
            sourceClassCount + labels.count == rows.shape[0],
            "\(labels.count) labels for \(rows.shape[0] - sourceClassCount) images of the target")
        classes = try Classes(Array(0..<sourceClassCount) + labels.map { sourceClassCount + $0 }, like: rows)
    }

    /// The target's rows, `[N_t, D]`, as clustering takes them.
    func targetFeatures() throws -> Features<UnitNorm> {
        let target = try rows.slice(sourceClassCount..<rows.shape[0])
        return try Features<Raw>(
            target.converted(to: .float32).floats(), count: target.shape[0], dimension: target.shape[1]
        ).normalised()
    }
}

// MARK: The loss

extension HybridMemory {
    /// A batch held against the memory.
    struct Comparison {
        /// The mean over the batch; no gradient is recorded.
        let loss: Tensor
        /// f, `[B, D]`, and the row of the memory that belongs to each.
        fileprivate let embeddings: Tensor
        fileprivate let rows: [Int]
        /// dL/ds, `[B, M]`.
        fileprivate let logitGradient: Tensor
    }

    /// Holds embeddings against all classes.
    ///
    /// The logit of a class is the mean of ⟨v, f⟩ / τ over its rows. As in the authors' code, 1e-6 is added to the
    /// softmax's denominator and to its share of the right class, which keeps the loss below 13.9.
    ///
    /// - Parameters:
    ///   - embeddings: f of length 1, `[B, D]`; no gradient reaches what they come from.
    ///   - rows: The row of each: its source class, or N_s and the number of its target image.
    /// - Complexity: O(B·M·D), and some tables `[B, M]`.
    func compare(_ embeddings: Tensor, with rows: [Int]) throws -> Comparison {
        precondition(embeddings.shape[0] == rows.count, "\(rows.count) rows for embeddings \(embeddings.shape)")
        let embeddings = try embeddings.detached()
        let logitsBM = try withoutGradients { try embeddings.matmul(self.rows.transposed()) / temperature }
        try logitsBM.setRequiresGradient(true)
        let loss = try self.loss(logitsBM, truth: rows.map { classes.ofRows[$0] })
        try loss.backward()
        guard let gradient = try logitsBM.gradient() else { preconditionFailure("a loss depends on its logits") }
        return Comparison(loss: try loss.detached(), embeddings: embeddings, rows: rows, logitGradient: gradient)
    }

    /// What the authors' code adds below the fraction line and to the share, so that a share of zero has a logarithm.
    private static let slack = 1e-6

    private func loss(_ logitsBM: Tensor, truth: [Int]) throws -> Tensor {
        let logitsBK =
            try logitsBM.summed(over: classes.indices, count: classes.count, along: 1)
            / classes.sizes.atLeast(1)
        let isThere = try classes.sizes.isGreater(than: 0).converted(to: logitsBK.elementType)
        // Everything is divided by e^shift, the slack too: the same value, without overflow at a low temperature.
        let shiftB1 = try logitsBK.detached().maximum(along: 1).values.atLeast(0)
        let weightsBK = try (logitsBK - shiftB1).exp() * isThere
        let sumB1 = try weightsBK.sum(along: 1) + Self.slack * (-shiftB1).exp()
        let truthB1 = try Tensor(truth, shape: [truth.count, 1])
        return try -(weightsBK.gathering(truthB1, along: 1) / sumB1 + Self.slack).log().mean()
    }
}

// MARK: Gradient and update

extension HybridMemory {
    /// Takes a batch in: its gradient through the memory as it is now, after which its rows move towards it.
    ///
    /// Row by row in the batch's order, v ← m·v + (1 − m)·f, to length 1 again: of several images of one row the last
    /// counts most.
    ///
    /// - Returns: dL/df, `[B, D]`.
    /// - Complexity: O(B·M·D) for the gradient, O(B·D) for the update.
    func absorb(_ batch: Comparison) throws -> Tensor {
        try withoutGradients {
            let gradient = try batch.logitGradient.matmul(rows) / temperature
            try move(rows, rows: batch.rows, towards: batch.embeddings, momentum: momentum)
            return gradient
        }
    }
}
