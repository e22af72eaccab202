// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Randomness
import Retrieval
import Testing

@testable import Experiments
@testable import Tensor
@testable import Training

/// Worked out in double precision, seven digits: seven features of three clusters and one in none, and a batch of four.
private enum Golden {
    static let labels = [0, 0, 1, 2]
    static let images: [[Float]] = [[0.8, 0.6], [1, 0], [0.28, 0.96], [-0.6, -0.8]]

    static func batch(_ order: [Int] = [0, 1, 2, 3]) throws -> Tensor {
        try Tensor(order.flatMap { images[$0] }, shape: [4, 2])
    }

    static func memory(momentum: Double = 0.1, _ rule: ClusterMemory.Update = .mean) throws -> ClusterMemory {
        let features = try Features<Raw>(
            [1, 0, 0.6, 0.8, 0, 1, -0.6, 0.8, -1, 0, -0.8, -0.6, 0, -1], count: 7, dimension: 2
        ).normalised()
        let rows = ClusterLabels(values: [0, 0, 1, 1, 2, 2, -1]).centroids(of: features)
        return ClusterMemory(try Tensor(rows.values, shape: [3, 2]), momentum: momentum, rule: rule)
    }
}

@Suite struct `A memory of clusters` {
    /// A gradient is a difference of terms of up to 1 / τ = 20, rounded to 1e-6 on both sides.
    private static let gradient = Tolerance(relative: 0, absolute: 3e-6)
    /// A logit of up to 20 is rounded to 1e-6, and so is the loss.
    private static let loss = Tolerance(relative: 0, absolute: 3e-6)

    /// Means (0.8, 0.4), (−0.3, 0.9) and (−0.9, −0.3), to length 1; the seventh feature has no part in any.
    @Test func `begins with the unit means of the clusters`() throws {
        try expectClose(
            Golden.memory().rows, [0.8944272, 0.4472136, -0.3162278, 0.9486833, -0.9486833, -0.3162278])
    }

    @Test func `has the loss and the gradient of cross-entropy over its rows`() throws {
        let memory = try Golden.memory()
        let batch = try Golden.batch()
        try batch.setRequiresGradient(true)
        let loss = try memory.loss(of: batch, labels: Tensor(Golden.labels))
        try expectClose(loss, [0.0140785], Self.loss)
        try expectClose(memory.loss(of: batch.slice(2..<3), labels: Tensor([1])), [0.0563125], Self.loss)
        try loss.backward()
        let gradient = try #require(try batch.gradient())
        try expectClose(gradient.slice(2..<3), [0.3314549, -0.1372931], Self.gradient)
        try expectClose(gradient.slice(0..<1), [-9.6e-6, 4.0e-6], Self.gradient)
        // Outputs of length 2 come to the same embeddings.
        let outputs = try Tensor(Golden.images.flatMap { $0.map { 2 * $0 } }, shape: [4, 2])
        try outputs.setRequiresGradient(true)
        try memory.loss(of: outputs.normalisedRows(), labels: Tensor(Golden.labels)).backward()
        try expectClose(#require(try outputs.gradient()).slice(2..<3), [0.1711866, -0.0499294], Self.gradient)
    }

    /// Rows 1 and 2 have one image each, which both rules take.
    @Test(arguments: [
        (ClusterMemory.Update.mean, 0.1, [0.9982234, 0.0595815, 0.2239908, 0.9745913, -0.6452785, -0.7639474]),
        (.mean, 0.2, [0.9930609, 0.1176012, 0.1655327, 0.9862043, -0.6896438, -0.7241487]),
        (.hard, 0.1, [0.9989801, 0.0451524, 0.2239908, 0.9745913, -0.6452785, -0.7639474]),
        (.hard, 0.2, [0.9958515, 0.0909929, 0.1655327, 0.9862043, -0.6896438, -0.7241487]),
    ])
    func `is moved as the authors' is`(rule: ClusterMemory.Update, momentum: Double, rows: [Double]) throws {
        let memory = try Golden.memory(momentum: momentum, rule)
        try memory.update(towards: Golden.batch(), labels: Golden.labels)
        try expectClose(memory.rows, rows)
    }

    @Test(arguments: [(ClusterMemory.Update.mean, 0.0547299), (.hard, 0.0631743)])
    func `has another loss once it was moved`(rule: ClusterMemory.Update, loss: Double) throws {
        let memory = try Golden.memory(rule)
        try memory.update(towards: Golden.batch(), labels: Golden.labels)
        try expectClose(memory.loss(of: Golden.batch(), labels: Tensor(Golden.labels)), [loss], Self.loss)
    }

    /// The last of a row's images counts most; which of them is least like the row does not depend on their order.
    @Test(arguments: [(ClusterMemory.Update.mean, [0.8330260, 0.5532339]), (.hard, [0.9989801, 0.0451524])])
    func `is moved by each of its images in turn, or by the hardest wherever it stands`(
        rule: ClusterMemory.Update, row: [Double]
    ) throws {
        let memory = try Golden.memory(rule)
        try memory.update(towards: Golden.batch([1, 0, 2, 3]), labels: Golden.labels)
        try expectClose(memory.rows.slice(0..<1), row)
    }

    /// 0.2·(1, 0) + 0.8·(0, 1) = (0.2, 0.8), of length √0.68. (0, −1) is as far from (1, 0) as (0, 1) is, and comes later.
    @Test func `is moved by the first of the hardest, and keeps the rows that are not in the batch`() throws {
        let memory = ClusterMemory(try Tensor([0, 1, 1, 0], shape: [2, 2]), momentum: 0.2, rule: .hard)
        try memory.update(towards: Tensor([1, 0, 0, 1, 0, -1], shape: [3, 2]), labels: [1, 1, 1])
        try expectClose(memory.rows, [0, 1, 0.2 / 0.68.squareRoot(), 0.8 / 0.68.squareRoot()])
    }

    @Test func `is moved in place, without a gradient, and only when asked to`() throws {
        let rows = try Tensor([1, 0, 0, 1], shape: [2, 2])
        let memory = ClusterMemory(rows)
        let batch = try Tensor([0.6, 0.8], shape: [1, 2])
        try batch.setRequiresGradient(true)
        try memory.loss(of: batch, labels: Tensor([0])).backward()
        #expect(try rows.floats() == [1, 0, 0, 1] && rows.gradient() == nil)
        try memory.update(towards: batch, labels: [0])
        #expect(memory.rows === rows && !rows.requiresGradient)
        #expect(try rows.slice(1..<2).floats() == [0, 1] && rows.floats() != [1, 0, 0, 1])
    }

    /// Logits of ±10,000 at the lowest temperature: the share of the right class is e^−20,000.
    @Test func `has a finite loss at the lowest temperature`() throws {
        let memory = ClusterMemory(try Tensor([1, 0, -1, 0], shape: [2, 2]), temperature: 1e-4)
        let one = try Tensor([1, 0], shape: [1, 2])
        try expectClose(memory.loss(of: one, labels: Tensor([0])), [0])
        try expectClose(memory.loss(of: one, labels: Tensor([1])), [20_000])
    }

    @Test func `has a row for every label`() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let memory = ClusterMemory(try Tensor.full(1, shape: [3, 1]))
            try memory.update(towards: Tensor.full(1, shape: [2, 1]), labels: [0, 3])
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("2 labels 0 to 3 of embeddings [2, 1] meet a memory of shape [3, 1]") == true)
    }
}

