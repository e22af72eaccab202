// SPDX-License-Identifier: MIT

import Foundation
import Patterns
import Testing

@testable import Layers
@testable import Tensor

@Suite struct `A normalised convolution` {
    private let convolutionPath = "conv"
    private let normalisationPath = "bn"

    /// Three channels to four, 3×3, with values of no special kind, and its parts.
    private func layer(
        _ domains: NormalisationDomains, instanceBatch: Bool = false, bias: Bool = false
    ) throws -> (whole: NormalisedConvolution, convolution: Convolution, normalisation: Normalisation) {
        let (store, statistics) = (emptyStore(), BatchStatistics(domains))
        let convolution = try Convolution(3, 4, kernel: 3, padding: 1, bias: bias, at: store.root / "conv")
        let normalisation: Normalisation =
            instanceBatch
            ? .instanceBatch(try InstanceBatchNormalisation(4, statistics: statistics, at: store.root / "bn"))
            : .batch(try BatchNormalisation(4, statistics: statistics, at: store.root / "bn"))
        for (index, entry) in store.entries.enumerated() where entry.tensor.elementType == .float32 {
            let positive = entry.key.hasSuffix("running_var") || entry.key.hasSuffix("weight") ? 1.5 : 0
            try entry.tensor.copy(from: tensor(entry.tensor.shape) { positive + sin(1.7 * $0 + Double(index)) })
        }
        return (NormalisedConvolution(convolution, normalisation), convolution, normalisation)
    }

    private func maps() throws -> Tensor {
        try tensor([2, 3, 4, 5]) { sin(0.9 * $0) * 2 }.channelsLast()
    }

    @Test(arguments: [false, true])
    func `that is not folded does exactly what its parts do`(instanceBatch: Bool) throws {
        for mode in [Mode.training, .inference(.source), .inference(.target)] {
            let one = try layer(.separate, instanceBatch: instanceBatch)
            let two = try layer(.separate, instanceBatch: instanceBatch)
            let addend = try tensor([2, 4, 4, 5]) { sin($0) }
            let wanted = try two.normalisation(two.convolution(maps()), mode)
            #expect(try one.whole(maps(), mode).floats() == wanted.floats())
            let again = try two.normalisation(two.convolution(maps()), mode)
            #expect(try one.whole.rectified(maps(), mode).floats() == again.relu().floats())
            let third = try two.normalisation(two.convolution(maps()), mode)
            #expect(try one.whole.rectified(maps(), mode, adding: addend).floats() == (third + addend).relu().floats())
        }
    }

    /// Weight 3, bias of the convolution 1, γ = 2, β = −1, μ = 4, σ² = 4: of x the layer makes (3x + 1 − 4)·2/√4 − 1 =
    /// 3x − 4, but for ε.
    @Test func `folds its statistics into weight and bias`() throws {
        let store = emptyStore()
        let layer = NormalisedConvolution(
            try Convolution(1, 1, kernel: 1, bias: true, at: store.root / "conv"),
            try BatchNormalisation(1, statistics: .shared, at: store.root / "bn"))
        for (key, value) in [
            ("conv.weight", Float(3)), ("conv.bias", 1), ("bn.weight", 2), ("bn.bias", -1), ("bn.running_mean", 4),
            ("bn.running_var", 4),
        ] {
            let entry = try #require(store.state[key])
            try entry.copy(from: Tensor.full(Double(value), shape: entry.shape))
        }
        let folded = try layer.folded(Folding(domain: .target))
        let maps = try Tensor([0, 1, 2, 5], shape: [1, 1, 2, 2])
        let epsilon = Tolerance(relative: 2e-6, absolute: 5e-6)
        try expectClose(folded(maps, .inference(.target)), [-4, -1, 2, 11], epsilon)
        try expectClose(folded.rectified(maps, .inference(.target)), [0, 0, 2, 11], epsilon)
        let addend = try Tensor([5, 0, -3, -1], shape: [1, 1, 2, 2])
        try expectClose(folded.rectified(maps, .inference(.target), adding: addend), [1, 0, 0, 10], epsilon)
    }

