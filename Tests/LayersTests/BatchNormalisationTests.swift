// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Randomness
import Testing

@testable import Layers
@testable import Tensor

/// A store for one layer; initial values do not matter in these tests.
func emptyStore() -> ParameterStore {
    ParameterStore(random: RandomKey(seed: 1))
}

@Suite struct `Batch normalisation with shared statistics` {
    /// Values 1 and 3: mean 2, biased variance 1, unbiased 2.
    /// Running mean 0.1·2 = 0.2, running variance 0.9·1 + 0.1·2 = 1.1.
    @Test func `normalises by the batch and gathers unbiased running statistics`() throws {
        let store = emptyStore()
        let layer = try BatchNormalisation(1, statistics: .shared, at: store.root / "bn")
        try expectClose(layer(Tensor([1, 3], shape: [2, 1]), .training), [-0.999995, 0.999995])
        try expectClose(#require(store.state["bn.running_mean"]), [0.2])
        try expectClose(#require(store.state["bn.running_var"]), [1.1])
        #expect(try store.state["bn.num_batches_tracked"]?.integers() == [1])
    }

    /// Weight 2, bias −1, mean 4 and variance 4 make 2·(10 − 4)/√4 − 1 = 5 of 10; ε takes 7.5e-6 off.
    @Test(arguments: [Domain.source, .target])
    func `infers with running statistics, whatever the domain`(domain: Domain) throws {
        let store = emptyStore()
        let layer = try BatchNormalisation(1, statistics: .shared, at: store.root / "bn")
        try store.load([
            "bn.weight": Tensor([2], shape: [1]), "bn.bias": Tensor([-1], shape: [1]),
            "bn.running_mean": Tensor([4], shape: [1]), "bn.running_var": Tensor([4], shape: [1]),
            "bn.num_batches_tracked": Tensor.full(7, shape: [], type: .int64),
        ])
        let output = try layer(Tensor([10], shape: [1, 1]), .inference(domain))
        try expectClose(output, [2 * 6 / 4.00001.squareRoot() - 1])
        try expectClose(#require(store.state["bn.running_mean"]), [4])
        #expect(try store.state["bn.num_batches_tracked"]?.integers() == [7])
    }

    /// One target pass follows each source pass, so the running mean r becomes 0.9(0.9r + 0.1s) + 0.1t, whose
    /// fixed point is (0.09s + 0.1t)/0.19 = 0.473684s + 0.526316t. 60 rounds leave 0.81⁶⁰ = 3e-6 of the
    /// beginning.
    @Test func `mixes 47 % of the source's and 53 % of the target's when the domains take turns`() throws {
        let store = emptyStore()
        let layer = try BatchNormalisation(1, statistics: .shared, at: store.root / "bn")
        for _ in 0..<60 {
            _ = try layer(Tensor([0.5, 1.5], shape: [2, 1]), .training)
            _ = try layer(Tensor([10.5, 11.5], shape: [2, 1]), .training)
        }
        let wanted = (0.09 * 1 + 0.1 * 11) / 0.19
        let mean = try #require(store.state["bn.running_mean"])
        try expectClose(mean, [wanted], Tolerance(relative: 1e-5, absolute: 0))
    }

    @Test func `learns scale and shift, but never a frozen shift`() throws {
        for frozen in [false, true] {
            let store = emptyStore()
            let layer = try BatchNormalisation(
                2, statistics: .shared, frozenBias: frozen, at: store.root / "feat_bn")
            #expect(store.trained.map(\.key) == ["feat_bn.weight"] + (frozen ? [] : ["feat_bn.bias"]))
            #expect(store.parameterCount == 4)
            let batch = try tensor([4, 2]) { ($0 * 1.7).truncatingRemainder(dividingBy: 3) }
            let output = try layer(batch, .training)
            try (output * tensor([4, 2]) { $0 + 1 }).sum().backward()
            let optimiser = try Adam(store.trained)
            try optimiser.step(AdamStep(rate: 0.1))
            let bias = try #require(store.state["feat_bn.bias"])
            #expect(try bias.gradient() == nil || !frozen)
            // The first step of Adam is the rate against the sign of the gradient, Σ(1…7 odd) > 0.
            try expectClose(bias, frozen ? [0, 0] : [-0.1, -0.1])
        }
    }
}

@Suite struct `Batch normalisation by domain` {
    /// Source images hold 0…7: mean 3.5, biased variance 5.25, so 0 ↦ −3.5/√5.25 = −1.527524 and 4 ↦
    /// 0.5/√5.25 = 0.218218; target images hold 8…15 and give the same. Running means 0.1·3.5 and 0.1·11.5,
    /// running variances 0.9 + 0.1·6 with the unbiased variance 42/7 = 6.
    @Test func `trains each half on its own statistics`() throws {
        let store = emptyStore()
        let layer = try BatchNormalisation(1, statistics: .separate, at: store.root / "bn")
        let output = try layer(tensor([4, 1, 2, 2]) { $0 }, .training)
        try expectClose(
            output.slice(0..<1, along: 2).slice(0..<1, along: 3), [-1.527524, 0.218218, -1.527524, 0.218218],
            .sixDecimals)
        try expectClose(#require(store.state["bn.BN_S.running_mean"]), [0.35])
        try expectClose(#require(store.state["bn.BN_T.running_mean"]), [1.15])
        try expectClose(#require(store.state["bn.BN_S.running_var"]), [1.5])
        try expectClose(#require(store.state["bn.BN_T.running_var"]), [1.5])
    }

    @Test func `gives a half the same values whatever the other half holds`() throws {
        let half = try tensor([2, 3]) { ($0 * $0).truncatingRemainder(dividingBy: 5) }
        var results: [[Float]] = []
        for other in [0.5, 100] {
            let layer = try BatchNormalisation(3, statistics: .separate, at: emptyStore().root)
            let batch = try Tensor.concatenated([half, tensor([2, 3]) { $0 * other }])
            results.append(try layer(batch, .training).slice(0..<2).floats())
        }
        let alone = try BatchNormalisation(3, statistics: .shared, at: emptyStore().root)
        #expect(results[0] == results[1])
        #expect(try results[0] == alone(half, .training).floats())
    }

    /// Source: (5 − 1)/√(4 + ε); target: 3·(5 − 2)/√(9 + ε) + 1.
    @Test(arguments: [(Domain.source, 4 / 4.00001.squareRoot()), (.target, 9 / 9.00001.squareRoot() + 1)])
    func `infers with the branch of the domain asked for`(domain: Domain, wanted: Double) throws {
        let store = emptyStore()
        let layer = try BatchNormalisation(1, statistics: .separate, at: store.root / "bn")
        for (key, value) in [
            ("BN_S.running_mean", Float(1)), ("BN_S.running_var", 4), ("BN_T.running_mean", 2),
            ("BN_T.running_var", 9), ("BN_T.weight", 3), ("BN_T.bias", 1),
        ] {
            try #require(store.state["bn." + key]).copy(from: Tensor([value], shape: [1]))
        }
        try expectClose(layer(Tensor([5], shape: [1, 1]), .inference(domain)), [wanted])
    }

    @Test func `learns the shift that is frozen where statistics are shared`() throws {
        let store = emptyStore()
        _ = try BatchNormalisation(2, statistics: .separate, frozenBias: true, at: store.root / "feat_bn")
        #expect(
            store.trained.map(\.key) == [
                "feat_bn.BN_S.weight", "feat_bn.BN_S.bias", "feat_bn.BN_T.weight", "feat_bn.BN_T.bias",
            ])
    }

    @Test func `has no halves in an odd batch`() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let layer = try BatchNormalisation(1, statistics: .separate, at: emptyStore().root / "bn")
            _ = try layer(tensor([3, 1]) { $0 }, .training)
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(text?.contains("a batch of 3 has no halves for source and target") == true)
    }
}

@Suite struct `Instance-batch normalisation` {
    /// Channel 0 of the images is (0, 2) and (10, 14): normalised image by image, means 1 and 12, variances 1
    /// and 4. Channel 1 is (0, 0) and (4, 4): normalised over the batch, mean 2, variance 4.
    @Test func `treats the first half of the channels by image, the second by batch`() throws {
        let layer = try InstanceBatchNormalisation(2, statistics: .shared, at: emptyStore().root)
        let maps = try Tensor([0, 2, 0, 0, 10, 14, 4, 4], shape: [2, 2, 1, 2])
        let unit = 1 / 1.00001.squareRoot()
        let twice = 2 / 4.00001.squareRoot()
        try expectClose(layer(maps, .training), [-unit, unit, -twice, -twice, -twice, twice, twice, twice])
        // In inference running statistics replace the batch's, here still 0.9·0 + 0.1·2 = 0.2 and 0.9 +
        // 0.1·16/3.
        let scale = 1 / (0.9 + 1.6 / 3 + 1e-5).squareRoot()
        try expectClose(
            layer(maps, .inference(.target)),
            [-unit, unit, -0.2 * scale, -0.2 * scale, -twice, twice, 3.8 * scale, 3.8 * scale])
    }

    @Test func `makes the second half, and only that, domain-specific`() throws {
        let store = emptyStore()
        _ = try InstanceBatchNormalisation(7, statistics: .separate, at: store.root / "bn1")
        #expect(
            store.entries.filter { $0.role == .trained }.map { "\($0.key) \($0.tensor.count)" } == [
                "bn1.IN.weight 3", "bn1.IN.bias 3", "bn1.BN.BN_S.weight 4", "bn1.BN.BN_S.bias 4",
                "bn1.BN.BN_T.weight 4", "bn1.BN.BN_T.bias 4",
            ])
    }

    /// Of 7 channels ⌊21/5⌋ = 4 by batch, then 3 by instance.
    @Test func `of the dense kind treats the first three fifths by batch, the rest by image`() throws {
        let store = emptyStore()
        let layer = try InstanceBatchNormalisation(7, split: .lastTwoFifths, statistics: .shared, at: store.root)
        #expect(
            store.entries.filter { $0.role == .trained }.map { "\($0.key) \($0.tensor.count)" } == [
                "BN.weight 4", "BN.bias 4", "IN.weight 3", "IN.bias 3",
            ])
        let maps = try tensor([2, 7, 2, 2]) { sin(1.3 * $0) * 3 }
        let whole = try layer(maps, .training)
        let batch = try BatchNormalisation(4, statistics: .shared, at: emptyStore().root)
        let first = try batch(maps.slice(0..<4, along: 1), .training)
        let rest = try maps.slice(4..<7, along: 1).instanceNormalised(weight: nil, bias: nil, epsilon: 1e-5)
        try expectClose(whole.slice(0..<4, along: 1), first.floats().map(Double.init))
        try expectClose(whole.slice(4..<7, along: 1), rest.floats().map(Double.init))
    }

    @Test func `scales and shifts the first half by its own parameters`() throws {
        let store = emptyStore()
        let layer = try InstanceBatchNormalisation(2, statistics: .shared, at: store.root)
        try #require(store.state["IN.weight"]).copy(from: Tensor([5], shape: [1]))
        try #require(store.state["IN.bias"]).copy(from: Tensor([-1], shape: [1]))
        let maps = try Tensor([0, 2, 0, 2], shape: [1, 2, 1, 2])
        let unit = 1 / 1.00001.squareRoot()
        try expectClose(layer(maps, .training), [-5 * unit - 1, 5 * unit - 1, -unit, unit])
    }
}
