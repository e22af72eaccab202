// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Randomness
import Testing

@testable import Experiments
@testable import Tensor
@testable import Training

/// The reference inputs, as those of the triplet losses: eight rows of width 4.
private func goldenStudent() throws -> Tensor { try tensor([8, 4]) { sin(0.7 * $0 + 0.3) } }
private func goldenTeacher() throws -> Tensor { try tensor([8, 4]) { cos(0.45 * $0 + 0.1) } }

/// A tensor's columns made to length 1.
private func normalisedColumns(_ tensor: Tensor) throws -> Tensor {
    try tensor.transposed().normalisedRows().transposed().contiguous()
}

@Suite struct `A momentum queue` {
    /// Queries and keys of eight images, and a queue of sixteen columns, as in the reference code's run.
    @Test func `gives the reference code's losses and pointers`() throws {
        var queue = MomentumQueue(keysDQ: try normalisedColumns(tensor([4, 16]) { sin(0.9 * $0) }))
        let (queries, keys) = (try goldenStudent(), try goldenTeacher())
        try expectClose(queue.loss(queries: queries, keys: keys), [9.162602], .sixDecimals)
        #expect(queue.pointer == 0)
        try queue.enqueue(keys)
        #expect(queue.pointer == 8)
        try expectClose(queue.loss(queries: queries, keys: keys), [12.111271], .sixDecimals)
        try queue.enqueue(keys)
        #expect(queue.pointer == 0)
    }

    /// The query (3, 0) has the cosine 1 with its key (5, 0), and 0 and −1 with the queue's: at a temperature
    /// of 0.5 the loss is ln(e² + e⁰ + e⁻²) − 2 = ln(1 + e⁻² + e⁻⁴) = 0.142932.
    @Test func `contrasts a query's key with all keys of the queue`() throws {
        let queue = MomentumQueue(keysDQ: try Tensor([0, -1, 1, 0], shape: [2, 2]), temperature: 0.5)
        let loss = try queue.loss(queries: Tensor([3, 0], shape: [1, 2]), keys: Tensor([5, 0], shape: [1, 2]))
        try expectClose(loss, [log(1 + exp(-2) + exp(-4))])
        try expectClose(loss, [0.142932], .sixDecimals)
    }

    @Test func `has the temperature 0.07 unless told`() throws {
        let columns = try normalisedColumns(tensor([4, 16]) { sin(0.9 * $0) })
        let loss = try MomentumQueue(keysDQ: columns).loss(queries: goldenStudent(), keys: goldenTeacher())
        let told = try MomentumQueue(keysDQ: columns, temperature: 0.07)
            .loss(queries: goldenStudent(), keys: goldenTeacher())
        #expect(try loss.scalar() == told.scalar())
    }

    @Test func `gives gradients to queries alone`() throws {
        let queue = MomentumQueue(keysDQ: try normalisedColumns(tensor([4, 16]) { sin(0.9 * $0) }))
        let (queries, keys) = (try goldenStudent(), try goldenTeacher())
        for leaf in [queries, keys] { try leaf.setRequiresGradient(true) }
        try queue.loss(queries: queries, keys: keys).backward()
        #expect(try #require(try queries.gradient()).absolute().sum().scalar() > 0)
        #expect(try keys.gradient() == nil)
        #expect(!queue.keysDQ.requiresGradient)
    }

    @Test func `overwrites its oldest columns and begins again`() throws {
        var queue = MomentumQueue(keysDQ: try Tensor.full(0, shape: [2, 4]))
        try queue.enqueue(Tensor([2, 0, 0, 5], shape: [2, 2]))
        #expect(try queue.keysDQ.transposed().floats() == [1, 0, 0, 1, 0, 0, 0, 0])
        #expect(queue.pointer == 2)
        try queue.enqueue(Tensor([-3, 0, 0, -1], shape: [2, 2]))
        #expect(try queue.keysDQ.transposed().floats() == [1, 0, 0, 1, -1, 0, 0, -1])
        #expect(queue.pointer == 0)
        try queue.enqueue(Tensor([0, 9, 4, 0], shape: [2, 2]))
        #expect(try queue.keysDQ.transposed().floats() == [0, 1, 1, 0, -1, 0, 0, -1])
        #expect(queue.pointer == 2)
    }

    @Test func `continues at the pointer it was stored with`() throws {
        var queue = MomentumQueue(keysDQ: try Tensor.full(0, shape: [1, 3]), pointer: 2)
        try queue.enqueue(Tensor([-8], shape: [1, 1]))
        #expect(try queue.keysDQ.floats() == [0, 0, -1])
        #expect(queue.pointer == 0)
    }

    @Test func `keeps keys without their history`() throws {
        var queue = MomentumQueue(keysDQ: try Tensor.full(0, shape: [2, 2]))
        let keys = try Tensor([2, 0], shape: [1, 2])
        try keys.setRequiresGradient(true)
        try queue.enqueue(keys * 3)
        #expect(!queue.keysDQ.requiresGradient)
        #expect(try queue.keysDQ.floats() == [1, 0, 0, 0])
    }

    @Test func `begins with random directions of length 1`() throws {
        let queue = try MomentumQueue(dimension: 8, length: 500, random: RandomKey(seed: 4))
        #expect(queue.keysDQ.shape == [8, 500])
        #expect(queue.pointer == 0)
        try expectClose(queue.keysDQ.squared().sum(along: 0), [Double](repeating: 1, count: 500))
        // Each coordinate has mean 0 and variance 1/8: the mean of 500 is within 4·√(1/8/500) = 0.063.
        #expect(try queue.keysDQ.mean(along: 1).floats().allSatisfy { abs($0) < 0.063 })
        let again = try MomentumQueue(dimension: 8, length: 500, random: RandomKey(seed: 4))
        let other = try MomentumQueue(dimension: 8, length: 500, random: RandomKey(seed: 5))
        #expect(try queue.keysDQ.floats() == again.keysDQ.floats())
        #expect(try queue.keysDQ.floats() != other.keysDQ.floats())
    }

    @Test func `has a length that is a multiple of the batch's`() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var queue = MomentumQueue(keysDQ: try Tensor.full(0, shape: [1, 4]))
            try queue.enqueue(Tensor.full(1, shape: [3, 1]))
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("a queue of 4 keys is no multiple of a batch of 3") == true)
    }
}
