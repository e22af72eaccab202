// SPDX-License-Identifier: MIT

internal import Layers
internal import Randomness
internal import Tensor
internal import Training

// Shapes: B batch · D embedding · Q keys in the queue.

/// The queue of negative keys of the contrastive term of MMT+, one for each network.
///
/// - SeeAlso: He et al., CVPR 2020, arXiv:1911.05722, §3.2; Ge et al., arXiv:2008.10313, eq. 11. The report prints
///   τ = 0.7; the code and this module use 0.07.
struct MomentumQueue {
    /// τ of the code.
    static let usualTemperature = 0.07

    /// Keys as columns of length 1, `[D, Q]`.
    let keysDQ: Tensor
    /// The column that the next batch overwrites first.
    private(set) var pointer: Int
    private let temperature: Double

    init(keysDQ: Tensor, pointer: Int = 0, temperature: Double = MomentumQueue.usualTemperature) {
        self.keysDQ = keysDQ
        self.pointer = pointer
        self.temperature = temperature
    }

    /// A queue of random directions.
    init(dimension: Int, length: Int, temperature: Double = MomentumQueue.usualTemperature, random: RandomKey) throws {
        var stream = random.stream("queue")
        let rows = try Tensor(
            InitialValues.normal(deviation: 1).values(shape: [length, dimension], &stream), shape: [length, dimension])
        self.init(keysDQ: try rows.normalisedRows().transposed().contiguous(), temperature: temperature)
    }

    /// The contrastive loss of a batch.
    ///
    /// Each query's positive is the same image's key; every key of the queue is a negative, pseudo labels or not.
    ///
    /// - Parameters:
    ///   - queriesBD: The student's embeddings, `[B, D]`.
    ///   - keysBD: The mean network's embeddings of the same images, `[B, D]`; no gradient reaches them.
    func loss(queries queriesBD: Tensor, keys keysBD: Tensor) throws -> Tensor {
        let queryBD = try queriesBD.normalisedRows()
        let positiveB1 = try (queryBD * keysBD.detached().normalisedRows()).sum(along: 1)
        let logits = try Tensor.concatenated([positiveB1, queryBD.matmul(keysDQ)], along: 1) / temperature
        return try -logits.logSoftmax(along: 1).slice(0..<1, along: 1).mean()
    }

    /// Replaces the oldest keys by a batch's; only after the backward pass, which reads the old ones.
    ///
    /// - Parameter keysBD: `[B, D]`; B divides the queue's length.
    mutating func enqueue(_ keysBD: Tensor) throws {
        let (batch, length) = (keysBD.shape[0], keysDQ.shape[1])
        precondition(length % batch == 0, "a queue of \(length) keys is no multiple of a batch of \(batch)")
        precondition(
            pointer + batch <= length, "\(batch) keys from column \(pointer) do not fit a queue of \(length)")
        try withoutGradients {
            let columns = try keysBD.detached().normalisedRows().transposed()
            try keysDQ.slice(pointer..<pointer + batch, along: 1).copy(from: columns)
        }
        pointer = (pointer + batch) % length
    }

    // MARK: Checkpoints

    func store(in state: inout TrainingState, name: String) {
        state[name] = ["keys": keysDQ]
        state.numbers[name] = pointer
    }

    mutating func restore(_ state: TrainingState, name: String) throws {
        guard let keys = state[name]["keys"], let pointer = state.numbers[name] else {
            throw MethodError.incompleteState(missing: name)
        }
        try keysDQ.copy(from: keys)
        self.pointer = pointer
    }
}
