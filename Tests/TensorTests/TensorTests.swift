// SPDX-License-Identifier: MIT

import Testing

@testable import Tensor

/// Two floats of one rounding apart at magnitude 1.
let rounding: Float = 1e-6

@Suite struct `A tensor` {
    @Test func `adds and multiplies with broadcasting`() throws {
        let matrix = try Tensor([1, 2, 3, 4], shape: [2, 2])
        let row = try Tensor([10, 20], shape: [1, 2])
        // 2 · [[1, 2], [3, 4]] + [10, 20] = [[12, 24], [16, 28]]
        #expect(try (2 * matrix + row).floats() == [12, 24, 16, 28])
        // [[1, 2], [3, 4]]² = [[7, 10], [15, 22]]
        #expect(try matrix.matmul(matrix).floats() == [7, 10, 15, 22])
    }

    @Test func `of several lists has them one behind the other`() throws {
        let joined = try Tensor(joining: [[1, 2], [], [3, 4, 5, 6]], shape: [3, 2])
        #expect(joined.shape == [3, 2])
        #expect(try joined.floats() == [1, 2, 3, 4, 5, 6])
        #expect(try joined.slice(1..<3).sum(along: 0).floats() == [8, 10])
        #expect(try Tensor(joining: [[], []], shape: [0, 2]).floats().isEmpty)
    }

    @Test func `names the operation and both shapes when they do not fit`() throws {
        let left = try Tensor.full(0, shape: [2, 3])
        let right = try Tensor.full(0, shape: [4, 5])
        let error = #expect(throws: TensorError.self) { try left.matmul(right) }
        #expect(error?.description.hasPrefix("matmul([2, 3], [4, 5]): ") == true)
    }

    /// A million GiB: more than a process has addresses for.
    @Test func `says that memory does not suffice, and goes on`() throws {
        let error = #expect(throws: TensorError.self) { try Tensor.full(1, shape: [1 << 24, 1 << 24]) }
        guard case .outOfMemory("full", _, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("1125899906842624 bytes"))
        #expect(error?.description.contains("choose smaller batches or images") == true)
        #expect(try Tensor.full(1, shape: [2]).sum().scalar() == 2)
    }

    @Test func `turns an exception of the engine into an error and goes on`() throws {
        let labels = try Tensor([0, 7])
        #expect(throws: TensorError.self) { try labels.oneHot(classes: 3) }
        #expect(try labels.oneHot(classes: 8).sum().scalar() == 2)
    }

    @Test func `has the gradient of a sum of cubes, until it is dropped`() throws {
        // d/dx Σ x³ = 3x² at 1, 2, −3.
        let x = try Tensor([1, 2, -3], shape: [3])
        try x.setRequiresGradient(true)
        try x.power(3).sum().backward()
        #expect(try #require(try x.gradient()).floats() == [3, 12, 27])
        x.dropGradient()
        #expect(try x.gradient() == nil)
        #expect(try withoutGradients { try x.squared() }.requiresGradient == false)
    }

    @Test func `finds extremes and where they are`() throws {
        let matrix = try Tensor([3, 9, 1, -5, -2, -8], shape: [2, 3])
        let (values, indices) = try matrix.maximum(along: 1)
        #expect(try values.floats() == [9, -2])
        #expect(try indices.integers() == [1, 1])
        #expect(try matrix.minimum(along: 1).indices.integers() == [2, 2])
    }

    /// Neither sign of zero is smaller than the other.
    @Test func `finds the smallest of each row, equal ones by column`() throws {
        let rows = try Tensor([0, -1, 3, -1, -0.0, 0, .infinity, -.infinity, -2, -3, -1, -4], shape: [3, 4])
        let (values, columns) = try rows.smallest(3)
        #expect(try values.floats() == [-1, -1, 0, -.infinity, 0, 0, -4, -3, -2])
        #expect(try columns.integers() == [1, 3, 0, 3, 0, 1, 3, 1, 0])
        let error = #expect(throws: TensorError.self) { try rows.smallest(5) }
        #expect(error?.description.hasPrefix("smallest 5([3, 4]): ") == true)
        #expect(throws: TensorError.self) { try Tensor([1, 2], shape: [2]).smallest(1) }
    }

