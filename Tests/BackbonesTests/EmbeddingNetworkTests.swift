// SPDX-License-Identifier: MIT

import Layers
import Randomness
import Testing

@testable import Backbones
@testable import Tensor

@Suite struct `An embedding network` {
    private func network(_ backbone: Backbone, _ domains: NormalisationDomains) throws -> EmbeddingNetwork {
        try EmbeddingNetwork(backbone, domains: domains, random: RandomKey(seed: 1))
    }

    @Test(arguments: Backbone.allCases)
    func `gives PyTorch's values, gradients and statistics`(backbone: Backbone) throws {
        let wanted = try #require(Fixture.read().embeddingNetworks[backbone.rawValue])
        let tolerance = backbone == .resnet18 ? Tolerance.shallow : .deep
        let network = try network(backbone, .shared)
        #expect(network.store.parameterCount == wanted.parameterCount)
        #expect(network.store.entries.count == wanted.keyCount)
        if backbone == .resnet50IBNa { expectPublishedCounts(network.store) }
        try Pattern.fill(network.store)
        let images = try Pattern.images([4, 3, 64, 32])

        let inferred = try withoutGradients { try network(images, .inference(.target)) }
        #expect(inferred.embedding.shape == [4, backbone.dimension])
        try expectClose(inferred.pooled, wanted.inference.pooled, within: tolerance.inference, "pooled")
        try expectClose(
            inferred.embedding, wanted.inference.embedding, within: tolerance.inference, "embedding")
        try expectTraining(network, images, wanted.training, tolerance)
    }

    /// The counts of the reference code's network without classifier, as it is and by domain.
    private func expectPublishedCounts(_ store: ParameterStore) {
        #expect(store.entries.count == 350)
        #expect(store.parameterCount == 23_512_129)
        let separated = separatingDomains(store.state)
        let parameters = separated.filter { key, _ in
            !["running_mean", "running_var", "num_batches_tracked"].contains { key.hasSuffix($0) }
        }
        #expect(separated.count == 620)
        #expect(parameters.values.map(\.count).reduce(0, +) == 23_567_105)
        #expect(Set(separated.keys).isSuperset(of: [
            "layer1.0.bn1.IN.weight", "layer1.0.bn1.BN.BN_S.running_var", "layer3.5.bn1.BN.BN_T.bias",
            "layer4.0.bn1.BN_T.weight", "layer4.0.downsample.1.BN_S.num_batches_tracked", "feat_bn.BN_T.bias",
        ]))
    }

    private func expectTraining(
        _ network: EmbeddingNetwork, _ images: Tensor, _ wanted: Fixture.EmbeddingValues.Training,
        _ tolerance: Tolerance
    ) throws {
        let output = try network(images, .training)
        let pattern = try Pattern.tensor("loss", shape: output.embedding.shape)
        let loss = try ((output.embedding.squared() + output.pooled.squared()) * pattern).mean()
        try loss.backward()
        try expectClose(output.pooled, wanted.pooled, within: tolerance.training, "pooled")
        try expectClose(output.embedding, wanted.embedding, within: tolerance.training, "embedding")
        expectClose(Double(try loss.scalar()), wanted.loss, within: tolerance.training, "loss")
        let state = network.store.state
        for (key, norm) in wanted.gradientNorms {
            let value = try gradientNorm(#require(state[key]))
            expectClose(value, norm, within: tolerance.gradient, "gradient norm of \(key)")
        }
        for (kind, statistics) in [
            ("running_mean", wanted.runningMeans), ("running_var", wanted.runningVariances),
        ] {
            for (layer, values) in statistics {
                let found = try #require(state["\(layer).\(kind)"]).slice(0..<4).floats()
                let scale = values.map(abs).max() ?? 0
                for (value, want) in zip(found, values) {
                    expectClose(
                        Double(value), want, scale: scale, within: tolerance.training, "\(layer).\(kind)")
                }
            }
        }
    }

    @Test func `names its tensors as torchvision does`() throws {
        let network = try network(.resnet18, .shared)
        let normalisation = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
        var wanted = ["conv1.weight"] + normalisation.map { "bn1.\($0)" }
        for stage in 1...4 {
            for block in 0...1 {
                for half in 1...2 {
                    wanted.append("layer\(stage).\(block).conv\(half).weight")
                    wanted += normalisation.map { "layer\(stage).\(block).bn\(half).\($0)" }
                }
                guard stage > 1, block == 0 else { continue }
                wanted.append("layer\(stage).0.downsample.0.weight")
                wanted += normalisation.map { "layer\(stage).0.downsample.1.\($0)" }
            }
        }
        wanted += ["gap.p"] + normalisation.map { "feat_bn.\($0)" }
        #expect(network.store.entries.map(\.key) == wanted)
        #expect(network.store.state["layer2.0.conv1.weight"]?.shape == [128, 64, 3, 3])
        #expect(network.store.state["layer4.0.downsample.0.weight"]?.shape == [512, 256, 1, 1])
        #expect(!network.store.trained.map(\.key).contains("feat_bn.bias"))
    }

    /// Both halves go through branches with the same values, so each gets what the shared network gives it
    /// alone. Convolutions may sum in another order for another batch size.
    @Test func `by domain treats each half as the shared network treats it alone`() throws {
        let shared = try network(.resnet18, .shared)
        try Pattern.fill(shared.store)
        let separate = try network(.resnet18, .separate)
        try separate.store.load(separatingDomains(shared.store.state))
        #expect(separate.store.trained.map(\.key).contains("feat_bn.BN_T.bias"))
        let images = try Pattern.images([4, 3, 32, 32])

        let inferred = try shared(images, .inference(.source)).embedding.floats()
        #expect(try separate(images, .inference(.source)).embedding.floats() == inferred)
        #expect(try separate(images, .inference(.target)).embedding.floats() == inferred)

        let joint = try separate(images, .training).embedding
        let state = try shared.store.state.mapValues { try $0 * 1 }
        for (half, branch) in [(0..<2, "BN_S"), (2..<4, "BN_T")] {
            let alone = try shared(images.slice(half), .training).embedding
            let difference = try (joint.slice(half) - alone).absolute().maximum(along: 1).values.floats()
            #expect(difference.allSatisfy { Double($0) < Tolerance.shallow.training })
            let mean = try #require(shared.store.state["layer4.1.bn2.running_mean"])
            let branchMean = try #require(separate.store.state["layer4.1.bn2.\(branch).running_mean"])
            let drift = try (mean - branchMean).absolute().sum().scalar()
            #expect(Double(drift) < Tolerance.shallow.training)
            try shared.store.load(state)
        }
    }

    @Test func `depends on its key alone, and differs between keys`() throws {
        func begin(_ seed: UInt64) throws -> [Float] {
            let store = ParameterStore(random: RandomKey(seed: seed))
            _ = try Convolution(3, 8, kernel: 7, at: store.root / "conv1")
            return try #require(store.state["conv1.weight"]).floats()
        }
        #expect(try begin(1) == begin(1))
        #expect(try begin(1) != begin(2))
    }
}
