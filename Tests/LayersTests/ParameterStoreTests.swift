// SPDX-License-Identifier: MIT

import Randomness
import Testing

@testable import Layers
@testable import Tensor

@Suite struct `A parameter store` {
    private func store() throws -> ParameterStore {
        let store = emptyStore()
        _ = try store.root.make("a", shape: [2], .constant(1))
        _ = try (store.root / "layer" / 3).make("b", shape: [1, 2, 1, 1], .constant(2), role: .frozen)
        _ = try (store.root / "layer").make("c", shape: [3], .constant(3), role: .statistic)
        _ = try store.root.makeCounter("n")
        return store
    }

    private func values() throws -> [String: Tensor] {
        [
            "a": try Tensor([5, 6], shape: [2]), "layer.3.b": try Tensor([7, 8], shape: [1, 2, 1, 1]),
            "layer.c": try Tensor([9, 10, 11], shape: [3]), "n": try Tensor.full(12, shape: [], type: .int64),
        ]
    }

    @Test func `lists its tensors in the order in which they were made`() throws {
        let store = try store()
        #expect(store.entries.map(\.key) == ["a", "layer.3.b", "layer.c", "n"])
        #expect(store.entries.map(\.role) == [.trained, .frozen, .statistic, .statistic])
        #expect(store.entries.map(\.tensor.requiresGradient) == [true, false, false, false])
        #expect(store.trained.map(\.key) == ["a"])
        #expect(store.parameterCount == 2 + 2)
    }

    @Test func `loads all values by key`() throws {
        let store = try store()
        try store.load(values())
        #expect(try store.entries.prefix(3).map { try $0.tensor.floats() } == [[5, 6], [7, 8], [9, 10, 11]])
        #expect(try store.entries[3].tensor.integers() == [12])
        #expect(store.entries[0].tensor.requiresGradient)
    }

    @Test(
        arguments: [
            (["a"], [:], "1 missing: a"),
            (["a", "n"], [:], "2 missing: a, n"),
            ([], ["z": [1], "k": [1]], "2 unexpected: k, z"),
            ([], ["a": [3]], "1 misshapen: a [3], not [2]"),
            ([], ["layer.3.b": [2]], "1 misshapen: layer.3.b [2], not [1, 2, 1, 1]"),
            (
                ["layer.c"], ["q": [1], "a": [1, 2]],
                "1 missing: layer.c; 1 unexpected: q; 1 misshapen: a [1, 2], not [2]"
            ),
            ([], ["u": [1], "v": [1], "w": [1], "x": [1], "y": [1], "z": [1]], "6 unexpected: u, v, w, x, y, …"),
        ] as [([String], [String: [Int]], String)])
    func `refuses values that do not fit, and changes nothing`(
        removed: [String], added: [String: [Int]], message: String
    ) throws {
        let store = try store()
        var state = try values()
        for key in removed { state[key] = nil }
        for (key, shape) in added { state[key] = try Tensor.full(0, shape: shape) }
        let error = #expect(throws: LayerError.self) { try store.load(state) }
        #expect(error?.description == "the stored values do not fit the network: " + message)
        #expect(try store.entries.prefix(3).map { try $0.tensor.floats() } == [[1, 1], [2, 2], [3, 3, 3]])
        #expect(try store.entries[3].tensor.integers() == [0])
    }

    @Test func `draws a tensor's values by its key, in whatever order tensors are made`() throws {
        let stores = [emptyStore(), emptyStore(), ParameterStore(random: RandomKey(seed: 2))]
        for (store, names) in zip(stores, [["a", "b"], ["b", "a"], ["a", "b"]]) {
            for name in names { _ = try store.root.make(name, shape: [4], .normal(deviation: 1)) }
        }
        let values = try stores.map { try $0.state.mapValues { try $0.floats() } }
        #expect(values[0] == values[1])
        #expect(values[0]["a"] != values[0]["b"])
        #expect(values[0]["a"] != values[2]["a"])
    }

    @Test func `without randomness holds zeros for what would be drawn`() throws {
        let store = ParameterStore(random: nil)
        _ = try store.root.make("a", shape: [2], .constant(1))
        _ = try store.root.make("b", shape: [2, 2], .kaimingNormalFanOut)
        #expect(try store.state["a"]?.floats() == [1, 1])
        #expect(try store.state["b"]?.floats() == [0, 0, 0, 0])
    }

    @Test func `has no two tensors of one name`() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let store = emptyStore()
            for _ in 0..<2 { _ = try (store.root / "fc").make("weight", shape: [1], .constant(0)) }
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("two tensors are named 'fc.weight'") == true)
    }
}

@Suite struct `Initial values` {
    private func values(_ initial: InitialValues, _ shape: [Int]) -> [Double] {
        var stream = RandomKey(seed: 3).stream("test")
        return initial.values(shape: shape, &stream).map(Double.init)
    }

    /// An initialisation, a shape of 20,000 elements and the deviation that its distribution has. A uniform
    /// distribution on (−b, b) has b/√3; the fan-out of `[50, 16, 5, 5]` is 50·25 = 1250.
    private static let deviations: [(InitialValues, [Int], Double)] = [
        (.normal(deviation: 0.02), [100, 200], 0.02),
        (.kaimingNormalFanOut, [50, 16, 5, 5], (2.0 / 1250).squareRoot()),
        (.xavierNormal, [100, 200], (2.0 / 300).squareRoot()),
        (.xavierUniform, [100, 200], (6.0 / 300 / 3).squareRoot()),
        (.kaimingUniform, [100, 200], (1.0 / 200 / 3).squareRoot()),
    ]

    /// Of n = 20,000 normal values the standard deviation is known to σ/√(2n) = 0.5 %, of uniform ones to 0.3
    /// %; the bound below is four of the former.
    @Test(arguments: deviations)
    func `have the deviation of their distribution`(initial: InitialValues, shape: [Int], deviation: Double) {
        let values = values(initial, shape)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
        #expect(values.count == 20_000)
        #expect(abs(variance.squareRoot() / deviation - 1) < 0.02)
        #expect(abs(mean) < 4 * deviation / 20_000.0.squareRoot())
    }

    @Test(arguments: [
        (InitialValues.xavierUniform, (6 / 300.0).squareRoot()), (.kaimingUniform, 1 / 200.0.squareRoot()),
    ])
    func `fill a uniform distribution's range and do not leave it`(initial: InitialValues, bound: Double) {
        let values = values(initial, [100, 200])
        #expect(values.allSatisfy { abs($0) <= bound * (1 + 1e-7) })
        #expect((values.max() ?? 0) > 0.999 * bound)
        #expect((values.min() ?? 0) < -0.999 * bound)
    }

    @Test func `are one number where constant`() {
        #expect(values(.constant(3), [2, 2]) == [3, 3, 3, 3])
    }
}