    @Test(arguments: [(Domain.source, false), (.source, true), (.target, false), (.target, true)])
    func `folded gives the values of its inference`(domain: Domain, instanceBatch: Bool) throws {
        for bias in [false, true] {
            let layer = try layer(.separate, instanceBatch: instanceBatch, bias: bias).whole
            let mode = Mode.inference(domain)
            let folded = try withoutGradients { try layer.folded(Folding(domain: domain)) }
            let scale = Tolerance(relative: 1e-5, absolute: 2e-5)
            let plain = try layer(maps(), mode).floats().map(Double.init)
            try expectClose(folded(maps(), mode), plain, scale)
            try expectClose(folded.rectified(maps(), mode), plain.map { max($0, 0) }, scale)
            let addend = try tensor([2, 4, 4, 5]) { sin($0) }.channelsLast()
            let sums = zip(plain, try addend.floats()).map { max($0 + Double($1), 0) }
            try expectClose(folded.rectified(maps(), mode, adding: addend), sums, scale)
        }
    }

    /// Nothing between the two is precise to more than eight bits; the maps are of magnitude 1 to 30.
    @Test func `folded to bfloat16 keeps bfloat16's precision`() throws {
        let layer = try layer(.shared).whole
        let folding = Folding(domain: .target, precision: .bfloat16)
        let folded = try withoutGradients { try layer.folded(folding) }
        let result = try withoutGradients {
            try folded(maps().converted(to: .bfloat16), .inference(.target))
        }
        #expect(result.elementType == .bfloat16)
        let wanted = try layer(maps(), .inference(.target)).floats().map(Double.init)
        let size = wanted.map(abs).max() ?? 0
        try expectClose(result.converted(to: .float32), wanted, Tolerance(relative: 0.01, absolute: 0.01 * size))
    }
}

@Suite struct `A linear layer` {
    /// (1, 2)·(3, 4) + 10 = 21 and (1, 2)·(5, 6) + 20 = 37.
    @Test func `multiplies by its rows and adds its bias`() throws {
        let store = emptyStore()
        let layer = try Linear(2, 2, at: store.root / "feat")
        #expect(store.entries.map(\.key) == ["feat.weight", "feat.bias"])
        try store.load([
            "feat.weight": Tensor([3, 4, 5, 6], shape: [2, 2]), "feat.bias": Tensor([10, 20], shape: [2]),
        ])
        let copy = try layer.copied()
        #expect(try layer(Tensor([1, 2], shape: [1, 2])).floats() == [21, 37])
        try #require(store.state["feat.bias"]).copy(from: Tensor([0, 0], shape: [2]))
        #expect(try layer(Tensor([1, 2], shape: [1, 2])).floats() == [11, 17])
        #expect(try copy(Tensor([1, 2], shape: [1, 2])).floats() == [21, 37])
    }
}

@Suite struct `Global pooling` {
    @Test func `by average has no parameters and gives each map's mean`() throws {
        let store = emptyStore()
        let layer = try GlobalPooling(.average, at: store.root / "gap")
        #expect(store.entries.isEmpty)
        #expect(try layer(tensor([1, 2, 2, 2]) { $0 }).floats() == [1.5, 5.5])
    }

    @Test func `by generalised mean is the layer of that name`() throws {
        let maps = try tensor([2, 3, 4, 2]) { 1 + sin(1.1 * $0) * 0.9 }
        let store = emptyStore()
        let layer = try GlobalPooling(.generalisedMean, at: store.root / "gap")
        #expect(store.entries.map(\.key) == ["gap.p"])
        let wanted = try GeneralisedMeanPooling(at: emptyStore().root)(maps).floats()
        #expect(try layer(maps).floats() == wanted)
        #expect(try layer.copied()(maps).floats() == wanted)
    }
}
