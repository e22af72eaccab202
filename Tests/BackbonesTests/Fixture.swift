// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Tensor

/// What `Fixtures/make_backbones.py` has stored.
struct Fixture: Decodable {
    struct Summary: Decodable {
        /// The first eight columns of every row.
        let beginnings: [Double]
        let rootMeanSquare: Double
    }

    struct EmbeddingValues: Decodable {
        struct Inference: Decodable {
            let pooled: Summary
            let embedding: Summary
        }
        struct Training: Decodable {
            let pooled: Summary
            let embedding: Summary
            let loss: Double
            let gradientNorms: [String: Double]
            let runningMeans: [String: [Double]]
            let runningVariances: [String: [Double]]
        }

        let parameterCount: Int
        let keyCount: Int
        let inference: Inference
        let training: Training
    }

    struct TranslationValues: Decodable {
        let parameterCount: Int
        let shape: [Int]
        let output: Summary
        let gradientNorms: [String: Double]
    }

    let embeddingNetworks: [String: EmbeddingValues]
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
    /// For 50 layers; PyTorch: 4e-7, 2e-5, 2e-3.
    static let deep = Tolerance(inference: 1e-5, training: 5e-4, gradient: 5e-3)
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

/// The length of a tensor's gradient.
func gradientNorm(_ tensor: Tensor) throws -> Double {
    Double(try #require(try tensor.gradient()).squared().sum().squareRoot().scalar())
}
