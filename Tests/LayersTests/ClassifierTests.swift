// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Layers
@testable import Tensor

/// Eight embeddings of width 4, two for each of four identities, and rows of five classes.
private enum Golden {
    static func embeddings() throws -> Tensor { try tensor([8, 4]) { sin(0.7 * $0 + 0.3) } }
    static func rows() throws -> Tensor { try tensor([5, 4]) { cos(0.37 * $0) } }
    static func labels() throws -> Tensor { try Tensor([0, 0, 1, 1, 2, 2, 3, 3]) }

    static func logits(_ head: Head) throws -> Tensor {
        try head.logits(embeddings(), rows(), labels: labels())
    }
}

/// Cross-entropy with a smoothing of 0.1 in double precision, term by term.
private func smoothedCrossEntropy(_ logits: [Float], labels: [Int], classes: Int) -> Double {
    var total = 0.0
    for (row, label) in labels.enumerated() {
        let values = logits[row * classes..<(row + 1) * classes].map(Double.init)
        let top = values.max() ?? 0
        let partition = top + log(values.map { exp($0 - top) }.reduce(0, +))
        for (column, value) in values.enumerated() {
            total += (0.1 / Double(classes) + (column == label ? 0.9 : 0)) * (partition - value)
        }
    }
    return total / Double(labels.count)
}

@Suite struct `A head` {
    /// First logits and the smoothed cross-entropy of all, as the reference code gives them.
    @Test(arguments: [
        (Head.linear, [2.112712, -1.379905, -2.362949, 0.951400, 2.535479], 2.422277),
        (.arcface(scale: 64, margin: 0.35), [41.915737, -54.495434, -58.300186, 44.513432, 59.960369],
         68.281830),
        (.arcface(scale: 30, margin: 0.3), [20.756504], 31.107063),
        (.cosface(scale: 30, margin: 0.4), [14.230494], 35.273521),
        (.circle(scale: 64, margin: 0.35), [6.829571, 0, 0, 23.120087, 48.335720], 111.251122),
        (.am(scale: 30, margin: 0.3), [17.230495], 32.888500),
    ] as [(Head, [Double], Double)])
    func `gives the reference code's logits`(head: Head, first: [Double], crossEntropy: Double) throws {
        let logits = try Golden.logits(head).floats()

        expectClose(Array(logits.prefix(first.count)), first, .sixDecimals)
        let loss = smoothedCrossEntropy(logits, labels: [0, 0, 1, 1, 2, 2, 3, 3], classes: 5)
        expectClose([Float(loss)], [crossEntropy], .sixDecimals)
    }

    /// An embedding along the first axis, and rows at 60° (true), 120° and 0° of it.
    private func plane(_ head: Head) throws -> Tensor {
        let angles = [60.0, 120, 0].map { $0 * .pi / 180 }
        let rows = try Tensor(angles.flatMap { [Float(3 * cos($0)), Float(3 * sin($0))] }, shape: [3, 2])
        return try head.logits(Tensor([5, 0], shape: [1, 2]), rows, labels: Tensor([0]))
    }

    @Test func `adds its margin to the angle, or takes it from the cosine, of the true class alone`() throws {
        // ArcFace: 10·cos(60° + 30°) = 0. CosFace: 10·(0.5 − 0.2) = 3.
        let allowance = Tolerance(relative: 1e-6, absolute: 3e-6)
        try expectClose(plane(.arcface(scale: 10, margin: .pi / 6)), [0, -5, 10], allowance)
        try expectClose(plane(.cosface(scale: 10, margin: 0.2)), [3, -5, 10], allowance)
        try expectClose(plane(.am(scale: 10, margin: 0.2)), [3, -5, 10], allowance)
        // Circle, m = 0.25: true (1.25 − 0.5)(0.5 − 0.75) = −0.1875; others relu(−0.5 + 0.25) = 0 and
        // (1 + 0.25)(1 − 0.25) = 0.9375.
        try expectClose(plane(.circle(scale: 10, margin: 0.25)), [-1.875, 0, 9.375], allowance)
        // Linear: 5·3·cos, without any normalisation.
        try expectClose(plane(.linear), [7.5, -7.5, 15], allowance)
    }

    @Test(arguments: [
        Head.arcface(scale: 64, margin: 0), .cosface(scale: 64, margin: 0), .am(scale: 64, margin: 0),
    ])
    func `is the scaled cosine at margin 0`(head: Head) throws {
        let rows = try Golden.rows().normalisedRows()
        let cosines = try Golden.embeddings().normalisedRows().matmul(rows.transposed())
        try expectClose(Golden.logits(head), cosines.floats().map { 64 * Double($0) })
    }

    @Test(arguments: [
        Head.arcface(scale: 30, margin: 0.3), .cosface(scale: 30, margin: 0.3), .am(scale: 30, margin: 0.3),
        .circle(scale: 30, margin: 0.3),
    ])
    func `with a margin does not depend on lengths`(head: Head) throws {
        let scaled = try head.logits(
            Golden.embeddings() * 4, Golden.rows() * 0.5, labels: Golden.labels())
        try expectClose(
            scaled, Golden.logits(head).floats().map(Double.init), Tolerance(relative: 1e-5, absolute: 1e-5))
    }

