// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Testing

@testable import Backbones
@testable import Tensor

/// What `Fixtures/make_backbones.py` has stored.
struct Fixture: Decodable {
    /// The first eight columns of every row, and three means, the last of the products with a pattern.
    struct Sketch: Decodable {
        let beginnings: [Double]
        let rootMeanSquare: Double
        let mean: Double
        let projection: Double
    }

    struct Inference: Decodable {
        let pooled: Sketch
        let embedding: Sketch
    }

    /// One step on the same images.
    struct Training: Decodable {
        let pooled: Sketch
        let embedding: Sketch
        let loss: Double
        let gradientNorms: [String: Double]
        let runningMeans: [String: [Double]]
        let runningVariances: [String: [Double]]
    }

    struct SizedValues: Decodable {
        let inference: Inference
        let training: Training
    }

    struct EmbeddingValues: Decodable {
        let parameterCount: Int
        let keyCount: Int
        /// By the image's sides, `256x128`, of four images (``Pattern/patches(_:side:)``).
        let sizes: [String: SizedValues]

        func images(_ size: String) throws -> Tensor {
            try Pattern.patches([4, 3] + size.split(separator: "x").compactMap { Int($0) })
        }
    }

    struct TranslationValues: Decodable {
        let parameterCount: Int
        let shape: [Int]
        let output: Sketch
        let gradientNorms: [String: Double]
    }

    let embeddingNetworks: [String: EmbeddingValues]
    let heads: [String: EmbeddingValues]
    let translationNetworks: [String: TranslationValues]

    /// Exact values.
    static func read() throws -> Fixture {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return try read(folder.appendingPathComponent("Fixtures/backbones.json"))
    }

    static func read(_ file: URL) throws -> Fixture {
        try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
    }

    /// Values of this machine's PyTorch in single precision, where scripts/check-agreement has made them.
    static let singlePath = ProcessInfo.processInfo.environment["PASSERBY_SINGLE_FIXTURE"]
}

/// How far values may be from the fixture's, relative to the value, or to its tensor's root mean square if larger.
struct Tolerance {
    let inference: Double
    let training: Double
    let gradient: Double

    /// In double precision: the same computation, up to the nine digits that the fixture has.
    static let exact = Tolerance(inference: 1e-7, training: 1e-7, gradient: 1e-7)

    /// The same computation as PyTorch's in the same precision, on one machine.
    static let agreement = Tolerance(inference: 1e-4, training: 1e-4, gradient: 1e-4)

    // In single precision against exact values. A network that normalises by batches of four images magnifies
    // roundings, the more the deeper it is, and a gradient also changes with the side of a ReLU that a rounding
    // chooses. The script prints how far PyTorch itself is off, in the same measure and with the same memory layout;
    // these are three to thirty times that, while a wrong stride, branch or statistic changes values by percents.

    /// For 18 layers and fewer.
    static let shallow = Tolerance(inference: 1e-5, training: 1e-4, gradient: 2e-3)
    /// For 34 to 50 residual layers and for dense ones.
    static let deep = Tolerance(inference: 1e-5, training: 1e-3, gradient: 5e-3)
    /// For 101 layers.
    static let deepest = Tolerance(inference: 1e-5, training: 2e-3, gradient: 1e-2)

    static func of(_ backbone: Backbone) -> Tolerance {
        switch backbone {
        case .resnet18, .resnet18IBNa: .shallow
        case .resnet34, .resnet50, .resnet50IBNa, .densenet121IBNa, .densenet169IBNa, .resnest50: .deep
        case .resnet101, .resnet101IBNa, .resnext101IBNa, .resnest101: .deepest
        }
    }

    /// Folding moves a rounding from the maps into the weights, once a layer.
    static let folded = 2e-5
}

func expectClose(
    _ value: Double, _ wanted: Double, scale: Double = 0, within tolerance: Double, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let deviation = abs(value - wanted) / max(abs(wanted), scale)
    #expect(deviation <= tolerance, "\(name): \(value), wanted \(wanted)", sourceLocation: sourceLocation)
}

func expectClose(
    _ tensorNC: Tensor, _ wanted: Fixture.Sketch, within tolerance: Double, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    func expect(_ value: Double, _ want: Double, _ kind: String) {
        expectClose(
            value, want, scale: wanted.rootMeanSquare, within: tolerance, "\(kind) of \(name)",
            sourceLocation: sourceLocation)
    }
    let beginnings = try tensorNC.slice(0..<min(8, tensorNC.shape[1]), along: 1).doubles()
    #expect(beginnings.count == wanted.beginnings.count, sourceLocation: sourceLocation)
    for (index, pair) in zip(beginnings, wanted.beginnings).enumerated() { expect(pair.0, pair.1, "element \(index)") }
    try expect(tensorNC.squared().mean().squareRoot().double(), wanted.rootMeanSquare, "root mean square")
    try expect(tensorNC.mean().double(), wanted.mean, "mean")
    let weighted = try tensorNC * Pattern.tensor("projection", shape: tensorNC.shape)
    try expect(weighted.mean().double(), wanted.projection, "projection")
}

/// The length of a tensor's gradient.
func gradientNorm(_ tensor: Tensor) throws -> Double {
    try #require(try tensor.gradient()).converted(to: .float64).squared().sum().squareRoot().double()
}

extension Tensor {
    /// The elements of a tensor of floats or doubles.
    func doubles() throws -> [Double] { try converted(to: .float64).elements(zero: 0.0) }

    func double() throws -> Double { try doubles()[0] }
}
