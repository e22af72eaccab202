// SPDX-License-Identifier: MIT

import Foundation
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

/// Expects of pooling by generalised means, and of its gradients, what libtorch's operators come to where elements are
/// doubles. Some pixels are below the least that is taken, and twelve channels are none that our kernels take.
///
/// - Parameter taking: Has our kernels taken.
func expectGeneralisedMeans(_ taking: (() throws -> [[Double]]) throws -> [[Double]]) throws {
    func pooled(_ shape: [Int], power: Float, as type: ElementType) throws -> [[Double]] {
        let whole = type == .float64 ? type : .float32
        let values = (0..<shape.reduce(1, *)).map { Float($0 * 29 % 67) / 16 - 0.5 }
        let maps = try Tensor(values, shape: shape).converted(to: type).channelsLast()
        let exponent = try Tensor([power], shape: [1]).converted(to: whole)
        for tensor in [maps, exponent] { try tensor.setRequiresGradient(true) }
        let means = try maps.generalisedMeans(power: exponent)
        let weights = try Tensor((0..<means.shape.reduce(1, *)).map { Float($0 * 13 % 19) / 8 - 1 }, shape: means.shape)
        try (means * weights.converted(to: whole)).sum().backward()
        return try doubles(means, gradientsOf: [maps, exponent])
    }
    // One block of rows, several, and two pixels.
    for shape in [[3, 16, 5, 3], [2, 8, 48, 24], [2, 24, 1, 2], [2, 12, 4, 2]] {
        for power: Float in [3, 1, 2.6] {
            let wanted = try pooled(shape, power: power, as: .float64)
            // Means and the exponent's gradient are float32 for either type, sums of some thousand roundings; gradients of
            // maps are rounded to the maps' type.
            for (type, tolerance) in [(ElementType.float32, 1e-5), (.bfloat16, 4e-3)] {
                let found = try taking { try pooled(shape, power: power, as: type) }
                let what = "\(shape) of \(type) to the power \(power)"
                expectClose(found[0], wanted[0], share: 1e-5, "means, \(what)")
                expectClose(found[1], wanted[1], share: tolerance, "maps, \(what)")
                expectClose(found[2], wanted[2], share: 1e-4, "exponent, \(what)")
            }
        }
    }
    try expectPairOfPixels(taking)
}

/// For pixels 1 and 2 at p = 2 the mean is √2.5, pixels get x/(2·√2.5), and p gets √2.5·(4·ln 2/5/2 − ln 2.5/4) = 0.076189 of
/// each of eight channels.
private func expectPairOfPixels(_ taking: (() throws -> [[Double]]) throws -> [[Double]]) throws {
    let found = try taking {
        let maps = try Tensor([Float](repeating: 1, count: 8) + [Float](repeating: 2, count: 8), shape: [1, 1, 2, 8])
            .permuted([0, 3, 1, 2])
        let power = try Tensor([Float(2)], shape: [1])
        for tensor in [maps, power] { try tensor.setRequiresGradient(true) }
        let means = try maps.generalisedMeans(power: power)
        try means.sum().backward()
        return try doubles(means, gradientsOf: [maps, power])
    }
    let root = 2.5.squareRoot()
    expectClose(found[0], [Double](repeating: root, count: 8), share: 1e-6, "means of a pair")
    let pixels = (0..<8).flatMap { _ in [1 / (2 * root), 2 / (2 * root)] }
    expectClose(found[1], pixels, share: 1e-6, "pixels of a pair")
    expectClose(found[2], [8 * root * (4 * log(2.0) / 5 / 2 - log(2.5) / 4)], share: 1e-5, "the exponent of a pair")
}

/// A result, and the gradients of what it was made of.
private func doubles(_ result: Tensor, gradientsOf sources: [Tensor]) throws -> [[Double]] {
    let gradients = try sources.map { try #require(try $0.gradient()) }
    return try ([result.detached()] + gradients).map { try $0.converted(to: .float64).contiguous().doubles() }
}