    /// Beyond θ = π − m the logit goes on as cos θ − m·sin m, which falls for all θ up to π.
    @Test func `stays monotone in the angle for a margin that passes π`() throws {
        let margin = 0.5
        let angles = (0...60).map { Double($0) * .pi / 60 }
        let rows = try Tensor(angles.flatMap { [Float(cos($0)), Float(sin($0))] }, shape: [61, 2])
        var logits: [Float] = []
        for index in angles.indices {
            let row = try rows.slice(index..<index + 1)
            let head = Head.arcface(scale: 1, margin: margin)
            logits.append(try head.logits(Tensor([1, 0], shape: [1, 2]), row, labels: Tensor([0])).scalar())
        }
        #expect(zip(logits, logits.dropFirst()).allSatisfy { $0 > $1 })
        expectClose([logits[60]], [-1 - margin * sin(margin)], Tolerance(relative: 1e-6, absolute: 1e-6))
        expectClose([logits[20]], [cos(.pi / 3 + margin)], Tolerance(relative: 1e-6, absolute: 1e-6))
    }

    @Test(arguments: [1.0, -1.0])
    func `of additive angles is finite, with its gradient, for an embedding parallel to a row`(
        sign: Double
    ) throws {
        let rows = try tensor([3, 4]) { sin(2.1 * $0 + 0.4) }
        let embeddings = try Tensor.concatenated([rows.slice(0..<1), rows.slice(1..<2)]) * (7 * sign)
        for leaf in [rows, embeddings] { try leaf.setRequiresGradient(true) }
        // Row 0 is parallel to its own class, row 1 to a class that is not its own.
        let head = Head.arcface(scale: 64, margin: 0.35)
        let logits = try head.logits(embeddings, rows, labels: Tensor([0, 2]))
        try logits.logSoftmax(along: 1).sum().backward()
        #expect(try logits.isFinite())
        #expect(try #require(try rows.gradient()).isFinite())
        #expect(try #require(try embeddings.gradient()).isFinite())
        // cos(0 + 0.35) and −1 − 0.35·sin(π − 0.35); the sine is kept at 3.2e-4 or more: 64·3.2e-4·0.35 =
        // 0.007.
        let wanted = sign > 0 ? 64 * cos(0.35) : 64 * (-1 - 0.35 * sin(0.35))
        let (own, other) = (try logits.slice(0..<1), try logits.slice(1..<2))
        try expectClose(own.slice(0..<1, along: 1), [wanted], Tolerance(relative: 0, absolute: 0.01))
        try expectClose(other.slice(1..<2, along: 1), [64 * sign], Tolerance(relative: 0, absolute: 1e-4))
    }

    /// α = 1 + m − c is a constant to the gradient: d/dc of s·α(c − 1 + m) is s·α, here 10·0.75 = 7.5, times
    /// the derivative of the cosine along the second axis, sin 60° / 5 for an embedding of length 5.
    @Test func `of circles gives its weights no gradient`() throws {
        let row = try Tensor([0.5, Float(0.75.squareRoot())], shape: [1, 2])
        let embedding = try Tensor([5, 0], shape: [1, 2])
        try embedding.setRequiresGradient(true)
        try Head.circle(scale: 10, margin: 0.25).logits(embedding, row, labels: Tensor([0])).sum().backward()
        try expectClose(
            #require(try embedding.gradient()), [0, 7.5 * 0.75.squareRoot() / 5],
            Tolerance(relative: 2e-6, absolute: 2e-6))
    }
}

@Suite struct `A classifier` {
    @Test func `keeps one row for each class under its key`() throws {
        let store = emptyStore()
        let head = Head.cosface(scale: 30, margin: 0.4)
        let classifier = try Classifier(4, classes: 5, head: head, at: store.root / "classifier")
        #expect(store.trained.map(\.key) == ["classifier.weight"])
        try #require(store.state["classifier.weight"]).copy(from: Golden.rows())
        let logits = try classifier(Golden.embeddings(), labels: Golden.labels())
        #expect(try logits.floats() == Golden.logits(head).floats())
    }

    /// Rows are drawn as the reference code draws them; the distributions are tested with `InitialValues`.
    @Test(arguments: [
        (Head.linear, InitialValues.normal(deviation: 0.001)),
        (.arcface(scale: 64, margin: 0.35), .xavierUniform),
        (.cosface(scale: 64, margin: 0.35), .xavierUniform), (.am(scale: 64, margin: 0.35), .xavierNormal),
        (.circle(scale: 64, margin: 0.35), .kaimingUniform),
    ])
    func `draws its rows as its head asks`(head: Head, initial: InitialValues) {
        #expect(head.initial == initial)
    }

    @Test func `refuses a label beyond its rows`() throws {
        let labels = try Tensor([0, 0, 1, 1, 2, 2, 3, 5])
        #expect(throws: TensorError.self) {
            try Head.cosface(scale: 30, margin: 0.4).logits(Golden.embeddings(), Golden.rows(), labels: labels)
        }
    }
}
