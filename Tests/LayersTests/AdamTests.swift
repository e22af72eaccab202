// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Testing

@testable import Layers
@testable import Tensor

@Suite struct `The Adam optimiser` {
    /// A scalar, a vector and a convolution's weight, which is kept channels-last.
    private func store() throws -> ParameterStore {
        let store = emptyStore()
        _ = try store.root.make("conv", shape: [2, 3, 3, 3], .kaimingNormalFanOut)
        _ = try store.root.make("scale", shape: [2], .constant(1))
        _ = try store.root.make("unused", shape: [2], .constant(4))
        return store
    }

    private func step(_ store: ParameterStore, _ optimiser: Adam, images: Tensor) throws {
        let weight = try #require(store.state["conv"])
        let scale = try #require(store.state["scale"])
        let maps = try images.channelsLast().convolved(with: weight, bias: nil, stride: 1, padding: 1)
        let loss = try (maps.mean(along: 3).mean(along: 2).reshaped([2, 2]) * scale - 1).squared().sum()
        optimiser.dropGradients()
        try loss.backward()
        try optimiser.step(AdamStep(rate: 0.01, decay: 5e-4))
    }

    private func values(_ state: StateDictionary) throws -> [String: [Float]] {
        try state.mapValues { try $0.floats() }
    }

    private func images() throws -> Tensor {
        try tensor([2, 3, 5, 4]) { sin(1.3 * $0) + 0.5 }
    }

    /// A gradient of 6 from x² at x = 3: the first step is −rate·6/(6 + 1e-8) however large the gradient is.
    @Test func `moves by the rate in its first step`() throws {
        let store = emptyStore()
        let x = try store.root.make("x", shape: [1], .constant(3))
        let optimiser = try Adam(store.trained)
        try x.squared().sum().backward()
        try optimiser.step(AdamStep(rate: 0.25))
        try expectClose(x, [2.75])
        // m = 0.1·6, v = 0.001·36.
        try expectClose(#require(optimiser.state["x.exp_avg"]), [0.6])
        try expectClose(#require(optimiser.state["x.exp_avg_sq"]), [0.036])
        #expect(try optimiser.state["x.step"]?.floats() == [1])
    }

    @Test func `leaves a parameter without gradient alone, decay and step count included`() throws {
        let store = try store()
        let optimiser = try Adam(store.trained)
        try step(store, optimiser, images: images())
        #expect(try store.state["unused"]?.floats() == [4, 4])
        #expect(try optimiser.state["unused.step"]?.floats() == [0])
        #expect(try optimiser.state["conv.step"]?.floats() == [1])
    }

    @Test func `continues bit for bit from stored state`() throws {
        let path = NSTemporaryDirectory() + "passerby-\(UUID().uuidString).safetensors"
        let images = try images()
        let (first, second) = (try store(), try store())
        let optimiser = try Adam(first.trained)
        for _ in 0..<2 { try step(first, optimiser, images: images) }
        let states = optimiser.state.merging(first.state) { old, _ in old }
        try Safetensors(tensors: states).write(to: path)
        for _ in 0..<2 { try step(first, optimiser, images: images) }

        let stored = try Safetensors(readingFrom: path).tensors
        try second.load(stored.filter { second.state[$0.key] != nil })
        let resumed = try Adam(second.trained)
        try resumed.load(stored.filter { resumed.state[$0.key] != nil })
        for _ in 0..<2 { try step(second, resumed, images: images) }

        #expect(try values(second.state) == values(first.state))
        #expect(try values(resumed.state) == values(optimiser.state))
        #expect(try values(store().state) != values(first.state))
        #expect(try resumed.state["conv.step"]?.floats() == [4])
    }

    @Test func `refuses state that lacks a moment, and changes nothing`() throws {
        let store = emptyStore()
        let x = try store.root.make("x", shape: [2], .constant(3))
        let optimiser = try Adam(store.trained)
        var state = try optimiser.state.mapValues { try $0 + 1 }
        state["x.exp_avg_sq"] = nil
        let error = #expect(throws: LayerError.self) { try optimiser.load(state) }
        #expect(error?.description == "the stored values do not fit the network: 1 missing: x.exp_avg_sq")
        #expect(try optimiser.state["x.exp_avg"]?.floats() == [0, 0])
        #expect(try x.floats() == [3, 3])
    }

    @Test func `refuses state of another shape, and changes nothing`() throws {
        let store = emptyStore()
        _ = try store.root.make("x", shape: [2], .constant(3))
        let optimiser = try Adam(store.trained)
        var state = try optimiser.state.mapValues { try $0 + 1 }
        state["x.exp_avg"] = try Tensor([1], shape: [1])
        let error = #expect(throws: LayerError.self) { try optimiser.load(state) }
        #expect(
            error?.description
                == "the stored values do not fit the network: 1 misshapen: x.exp_avg [1], not [2]")
        #expect(try optimiser.state["x.exp_avg_sq"]?.floats() == [0, 0])
    }
}
