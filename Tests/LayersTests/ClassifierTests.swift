// SPDX-License-Identifier: MIT

import Foundation
import Patterns
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

/// A rounding in single precision, relative to what is rounded.
private let rounding = 0x1p-24

/// How far a cosine of two rows may be off in single precision.
///
/// Each row's length takes a sum of as many squares, whose roundings its root halves, the root and a quotient; the
/// product takes another sum of values of at most 1 together.
private func cosineError(dimension: Int) -> Double {
    (2 * (Double(dimension) / 2 + 2) + Double(dimension)) * rounding
}

/// How far logits of ``Golden`` may be off, where the reference has the same error and is printed with six decimals.
private func tolerance(_ head: Head) -> Tolerance {
    let (scale, slope): (Double, Double) =
        switch head {
        // A sum of four products of rows that are no longer than 1.50 and 1.82.
        case .linear: (1.50 * 1.82, 1)
        // The slope of cos(θ + m) over cos θ is sin(θ + m) / sin θ, at most 1.56 here.
        case .arcface(let scale, _): (scale, 1.6)
        case .cosface(let scale, _), .am(let scale, _): (scale, 1)
        // Those of (1 + m − c)(c − 1 + m) and (c + m)(c − m) are 2 − 2c and 2c.
        case .circle(let scale, _): (scale, 4)
        }
    return Tolerance(relative: 0, absolute: 5e-7 + 2 * scale * slope * cosineError(dimension: 4))
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
    @Test(
        arguments: [
            (Head.linear, [2.112712, -1.379905, -2.362949, 0.951400, 2.535479], 2.422277),
            (
                .arcface(scale: 64, margin: 0.35), [41.915737, -54.495434, -58.300186, 44.513432, 59.960369],
                68.281830
            ),
            (.arcface(scale: 30, margin: 0.3), [20.756504], 31.107063),
            (.cosface(scale: 30, margin: 0.4), [14.230494], 35.273521),
            (.circle(scale: 64, margin: 0.35), [6.829571, 0, 0, 23.120087, 48.335720], 111.251122),
            (.am(scale: 30, margin: 0.3), [17.230495], 32.888500),
        ] as [(Head, [Double], Double)])
    func `gives the reference code's logits`(head: Head, first: [Double], crossEntropy: Double) throws {
        let logits = try Golden.logits(head).floats()

        let allowed = tolerance(head)
        expectClose(Array(logits.prefix(first.count)), first, allowed)
        let loss = smoothedCrossEntropy(logits, labels: [0, 0, 1, 1, 2, 2, 3, 3], classes: 5)
        // A mean of differences of a logarithm of exponentials and a logit, each off by no more than the logits.
        #expect(abs(loss - crossEntropy) <= 2 * allowed.absolute)
    }

    /// An embedding along the first axis, and rows at 60° (true), 120° and 0° of it.
    private func plane(_ head: Head) throws -> Tensor {
        let angles = [60.0, 120, 0].map { $0 * .pi / 180 }
        let rows = try Tensor(angles.flatMap { [Float(3 * cos($0)), Float(3 * sin($0))] }, shape: [3, 2])
        return try head.logits(Tensor([5, 0], shape: [1, 2]), rows, labels: Tensor([0]))
    }

    @Test func `adds its margin to the angle, or takes it from the cosine, of the true class alone`() throws {
        // ArcFace: 10·cos(60° + 30°) = 0. CosFace: 10·(0.5 − 0.2) = 3.
        // Scales of 10 to 15, slopes up to 2, and two roundings of what comes in.
        let allowance = Tolerance(relative: 0, absolute: 15 * 2 * (cosineError(dimension: 2) + 2 * rounding))
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
            scaled, Golden.logits(head).floats().map(Double.init), tolerance(head))
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
        // At 60° the slope is sin(θ + 0.5) / sin θ = 1.15; two roundings of what comes in, three of what goes out.
        let allowed = Tolerance(relative: 0, absolute: 1.2 * (cosineError(dimension: 2) + 5 * rounding))
        expectClose([logits[60]], [-1 - margin * sin(margin)], allowed)
        expectClose([logits[20]], [cos(.pi / 3 + margin)], allowed)
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
        // cos(0 + 0.35) and −1 − 0.35·sin(π − 0.35). Of a cosine that is off by e, 1 − cos² is 2e and two roundings more
        // where it should be 0, and 1e-7 at least; its root is the sine, 0.0013, times sin 0.35.
        let error = cosineError(dimension: 4)
        let sine = max(1e-7, 2 * error + 2 * rounding).squareRoot()
        let wanted = sign > 0 ? 64 * cos(0.35) : 64 * (-1 - 0.35 * sin(0.35))
        let turned = sign > 0 ? sine * sin(0.35) : 0
        let (own, other) = (try logits.slice(0..<1), try logits.slice(1..<2))
        // Three more roundings of numbers up to 1.2: two products and a difference.
        let allowed = 64 * (turned + error + 4 * rounding)
        try expectClose(own.slice(0..<1, along: 1), [wanted], Tolerance(relative: 0, absolute: allowed))
        try expectClose(other.slice(1..<2, along: 1), [64 * sign], Tolerance(relative: 0, absolute: 64 * error))
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
