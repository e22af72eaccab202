// SPDX-License-Identifier: MIT

import Patterns
import Tensor
import Testing

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
            let worst = zip(values, wanted).map { abs($0 - $1) }.max() ?? 0
            #expect(worst <= tolerance * (wanted.map(abs).max() ?? 0), "\(type), rectified \(rectified): \(worst)")
            if let given { #expect(try given.converted(to: .float64).doubles() == values) }
        }
    }
}

/// Batches of 12 images that are normalised in training.
enum NormalisedMaps: String, CaseIterable {
    case shared, inGroups, byDomain, byDomainInGroups, rectified, added, addedToAll, ofManyRows, ofOnePixel

    private var parts: Int { [.shared, .inGroups, .addedToAll].contains(self) ? 1 : 2 }
    private var groupSize: Int { [.inGroups, .byDomainInGroups].contains(self) ? 3 : 12 / parts }
    private var shape: [Int] {
        switch self {
        case .ofOnePixel: [12, 24]
        // More than one block walks.
        case .ofManyRows: [12, 8, 24, 16]
        default: [12, 24, 5, 3]
        }
    }
    private var isAdded: Bool { self == .added || self == .addedToAll }
    private var isRectified: Bool { isAdded || self == .rectified || self == .ofManyRows }

    /// Holds our kernels against libtorch's operators, which take the same maps where elements are doubles.
    ///
    /// - Parameter taking: Has our kernels taken.
    func expectKernels(_ taking: (() throws -> [String: [Double]]) throws -> [String: [Double]]) throws {
        let exact = try normalised(as: .float64)
        // Drawn numbers are such as a bfloat16 can hold; results are rounded to one, and gradients are sums of such.
        for (type, tolerance) in [(ElementType.float32, 2e-5), (.bfloat16, 1e-2)] {
            for (name, values) in try taking({ try normalised(as: type) }) {
                let wanted = try #require(exact[name])
                let scale = wanted.map(abs).max() ?? 0
                let worst = zip(values, wanted).map { abs($0 - $1) }.max() ?? 0
                #expect(worst <= tolerance * scale, "\(name) of \(type) is off by \(worst) of \(scale)")
            }
        }
    }

    /// What comes of it, by name: the result, what runs, and gradients.
    private func normalised(as type: ElementType) throws -> [String: [Double]] {
        let channels = shape[1]
        let whole = ElementType.float64 == type ? type : .float32
        func drawn(_ seed: Int, _ shape: [Int], _ type: ElementType) throws -> Tensor {
            let values = (0..<shape.reduce(1, *)).map { Float(($0 * 37 + $0 / channels * seed) % 61) / 16 - Float($0 % 5) }
            let tensor = try Tensor(values, shape: shape).converted(to: type)
            return try shape.count == 4 ? tensor.channelsLast() : tensor
        }
        let maps = try drawn(11, shape, type)
        let addend = try drawn(17, shape, type)
        for tensor in [maps, addend] { try tensor.setRequiresGradient(true) }
        let branches = try (0..<parts).map { part in
            let weight = try drawn(part + 3, [channels], whole)
            let bias = try drawn(part + 5, [channels], whole)
            for tensor in [weight, bias] { try tensor.setRequiresGradient(true) }
            return BatchNormalisationPart(
                weight: weight, bias: bias, runningMean: try drawn(part + 7, [channels], whole),
                runningVariance: try drawn(part + 9, [channels], whole), batchCount: try Tensor([part]))
        }
        let output = try maps.batchNormalised(
            inGroupsOf: groupSize, by: branches, momentum: 0.1, epsilon: 1e-5, adding: isAdded ? addend : nil,
            rectified: isRectified)
        try (output * drawn(23, shape, type)).converted(to: whole).sum().backward()
        var found = [("output", output), ("maps", try #require(try maps.gradient()))]
        if isAdded { found.append(("addend", try #require(try addend.gradient()))) }
        for (part, branch) in branches.enumerated() {
            found += [
                ("weight \(part)", try #require(try branch.weight.gradient())),
                ("bias \(part)", try #require(try branch.bias.gradient())),
                ("mean \(part)", branch.runningMean), ("variance \(part)", branch.runningVariance),
                ("count \(part)", branch.batchCount),
            ]
        }
        return try Dictionary(uniqueKeysWithValues: found).mapValues {
            try $0.detached().converted(to: .float64).contiguous().doubles()
        }
    }
}
