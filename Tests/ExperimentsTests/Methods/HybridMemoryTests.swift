// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Randomness
import Retrieval
import Testing

@testable import Experiments
@testable import Tensor
@testable import Training

/// Computed by the authors' code: six rows and four embeddings of width 3, label 1 without a row.
private enum Golden {
    static func embeddings() throws -> Tensor {
        try rows(4) { index in [sin(index + 1), cos(2 * index), sin(3 * index + 0.5)] }
    }

    private static func rows(_ count: Int, _ row: (Float) -> [Float]) throws -> Tensor {
        try Tensor((0..<count).flatMap { row(Float($0)) }, shape: [count, 3]).normalisedRows()
    }

    static func memory() throws -> HybridMemory {
        let rows = try rows(6) { index in [cos(index), sin(2 * index + 1), cos(3 * index)] }
        var memory = try HybridMemory(rows, sourceClassCount: 0)
        try memory.relabel([0, 0, 2, 2, 3, 4])
        return memory
    }
}

@Suite struct `A hybrid memory` {
    /// A gradient is a difference of terms of up to 1 / (4 τ) = 5, rounded to 3e-7 on both sides.
    private static let gradient = Tolerance(relative: 0, absolute: 1e-6)

    /// Of one among the logits 2, 0 and −2.
    private func loss(ofLogit logit: Double) -> Double {
        -log(exp(logit) / (exp(2) + 1 + exp(-2) + 1e-6) + 1e-6)
    }

    @Test func `gives the authors' loss, gradient and rows`() throws {
        let memory = try Golden.memory()
        let batch = try memory.compare(Golden.embeddings(), with: [0, 2, 2, 5])
        try expectClose(batch.loss, [9.6976109], .sixDecimals)
        try expectClose(memory.absorb(batch).slice(0..<1), [-0.00585096, 0.00022302, 0.00456992], Self.gradient)
        // Row 2 was moved twice.
        try expectClose(memory.rows.slice(2..<3), [0.34110495, -0.91267818, 0.22509113])
    }

    /// A source class at (1, 0); a cluster of (0, 1) and (0, −1), whose logits cancel out; (−1, 0) alone. The embedding
    /// (1, 0) has the logits 2, 0 and −2 at τ = 0.5: but for what is added to its share, its loss is
    /// ln(e² + e⁰ + e⁻²) − 2 = 0.14293 as one of the source's class, and + 2 = 4.14293 as the image that is alone.
    @Test func `lets classes compete with the mean logits of their rows`() throws {
        let rows = try Tensor([1, 0, 0, 1, 0, -1, -1, 0], shape: [4, 2])
        var memory = try HybridMemory(rows, sourceClassCount: 1, temperature: 0.5)
        try memory.relabel([0, 0, 1])
        let one = try Tensor([1, 0], shape: [1, 2])
        let (near, far) = (loss(ofLogit: 2), loss(ofLogit: -2))
        #expect(abs(near - 0.14293) < 1e-5 && abs(far - 4.14287) < 1e-5)
        try expectClose(memory.compare(one, with: [0]).loss, [near])
        try expectClose(memory.compare(one, with: [3]).loss, [far])
        // A batch's loss is the mean.
        let both = try Tensor([1, 0, 1, 0], shape: [2, 2])
        try expectClose(memory.compare(both, with: [0, 3]).loss, [(near + far) / 2])
    }

    /// 0.2·(1, 0) + 0.8·(0, 1) = (0.2, 0.8), of length √0.68; the row's second image finds that one:
    /// 0.2·(0.242536, 0.970143) + 0.8·(1, 0) = (0.848507, 0.194029), of length 0.870408.
    @Test func `moves a row by each of its images in turn, and no other row`() throws {
        let memory = try HybridMemory(Tensor([1, 0, 0, 1], shape: [2, 2]), sourceClassCount: 0)
        _ = try memory.absorb(memory.compare(Tensor([0, 1], shape: [1, 2]), with: [0]))
        try expectClose(memory.rows, [0.2 / 0.68.squareRoot(), 0.8 / 0.68.squareRoot(), 0, 1])
        let twice = try HybridMemory(Tensor([1, 0, 0, 1], shape: [2, 2]), sourceClassCount: 0)
        _ = try twice.absorb(twice.compare(Tensor([0, 1, 1, 0], shape: [2, 2]), with: [0, 0]))
        try expectClose(twice.rows, [0.974838, 0.222917, 0, 1], .sixDecimals)
    }

    /// What autograd would have to be asked for: the gradient of a batch goes through the rows as they are then.
    @Test func `gives a gradient through the rows as they are when it is asked for`() throws {
        let memory = try Golden.memory()
        let embeddings = try Golden.embeddings()
        let (first, second) = (
            try memory.compare(embeddings.slice(0..<2), with: [0, 2]),
            try memory.compare(embeddings.slice(2..<4), with: [1, 2])
        )
        _ = try memory.absorb(second)
        let through = try memory.absorb(first)
        let alone = try Golden.memory()
        let same = try alone.compare(embeddings.slice(0..<2), with: [0, 2])
        let untouched = try alone.absorb(same)
        // The loss is the same; the gradient is not, as rows 1 and 2 have moved by then.
        #expect(try first.loss.scalar() == same.loss.scalar())
        #expect(try (through - untouched).absolute().maximum(along: 1).values.floats().allSatisfy { $0 > 1e-3 })
    }

