// SPDX-License-Identifier: MIT

import Patterns
import Testing

@testable import Layers
@testable import Tensor

@Suite struct `A convolution` {
    /// A 3×3 map of 1…9 and a 2×2 kernel (1, 0; 0, −1): every output is x(i, j) − x(i+1, j+1) = −4, plus the
    /// bias 10.
    @Test func `slides its kernel and adds its bias`() throws {
        let store = emptyStore()
        let layer = try Convolution(1, 1, kernel: 2, bias: true, at: store.root / "conv")
        try store.load([
            "conv.weight": Tensor([1, 0, 0, -1], shape: [1, 1, 2, 2]), "conv.bias": Tensor([10], shape: [1]),
        ])
        #expect(try layer(tensor([1, 1, 3, 3]) { $0 + 1 }).floats() == [6, 6, 6, 6])
    }

    /// Stride 2 and padding 1 with an averaging kernel of ones: the four corners' neighbourhoods of a 3×3
    /// map. 1+2+4+5 = 12, 2+3+5+6 = 16, 4+5+7+8 = 24, 5+6+8+9 = 28.
    @Test func `pads with zeros and strides`() throws {
        let store = emptyStore()
        let layer = try Convolution(
            1, 1, kernel: 3, stride: 2, padding: 1, initial: .constant(1), at: store.root)
        #expect(try layer(tensor([1, 1, 3, 3]) { $0 + 1 }).floats() == [12, 16, 24, 28])
        #expect(store.entries.map(\.key) == ["weight"])
    }

    /// Two groups of one channel each: outputs 2·x₀ and 3·x₁, and nothing of the other channel.
    @Test func `in groups keeps their channels apart`() throws {
        let store = emptyStore()
        let layer = try Convolution(2, 2, kernel: 1, groups: 2, at: store.root)
        #expect(store.state["weight"]?.shape == [2, 1, 1, 1])
        try store.load(["weight": Tensor([2, 3], shape: [2, 1, 1, 1])])
        #expect(try layer(Tensor([1, 10, 100, 1000], shape: [1, 2, 1, 2])).floats() == [2, 20, 300, 3000])
    }

    /// One pixel of value 2 and a kernel of 1…9: output (i, j) is 2·k(i + 1, j + 1), as padding takes the
    /// first row and column: 2·(5, 6; 8, 9).
    @Test func `that is transposed doubles the sides`() throws {
        let store = emptyStore()
        let layer = try UpsamplingConvolution(1, 1, initial: .constant(0), at: store.root)
        try store.load([
            "weight": tensor([1, 1, 3, 3]) { $0 + 1 }, "bias": Tensor([1], shape: [1]),
        ])
        #expect(try layer(Tensor([2], shape: [1, 1, 1, 1])).floats() == [11, 13, 17, 19])
    }
}