    /// Columns 0 and 2 are group 1, column 1 is group 3, nothing is in groups 0 and 2: 3 + 1 = 4, −5 − 8 = −13. Each
    /// element's gradient is that of its group's sum, here its number.
    @Test func `is summed over groups, and hands each element its group's gradient`() throws {
        let matrix = try Tensor([3, 9, 1, -5, -2, -8], shape: [2, 3])
        try matrix.setRequiresGradient(true)
        let sums = try matrix.summed(over: Tensor([1, 3, 1]), count: 4, along: 1)
        #expect(sums.shape == [2, 4])
        #expect(try sums.floats() == [0, 4, 0, 9, 0, -13, 0, -2])
        try (sums * Tensor([0, 1, 2, 3], shape: [1, 4])).sum().backward()
        #expect(try #require(try matrix.gradient()).floats() == [1, 3, 1, 1, 3, 1])
        #expect(try matrix.summed(over: Tensor([0, 0]), count: 1, along: 0).floats() == [-2, 7, -7])
    }

    @Test(arguments: [[0, 4, 1], [0, -1, 1], [0, 1]]) func `has no sums over groups that are not there`(groups: [Int]) throws
    {
        let matrix = try Tensor([3, 9, 1, -5, -2, -8], shape: [2, 3])
        let error = #expect(throws: TensorError.self) {
            try matrix.summed(over: Tensor(groups), count: 4, along: 1)
        }
        #expect(error?.description.hasPrefix("summed over 4 groups([2, 3], [\(groups.count)]): ") == true)
    }

    @Test func `keeps a row of zeros when rows are normalised`() throws {
        let rows = try Tensor([3, 4, 0, 0], shape: [2, 2])
        #expect(try rows.normalisedRows().floats() == [0.6, 0.8, 0, 0])
    }

    @Test func `normalises each channel of each image, whatever the memory layout`() throws {
        // Channel values 0…3: mean 1.5, variance 1.25; (0 − 1.5)/√1.25 = −1.3416.
        let map = try Tensor([0, 1, 2, 3, 10, 11, 12, 13], shape: [1, 2, 2, 2])
        let expected: [Float] = [-1.341635, -0.447212, 0.447212, 1.341635]
        for layout in [map, try map.channelsLast()] {
            let values = try layout.instanceNormalised(weight: nil, bias: nil, epsilon: 1e-5).floats()
            for (value, wanted) in zip(values, expected + expected) {
                #expect(abs(value - wanted) < 2 * rounding)
            }
        }
    }

    /// bfloat16 keeps eight bits: 1 + 1/256 lies between 1 and 1 + 1/128 and goes to the even one, 1.
    @Test func `is rounded to bfloat16 and back`() throws {
        let rounded = try Tensor([1 + 1.0 / 256, 1 + 3.0 / 256, -3, 1e30], shape: [4]).converted(to: .bfloat16)
        #expect(rounded.elementType == .bfloat16)
        let back = try rounded.converted(to: .float32).floats()
        #expect(Array(back.prefix(3)) == [1, 1 + 4.0 / 256, -3])
        #expect(abs(back[3] / 1e30 - 1) < 1.0 / 256)
    }

    /// Rows (0, 1, 2), (3, 4, 5), (6, 7, 8). Windows of 2 every 2: the first is (0 + 1 + 3 + 4)/4 = 2; partial ones
    /// hold (2, 5), (6, 7) and (8). Windows of 3 with a border: the first is (0 + 1 + 3 + 4)/9 or /4.
    @Test func `is averaged over windows`() throws {
        let map = try Tensor((0..<9).map(Float.init), shape: [1, 1, 3, 3])
        #expect(try map.averagePooled(kernel: 2, stride: 2).floats() == [2])
        let partial = try map.averagePooled(kernel: 2, stride: 2, partial: true, countsPadding: false)
        #expect(try partial.floats() == [2, 3.5, 6.5, 8])
        let counted = try map.averagePooled(kernel: 3, stride: 2, padding: 1).floats()
        let ninths: [Float] = [8, 12, 20, 24]
        #expect(zip(counted, ninths).allSatisfy { abs($0 * 9 - $1) < 10 * rounding })
        #expect(try map.averagePooled(kernel: 3, stride: 2, padding: 1, countsPadding: false).floats() == [2, 3, 5, 6])
        #expect(try map.globallyAveraged().floats() == [4])
        #expect(try map.globallyAveraged().shape == [1, 1, 1, 1])
    }

    @Test func `has a copy with elements of its own`() throws {
        let one = try Tensor([1, 2], shape: [2])
        let two = try one.copied()
        try one.copy(from: Tensor([7, 8], shape: [2]))
        #expect(try two.floats() == [1, 2])
    }

    /// bfloat16 keeps eight bits.
    @Test(arguments: [(1, ElementType.float32, 4 * rounding), (2, .float32, 4 * rounding), (2, .bfloat16, 0.1)])
    func `is convolved, added and rectified in one pass`(groups: Int, type: ElementType, tolerance: Float) throws {
        let pixels = (0..<96).map { Float($0 * 7 % 11) / 11 - 0.4 }
        let maps = try Tensor(pixels, shape: [2, 4, 3, 4]).channelsLast()
        let weights = (0..<216 / groups).map { Float($0 * 5 % 13) / 13 - 0.5 }
        let weight = try Tensor(weights, shape: [6, 4 / groups, 3, 3]).channelsLast()
        let bias = try Tensor([0, 1, -1, 0.5, 0.25, -2], shape: [6])
        let plain = try maps.convolved(with: weight, bias: bias, stride: 2, padding: 1, groups: groups)
        let addend = try Tensor((0..<48).map { Float($0 % 5) - 2 }, shape: [2, 6, 2, 2]).channelsLast()
        func fused(_ sum: Tensor?, _ rectified: Bool) throws -> [Float] {
            try maps.converted(to: type).convolvedFused(
                with: weight.converted(to: type), bias: bias.converted(to: type), stride: 2, padding: 1,
                groups: groups, into: sum?.converted(to: type), rectified: rectified
            ).converted(to: .float32).floats()
        }
        func expectClose(_ values: [Float], _ wanted: Tensor) throws {
            let pairs = zip(values, try wanted.floats())
            #expect(pairs.allSatisfy { abs($0 - $1) < tolerance })
        }
        try expectClose(fused(nil, false), plain)
        try expectClose(fused(nil, true), plain.relu())
        try expectClose(fused(addend.copied(), false), plain + addend)
        try expectClose(fused(addend.copied(), true), (plain + addend).relu())
    }

    @Test func `says when it holds something that is no number`() throws {
        #expect(try Tensor([1, .nan], shape: [2]).isFinite() == false)
        #expect(try Tensor([1, 2], shape: [2]).isFinite())
    }
}

