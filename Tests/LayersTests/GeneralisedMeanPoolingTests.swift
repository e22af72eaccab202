// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Testing

@testable import Layers
@testable import Tensor

@Suite struct `Generalised-mean pooling` {
    /// A layer whose power has been set.
    private func pooling(power: Float) throws -> (layer: GeneralisedMeanPooling, power: Tensor) {
        let store = emptyStore()
        let layer = try GeneralisedMeanPooling(at: store.root / "gap")
        let parameter = try #require(store.state["gap.p"])
        try parameter.copy(from: Tensor([power], shape: [1]))
        return (layer, parameter)
    }

    private func positiveMaps() throws -> Tensor {
        try tensor([2, 3, 4, 2]) { 1 + sin(1.1 * $0) * 0.9 }
    }

    @Test func `starts at the power 3 and gives the reference code's values`() throws {
        let store = emptyStore()
        let layer = try GeneralisedMeanPooling(at: store.root / "gap")
        #expect(try store.state["gap.p"]?.floats() == [3])
        try expectClose(layer(tensor([1, 2, 3, 2]) { sin(0.31 * $0) }), [0.755274, 0.658911], .sixDecimals)
    }

    /// ((1³ + 2³ + 3³ + 4³)/4)^⅓ = 25^⅓ = 2.924018.
    @Test func `is the root of the mean of powers`() throws {
        let maps = try Tensor([1, 2, 3, 4], shape: [1, 1, 2, 2])
        try expectClose(pooling(power: 3).layer(maps), [pow(25, 1 / 3.0)])
    }

    @Test func `is average pooling at the power 1`() throws {
        let maps = try positiveMaps()
        let means = try maps.floats().chunks(of: 8).map { Double($0.reduce(0, +)) / 8 }
        try expectClose(pooling(power: 1).layer(maps), means)
    }

    /// For eight pixels max·8^(−1/p) ≤ GeM ≤ max; at p = 40 that is within 5.1 % of the maximum.
    @Test func `grows with the power towards the maximum`() throws {
        let maps = try positiveMaps()
        let maxima = try maps.floats().chunks(of: 8).map { $0.max() ?? 0 }
        var previous = [Float](repeating: 0, count: maxima.count)
        for power: Float in [1, 2, 3, 10, 40] {
            let pooled = try pooling(power: power).layer(maps).floats()
            for ((value, before), maximum) in zip(zip(pooled, previous), maxima) {
                #expect(before < value && value <= maximum)
                #expect(value >= maximum * pow(8, -1 / power) * (1 - 1e-5))
            }
            previous = pooled
        }
    }

    @Test func `scales with the map`() throws {
        let layer = try pooling(power: 3).layer
        let maps = try positiveMaps()
        try expectClose(layer(maps * 4), layer(maps).floats().map { 4 * Double($0) })
    }

    @Test func `takes everything below 1e-6 as 1e-6`() throws {
        try expectClose(
            pooling(power: 3).layer(Tensor([-5, 0, -1, -2], shape: [1, 1, 2, 2])), [1e-6],
            Tolerance(relative: 1e-5, absolute: 0))
    }

    /// For pixels 1 and 2 at p = 2: ln GeM = ln(2.5)/2, and d ln GeM/dp = (4·ln 2/5)/2 − ln(2.5)/4 =
    /// 0.048186; times GeM = √2.5 that is 0.076189. The pixel 2 gets x^(p−1)/(2·GeM^(p−1)) = 2/(2·√2.5) =
    /// 0.632456.
    @Test func `has gradients for the power and the pixels`() throws {
        let (layer, power) = try pooling(power: 2)
        let maps = try Tensor([1, 2], shape: [1, 1, 1, 2])
        try maps.setRequiresGradient(true)
        try layer(maps).sum().backward()
        let root = 2.5.squareRoot()
        try expectClose(#require(try power.gradient()), [root * (4 * log(2.0) / 5 / 2 - log(2.5) / 4)])
        try expectClose(#require(try maps.gradient()), [1 / (2 * root), 2 / (2 * root)])
    }
}

extension Array {
    /// Consecutive parts of equal length.
    fileprivate func chunks(of length: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: length).map { self[$0..<$0 + length] }
    }
}
