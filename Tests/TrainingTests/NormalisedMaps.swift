// SPDX-License-Identifier: MIT

import Patterns
import Tensor
import Testing

/// Batches of 12 images that are normalised in training.
enum NormalisedMaps: String, CaseIterable {
    case shared, inGroups, byDomain, byDomainInGroups, rectified, added, addedToAll, ofManyRows, ofOnePixel
    /// Each image by itself, without weights; the first eight channels so and the others by batch, or the last eight.
    case byInstance, firstByInstance, lastByInstance

    private var parts: Int { [.shared, .inGroups, .addedToAll].contains(self) ? 1 : 2 }
    private var groupSize: Int { [.inGroups, .byDomainInGroups, .lastByInstance].contains(self) ? 3 : 12 / parts }
    private var shape: [Int] {
        switch self {
        case .ofOnePixel: [12, 24]
        // More than one block walks.
        case .ofManyRows: [12, 8, 24, 16]
        default: [12, 24, 5, 3]
        }
    }
    private var isAdded: Bool { [.added, .addedToAll, .firstByInstance].contains(self) }
    private var isRectified: Bool { isAdded || [.rectified, .ofManyRows, .lastByInstance].contains(self) }
    private var ofInstances: Range<Int> {
        switch self {
        case .byInstance: 0..<24
        case .firstByInstance: 0..<8
        case .lastByInstance: 16..<24
        default: 0..<0
        }
    }

    /// Holds our kernels against libtorch's operators, which take the same maps where elements are doubles.
    ///
    /// - Parameter taking: Has our kernels taken.
    func expectKernels(_ taking: (() throws -> [String: [Double]]) throws -> [String: [Double]]) throws {
        let exact = try normalised(as: .float64)
        // Drawn numbers are such as a bfloat16 can hold; results are rounded to one, and gradients are sums of such.
        for (type, tolerance) in [(ElementType.float32, 2e-5), (.bfloat16, 1e-2)] {
            for (name, values) in try taking({ try normalised(as: type) }) {
                expectClose(values, try #require(exact[name]), share: tolerance, "\(name) of \(type)")
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
        let others = ofInstances.lowerBound == 0 ? ofInstances.upperBound..<channels : 0..<ofInstances.lowerBound
        func learned(_ seed: Int, _ count: Int) throws -> Tensor {
            let tensor = try drawn(seed, [count], whole)
            try tensor.setRequiresGradient(true)
            return tensor
        }
        let branches = try (0..<parts).map { part in
            BatchNormalisationPart(
                weight: try learned(part + 3, others.count), bias: try learned(part + 5, others.count),
                runningMean: try drawn(part + 7, [others.count], whole),
                runningVariance: try drawn(part + 9, [others.count], whole), batchCount: try Tensor([part]))
        }
        let ofImage = try self == .byInstance ? [] : [learned(13, ofInstances.count), learned(15, ofInstances.count)]
        var kinds: [NormalisedChannels] = []
        if !ofInstances.isEmpty { kinds.append(.byInstance(ofInstances, weight: ofImage.first, bias: ofImage.last)) }
        if !others.isEmpty { kinds.append(.byBatch(others, inGroupsOf: groupSize, branches)) }
        if others.lowerBound == 0 { kinds.reverse() }
        let output = try maps.normalised(
            kinds, momentum: 0.1, epsilon: 1e-5, adding: isAdded ? addend : nil, rectified: isRectified)
        try (output * drawn(23, shape, type)).converted(to: whole).sum().backward()
        var found = [("output", output), ("maps", try #require(try maps.gradient()))]
        if isAdded { found.append(("addend", try #require(try addend.gradient()))) }
        if !ofInstances.isEmpty, let weight = ofImage.first, let bias = ofImage.last {
            found += [
                ("weight of images", try #require(try weight.gradient())),
                ("bias of images", try #require(try bias.gradient())),
            ]
        }
        for (part, branch) in branches.enumerated() where !others.isEmpty {
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