@Suite struct `Adam` {
    /// Two steps by hand, θ = 1, gradients 2 and −1, α = 0.1, L2 decay 0.5:
    /// g₁ = 2 + 0.5·1 = 2.5, m̂ = 2.5, v̂ = 6.25, θ = 1 − 0.1·2.5/2.5 = 0.9.
    /// g₂ = −1 + 0.5·0.9 = −0.55, m = 0.9·0.25 − 0.055 = 0.17, m̂ = 0.17/0.19 = 0.894737,
    /// v = 0.999·0.00625 + 0.001·0.3025 = 0.00654625, v̂ = 0.00654625/0.001999 = 3.274762,
    /// θ = 0.9 − 0.1·0.894737/1.809630 = 0.850557.
    @Test func `moves a parameter by two steps as by hand`() throws {
        let theta = try Tensor([1], shape: [1])
        try theta.setRequiresGradient(true)
        let mean = try theta.zerosLike()
        let variance = try theta.zerosLike()
        let step = try Tensor.full(0, shape: [])
        for (gradient, expected) in [(2.0, Float(0.9)), (-1.0, Float(0.850557))] {
            theta.dropGradient()
            try (theta * gradient).sum().backward()
            try Tensor.adam(
                AdamStep(rate: 0.1, decay: 0.5), parameters: [theta], means: [mean],
                variances: [variance], steps: [step])
            #expect(abs(try theta.scalar() - expected) < rounding)
        }
    }

    @Test func `does not depend on the memory layout of a convolution's weight`() throws {
        let values = (0..<36).map { Float($0) / 36 }
        let image = try Tensor((0..<32).map { Float(($0 * 7) % 11) / 11 }, shape: [1, 2, 4, 4])
        var results: [[Float]] = []
        for channelsLast in [false, true] {
            let plain = try Tensor(values, shape: [2, 2, 3, 3])
            let weight = channelsLast ? try plain.channelsLast() : plain
            try weight.setRequiresGradient(true)
            let mean = try weight.zerosLike()
            let variance = try weight.zerosLike()
            let input = channelsLast ? try image.channelsLast() : image
            try input.convolved(with: weight, bias: nil, stride: 1, padding: 1).squared().sum().backward()
            try Tensor.adam(
                AdamStep(rate: 0.01), parameters: [weight], means: [mean], variances: [variance],
                steps: [try Tensor.full(0, shape: [])])
            results.append(try weight.floats())
        }
        for (plain, last) in zip(results[0], results[1]) {
            #expect(abs(plain - last) < rounding)
        }
        #expect(results[0] != values)
    }
}