    @Test func `records no gradient, and keeps its rows where they are`() throws {
        let rows = try Tensor([1, 0, 0, 1], shape: [2, 2])
        let memory = try HybridMemory(rows, sourceClassCount: 0)
        let embeddings = try Tensor([0.6, 0.8], shape: [1, 2])
        try embeddings.setRequiresGradient(true)
        let batch = try memory.compare(embeddings, with: [0])
        let gradient = try memory.absorb(batch)
        #expect(!batch.loss.requiresGradient && !gradient.requiresGradient && !memory.rows.requiresGradient)
        #expect(try embeddings.gradient() == nil)
        #expect(memory.rows === rows)
        #expect(try rows.floats() != [1, 0, 0, 1])
    }

    /// Logits of ±10,000 overflow single precision without the shift: the wrong class' share is 0, and 1e-6 is left.
    @Test func `has a finite loss at the lowest temperature`() throws {
        let memory = try HybridMemory(Tensor([1, 0, -1, 0], shape: [2, 2]), sourceClassCount: 0, temperature: 1e-4)
        let one = try Tensor([1, 0], shape: [1, 2])
        try expectClose(memory.compare(one, with: [0]).loss, [-log(1 + 1e-6)])
        let wrong = try memory.compare(one, with: [1])
        try expectClose(wrong.loss, [-log(1e-6)])
        #expect(try memory.absorb(wrong).isFinite())
    }

    @Test func `hands clustering the target's rows alone`() throws {
        let memory = try HybridMemory(
            Tensor([1, 0, 0.6, 0.8, 0, 1], shape: [3, 2]), sourceClassCount: 1)
        expectClose(try memory.targetFeatures().values, [0.6, 0.8, 0, 1])
    }

    @Test func `has a label for every image of the target`() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            var memory = try HybridMemory(Tensor.full(1, shape: [3, 1]), sourceClassCount: 1)
            try memory.relabel([0, 1, 2])
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("3 labels for 2 images of the target") == true)
    }
}

/// The same in loops over numbers of double precision, without a shift.
private struct ObviousMemory {
    var rows: [[Double]]
    let labels: [Int]

    /// The loss, and dL/df through the rows before they are moved; then moves them.
    mutating func absorb(_ batch: [[Double]], with owners: [Int]) -> (loss: Double, gradient: [[Double]]) {
        let classes = Set(labels).sorted()
        var (loss, gradients) = (0.0, [[Double]]())
        for (embedding, owner) in zip(batch, owners) {
            let members = classes.map { label in rows.indices.filter { labels[$0] == label } }
            let logits = members.map { places in
                places.map { dot(rows[$0], embedding) / 0.05 }.reduce(0, +) / Double(places.count)
            }
            let sum = logits.map(exp).reduce(1e-6, +)
            let own = classes.firstIndex(of: labels[owner]) ?? 0
            let share = exp(logits[own]) / sum
            loss -= log(share + 1e-6) / Double(batch.count)
            var gradient = [Double](repeating: 0, count: embedding.count)
            for (index, places) in members.enumerated() {
                // d share / d logit, and from there through the mean of the rows.
                let slope = (index == own ? share : 0) - share * exp(logits[index]) / sum
                let factor = -slope / (share + 1e-6) / Double(batch.count) / 0.05 / Double(places.count)
                for place in places { for d in gradient.indices { gradient[d] += factor * rows[place][d] } }
            }
            gradients.append(gradient)
        }
        for (embedding, owner) in zip(batch, owners) {
            let moved = zip(rows[owner], embedding).map { 0.2 * $0 + 0.8 * $1 }
            rows[owner] = moved.map { $0 / dot(moved, moved).squareRoot() }
        }
        return (loss, gradients)
    }

    private func dot(_ left: [Double], _ right: [Double]) -> Double { zip(left, right).map { $0 * $1 }.reduce(0, +) }
}

@Suite struct `A hybrid memory of random rows` {
    /// Twenty batches of six, in which rows come back, against loops.
    @Test(arguments: 0..<3) func `equals loops over rows and classes for twenty steps`(number: Int) throws {
        var random = RandomKey(seed: 21).stream("test.memory", index: number)
        let rows = RandomRows.draw(20, &random)
        let labels = (0..<15).map { _ in random.below(7) }
        var memory = try HybridMemory(RandomRows.tensor(rows), sourceClassCount: 5)
        try memory.relabel(labels)
        var obvious = ObviousMemory(rows: rows, labels: Array(0..<5) + labels.map { 5 + $0 })
        for step in 0..<20 {
            let embeddings = RandomRows.draw(6, &random)
            let owners = (0..<6).map { _ in random.below(step % 2 == 0 ? 4 : 20) }
            let batch = try memory.compare(RandomRows.tensor(embeddings), with: owners)
            let gradient = try memory.absorb(batch)
            let wanted = obvious.absorb(embeddings, with: owners)
            expectClose(try batch.loss.doubles(), [wanted.loss], RandomRows.tolerance)
            expectClose(try gradient.doubles(), Array(wanted.gradient.joined()), RandomRows.tolerance)
            expectClose(try memory.rows.doubles(), Array(obvious.rows.joined()), RandomRows.tolerance)
        }
    }
}
