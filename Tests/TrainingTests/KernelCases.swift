// SPDX-License-Identifier: MIT

import Patterns
import Tensor
import Testing

/// Expects as many values as are wanted, none of them off by more than a share of the largest.
func expectClose(_ values: [Double], _ wanted: [Double], share: Double, _ what: String) {
    #expect(values.count == wanted.count && !wanted.isEmpty, "\(what)")
    let scale = wanted.map(abs).max() ?? 0
    let worst = zip(values, wanted).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= share * scale, "\(what) is off by \(worst) of \(scale)")
}

/// Expects of a convolution for inference what its parts come to one by one, on maps whose numbers a bfloat16 can hold.
///
/// - Parameter taking: Has our kernels taken.
func expectFusedConvolution(_ taking: (() throws -> Tensor) throws -> Tensor) throws {
    func drawn(_ shape: [Int]) throws -> Tensor {
        let tensor = try Tensor((0..<shape.reduce(1, *)).map { Float($0 * 29 % 17) / 4 - 2 }, shape: shape)
        return try shape.count == 4 ? tensor.channelsLast() : tensor
    }
    let (maps, weight, bias) = (try drawn([3, 8, 5, 4]), try drawn([16, 8, 1, 1]), try drawn([16]))
    for (addend, rectified) in [(nil, false), (nil, true), (try drawn([3, 16, 5, 4]), true)] {
        let plain = try maps.convolved(with: weight, bias: bias, stride: 1, padding: 0)
        let sum = try addend.map { try plain + $0 } ?? plain
        let wanted = try (rectified ? sum.relu() : sum).doubles()
        for (type, tolerance) in [(ElementType.float32, 1e-6), (.bfloat16, 1e-2)] {
            let given = try addend?.copied().converted(to: type)
            let found = try taking {
                try maps.converted(to: type).convolvedFused(
                    with: weight.converted(to: type), bias: bias.converted(to: type), stride: 1, padding: 0, groups: 1,
                    into: given, rectified: rectified)
            }
            let values = try found.converted(to: .float64).doubles()
            expectClose(values, wanted, share: tolerance, "\(type), rectified \(rectified)")
            if let given { #expect(try given.converted(to: .float64).doubles() == values) }
        }
    }
}

/// Expects of maps that are enlarged by reflection, and of their gradient, what libtorch's operator comes to where elements
/// are doubles. Lines in the middle are reflected at both ends; three channels are none that our kernels take.
///
/// - Parameter taking: Has our kernels taken.
func expectReflection(_ taking: (() throws -> [[Double]]) throws -> [[Double]]) throws {
    func drawn(_ seed: Int, _ shape: [Int], _ type: ElementType) throws -> Tensor {
        let values = (0..<shape.reduce(1, *)).map { Float($0 * seed % 17) / 4 - 2 }
        return try Tensor(values, shape: shape).converted(to: type).channelsLast()
    }
    func padded(channels: Int, as type: ElementType) throws -> [[Double]] {
        let maps = try drawn(29, [3, channels, 5, 4], type)
        try maps.setRequiresGradient(true)
        let output = try maps.reflectionPadded(3)
        try (output * drawn(13, output.shape, type)).converted(to: .float32).sum().backward()
        let gradient = try #require(try maps.gradient())
        return try [output.detached(), gradient].map { try $0.converted(to: .float64).contiguous().doubles() }
    }
    for channels in [3, 16] {
        let wanted = try padded(channels: channels, as: .float64)
        for (type, tolerance) in [(ElementType.float32, 1e-6), (.bfloat16, 1e-2)] {
            let found = try taking { try padded(channels: channels, as: type) }
            #expect(found[0] == wanted[0], "\(channels) channels of \(type)")
            expectClose(found[1], wanted[1], share: tolerance, "\(channels) channels of \(type)")
        }
    }
}
