// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Testing

@testable import Layers
@testable import Tensor

/// What a processor with matrix tiles would be given, on any processor.
@Suite struct `A convolution in bfloat16` {
    private func folding(_ precision: Folding.Precision, tiles: Bool) -> Folding {
        Folding(domain: .target, precision: precision, hasMatrixTiles: tiles)
    }

    /// The last maps of 64×32 images have 4 rows and 2 columns.
    @Test(arguments: [
        (rows: 16, columns: 8, small: false), (4, 2, false), (4, 4, false), (3, 3, true), (2, 4, true), (4, 1, true),
        (8, 1, true), (2, 1, true), (1, 1, true),
    ])
    func `to maps smaller than those of 64×32 images keeps off matrix tiles`(rows: Int, columns: Int, small: Bool) {
        #expect(folding(.bfloat16, tiles: true).computesInSingle(rows: rows, columns: columns) == small)
        #expect(!folding(.bfloat16, tiles: false).computesInSingle(rows: rows, columns: columns))
        #expect(!folding(.float32, tiles: true).computesInSingle(rows: rows, columns: columns))
    }

    /// Kernels of ones with biases of ±0.5, stride 2 and padding 1, over 1 … 8 in 4×2: the windows of the two rows hold
    /// rows 1–2 and 2–4 of both columns: 1 + 2 + 3 + 4 ± 0.5 = 10.5 and 9.5, 3 + … + 8 ± 0.5 = 33.5 and 32.5. With −20
    /// added to each, −9.5, 13.5, −10.5 and 12.5. All are numbers of bfloat16, so no kernel may make others of them.
    @Test(arguments: [false, true], [1, 20])
    func `gives small maps the values that follow from its sums`(tiles: Bool, images: Int) throws {
        let store = emptyStore()
        let whole = try Convolution(1, 2, kernel: 3, stride: 2, padding: 1, bias: true, at: store.root / "conv")
        try #require(store.state["conv.weight"]).copy(from: Tensor.full(1, shape: [2, 1, 3, 3]))
        try #require(store.state["conv.bias"]).copy(from: Tensor([0.5, -0.5], shape: [2]))
        try withoutGradients {
            let layer = try whole.folded(folding(.bfloat16, tiles: tiles))
            let maps = try tensor([images, 1, 4, 2]) { Double(Int($0) % 8 + 1) }
                .channelsLast().converted(to: .bfloat16)
            func expect(_ result: Tensor, _ wanted: [Float]) throws {
                #expect(result.elementType == .bfloat16)
                #expect(result.shape == [images, 2, 2, 1])
                #expect(try result.converted(to: .float32).floats() == (0..<images).flatMap { _ in wanted })
            }
            func addend() throws -> Tensor {
                try Tensor.full(-20, shape: [images, 2, 2, 1]).channelsLast().converted(to: .bfloat16)
            }
            try expect(layer(maps), [10.5, 33.5, 9.5, 32.5])
            try expect(layer.fused(maps, rectified: false), [10.5, 33.5, 9.5, 32.5])
            try expect(layer.fused(maps, into: addend(), rectified: false), [-9.5, 13.5, -10.5, 12.5])
            try expect(layer.fused(maps, into: addend(), rectified: true), [0, 13.5, 0, 12.5])
        }
    }

    /// The convolution that oneDNN gets wrong on tiles, in a batch that shows it: a sum of products of numbers of eight
    /// bits, exact in double precision, rounded once to eight bits (2⁻⁸ relative) after float32's roundings of 1152
    /// products, 1152·2⁻²⁴ of their absolute sum.
    @Test func `of small maps and a full batch is as exact as its roundings`() throws {
        let store = emptyStore()
        let whole = try Convolution(128, 256, kernel: 3, stride: 2, padding: 1, at: store.root / "conv")
        let weight = try tensor([256, 128, 3, 3]) { sin(1.7 * $0) }.converted(to: .bfloat16).converted(to: .float32)
        try #require(store.state["conv.weight"]).copy(from: weight)
        try withoutGradients {
            let layer = try whole.folded(Folding(domain: .target, precision: .bfloat16))
            let maps = try tensor([20, 128, 4, 2]) { sin(0.9 * $0) }.channelsLast().converted(to: .bfloat16)
            func exact(_ maps: Tensor, _ weight: Tensor) throws -> [Double] {
                try maps.converted(to: .float64).convolved(
                    with: weight.converted(to: .float64), bias: nil, stride: 2, padding: 1
                ).elements(zero: 0.0)
            }
            let wanted = try exact(maps, weight)
            let sizes = try exact(maps.absolute(), weight.absolute())
            let found = try layer.fused(maps, rectified: false).converted(to: .float32).floats()
            for (index, value) in found.enumerated() {
                let allowed: Double = abs(wanted[index]) * 0x1p-8 + sizes[index] * 1153 * 0x1p-24
                #expect(abs(Double(value) - wanted[index]) <= allowed, "element \(index): \(value), not \(wanted[index])")
            }
        }
    }
}