/// The same in loops over numbers of double precision.
private struct ObviousMemory {
    var rows: [[Double]]
    let rule: ClusterMemory.Update

    /// The loss, and dL/dx̂ through the rows before they are moved; then moves them.
    mutating func absorb(_ batch: [[Double]], _ labels: [Int]) -> (loss: Double, gradient: [[Double]]) {
        var (loss, gradients) = (0.0, [[Double]]())
        for (image, label) in zip(batch, labels) {
            let powers = rows.map { exp(dot($0, image) / 0.05) }
            let sum = powers.reduce(0, +)
            loss -= log(powers[label] / sum) / Double(batch.count)
            var gradient = [Double](repeating: 0, count: image.count)
            for (index, row) in rows.enumerated() {
                let factor = (powers[index] / sum - (index == label ? 1 : 0)) / Double(batch.count) / 0.05
                for d in row.indices { gradient[d] += factor * row[d] }
            }
            gradients.append(gradient)
        }
        for label in Set(labels) {
            let own = zip(batch, labels).filter { $0.1 == label }.map(\.0)
            let row = rows[label]
            let least = own.min { dot($0, row) < dot($1, row) }
            for image in rule == .mean ? own : least.map({ [$0] }) ?? [] {
                let moved = zip(rows[label], image).map { 0.1 * $0 + 0.9 * $1 }
                rows[label] = moved.map { $0 / dot(moved, moved).squareRoot() }
            }
        }
        return (loss, gradients)
    }

    private func dot(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).map { $0 * $1 }.reduce(0, +) }
}

@Suite struct `A memory of random clusters` {
    /// Twenty batches of twelve images of seven clusters, in any order, every other one of three of them alone.
    @Test(arguments: ClusterMemory.Update.allCases, 0..<3)
    func `equals loops over rows and images for twenty steps`(rule: ClusterMemory.Update, number: Int) throws {
        var random = RandomKey(seed: 22).stream("test.clusters", index: number)
        let rows = RandomRows.draw(7, &random)
        let memory = ClusterMemory(try RandomRows.tensor(rows), rule: rule)
        var obvious = ObviousMemory(rows: rows, rule: rule)
        for step in 0..<20 {
            let images = RandomRows.draw(12, &random)
            let labels = (0..<12).map { _ in random.below(step % 2 == 0 ? 3 : 7) }
            let batch = try RandomRows.tensor(images)
            try batch.setRequiresGradient(true)
            let loss = try memory.loss(of: batch, labels: Tensor(labels))
            try loss.backward()
            try memory.update(towards: batch.detached(), labels: labels)
            let wanted = obvious.absorb(images, labels)
            expectClose(try loss.detached().doubles(), [wanted.loss], RandomRows.tolerance)
            expectClose(
                try #require(try batch.gradient()).doubles(), Array(wanted.gradient.joined()), RandomRows.tolerance)
            expectClose(try memory.rows.doubles(), Array(obvious.rows.joined()), RandomRows.tolerance)
        }
    }
}
