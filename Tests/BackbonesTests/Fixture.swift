// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Backbones
@testable import Tensor

/// What `Fixtures/make_backbones.py` has stored.
struct Fixture: Decodable {
    struct Summary: Decodable {
        /// The first eight columns of every row.
        let beginnings: [Double]
        let rootMeanSquare: Double
    }

    /// A summary and two more means, the second of the products with a pattern.
    struct Sketch: Decodable {
        let beginnings: [Double]
        let rootMeanSquare: Double
        let mean: Double
        let projection: Double
    }

    struct EmbeddingValues: Decodable {
        struct Inference<Values: Decodable>: Decodable {
            let pooled: Values
            let embedding: Values
        }
        struct Training: Decodable {
            let pooled: Summary
            let embedding: Summary
            let loss: Double
            let gradientNorms: [String: Double]
            let runningMeans: [String: [Double]]
            let runningVariances: [String: [Double]]
        }

        /// Of the images that all but `fullSize` is for: ``Pattern/images(_:)``, or where there are eight
        /// ``Pattern/patches(_:side:)``.
        let shape: [Int]
        let parameterCount: Int
        let keyCount: Int
        let inference: Inference<Summary>
        /// By the image's sides, `256x128`.
        let fullSize: [String: Inference<Sketch>]
        let training: Training
    }

    struct TranslationValues: Decodable {
        let parameterCount: Int
        let shape: [Int]
        let output: Summary
        let gradientNorms: [String: Double]
    }

    let embeddingNetworks: [String: EmbeddingValues]
    let heads: [String: EmbeddingValues]
    let translationNetworks: [String: TranslationValues]

    static func read() throws -> Fixture {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = folder.appendingPathComponent("Fixtures/backbones.json")
        return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
    }
}

/// How far values may be from exact ones, relative to the value, or to its tensor's root mean square if
/// larger.
///
/// A network that normalises by batches of four images magnifies roundings, the more the deeper it is, and a
/// gradient also changes with the side of a ReLU that a rounding chooses. The script prints how far PyTorch
/// itself is off in single precision, in the same measure. Kernels for other memory layouts and processors
/// round otherwise, so these are three to thirty times that, while a wrong stride, branch or statistic
/// changes values by percents.
struct Tolerance {
    let inference: Double
    let training: Double
    let gradient: Double

    /// For 18 layers and fewer; PyTorch: 6e-7, 3e-6, 1e-6.
    static let shallow = Tolerance(inference: 1e-5, training: 5e-5, gradient: 1e-4)
    /// For 34 to 50 residual layers and for dense ones; PyTorch: 4e-7, 3e-5, 2e-3.
    static let deep = Tolerance(inference: 1e-5, training: 5e-4, gradient: 5e-3)
    /// For 101 layers; PyTorch: 3e-7, 5e-5, 2e-3, and with maps in channels-last layout, where its normalisations add
    /// in another order, three times that.
    static let deepest = Tolerance(inference: 1e-5, training: 1e-3, gradient: 1e-2)

    static func of(_ backbone: Backbone) -> Tolerance {
        switch backbone {
        case .resnet18: .shallow
        case .resnet34, .resnet50, .resnet50IBNa, .densenet121IBNa, .densenet169IBNa, .resnest50: .deep
        case .resnet101, .resnet101IBNa, .resnext101IBNa, .resnest101: .deepest
        }
    }

    /// Inference on images of the size that networks are used at; PyTorch: 3e-7.
    static let fullSize = 1e-5
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
    _ tensorNC: Tensor, _ wanted: Fixture.Summary, within tolerance: Double, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let beginnings = try tensorNC.slice(0..<min(8, tensorNC.shape[1]), along: 1).floats()
    #expect(beginnings.count == wanted.beginnings.count, sourceLocation: sourceLocation)
    for (index, (value, want)) in zip(beginnings, wanted.beginnings).enumerated() {
        expectClose(
            Double(value), want, scale: wanted.rootMeanSquare, within: tolerance, "\(name)[\(index)]",
            sourceLocation: sourceLocation)
    }
    let rootMeanSquare = try tensorNC.squared().mean().squareRoot().scalar()
    expectClose(
        Double(rootMeanSquare), wanted.rootMeanSquare, within: tolerance, "root mean square of \(name)",
        sourceLocation: sourceLocation)
}

func expectClose(
    _ tensorNC: Tensor, _ wanted: Fixture.Sketch, within tolerance: Double, _ name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let summary = Fixture.Summary(beginnings: wanted.beginnings, rootMeanSquare: wanted.rootMeanSquare)
    try expectClose(tensorNC, summary, within: tolerance, name, sourceLocation: sourceLocation)
    let weighted = try tensorNC * Pattern.tensor("projection", shape: tensorNC.shape)
    for (kind, tensor, want) in [("mean", tensorNC, wanted.mean), ("projection", weighted, wanted.projection)] {
        expectClose(
            Double(try tensor.mean().scalar()), want, scale: wanted.rootMeanSquare, within: tolerance,
            "\(kind) of \(name)", sourceLocation: sourceLocation)
    }
}

/// The length of a tensor's gradient.
func gradientNorm(_ tensor: Tensor) throws -> Double {
    Double(try #require(try tensor.gradient()).squared().sum().squareRoot().scalar())
}
