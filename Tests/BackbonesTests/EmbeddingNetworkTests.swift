// SPDX-License-Identifier: MIT

import Foundation
import Layers
import Patterns
import Randomness
import Testing

@testable import Backbones
@testable import Tensor

@Suite struct `An embedding network` {
    /// Training steps at full size spend half their time in the kernel where freed memory is given back.
    init() throws {
        try Engine.prepare(threads: ProcessInfo.processInfo.activeProcessorCount)
    }

    private func network(_ backbone: Backbone, _ domains: NormalisationDomains) throws -> EmbeddingNetwork {
        try EmbeddingNetwork(NetworkShape(backbone: backbone, domains: domains), random: nil)
    }

    /// A network with the fixture's weights. They are numbers of single precision in every case.
    private func filled(
        pooling: GlobalPooling.Kind = .generalisedMean, embedding: Int? = nil, _ backbone: Backbone, _ type: ElementType
    ) throws -> EmbeddingNetwork {
        let networks = try [ElementType.float32, type].map {
            try EmbeddingNetwork(
                NetworkShape(backbone: backbone, pooling: pooling, embedding: embedding), random: nil, elementType: $0)
        }
        try Pattern.fill(networks[0].store)
        try networks[1].store.load(networks[0].store.state)
        return networks[1]
    }

    /// In double precision nothing but a mistake can come between two computations. The larger size takes a minute.
    @Test(arguments: Backbone.allCases, Fixture.singlePath == nil ? ["256x128"] : ["256x128", "384x128"])
    func `gives PyTorch's values, gradients and statistics`(backbone: Backbone, size: String) throws {
        let wanted = try #require(Fixture.read().embeddingNetworks[backbone.rawValue])
        try expectValues(of: filled(backbone, .float64), wanted, size, .exact)
    }

    @Test(arguments: Backbone.allCases, ["256x128", "384x128"])
    func `is as near to exact values in single precision as can be`(backbone: Backbone, size: String) throws {
        let wanted = try #require(Fixture.read().embeddingNetworks[backbone.rawValue])
        try expectValues(of: filled(backbone, .float32), wanted, size, .of(backbone))
    }

    @Test(
        .enabled(if: Fixture.singlePath != nil, "needs PyTorch: see scripts/check-agreement"),
        arguments: Backbone.allCases, ["256x128", "384x128"])
    func `agrees with PyTorch in single precision`(backbone: Backbone, size: String) throws {
        let file = URL(fileURLWithPath: try #require(Fixture.singlePath))
        let wanted = try #require(Fixture.read(file).embeddingNetworks[backbone.rawValue])
        try expectValues(of: filled(backbone, .float32), wanted, size, .agreement)
    }

    @Test(arguments: [("average", nil), ("average and embedding", 16)] as [(String, Int?)])
    func `with another head gives PyTorch's values, gradients and statistics`(head: String, embedding: Int?) throws {
        let wanted = try #require(Fixture.read().heads[head])
        for (type, tolerance) in [(ElementType.float64, Tolerance.exact), (.float32, .shallow)] {
            let network = try filled(pooling: .average, embedding: embedding, .resnet18, type)
            #expect(network.dimension == embedding ?? 512)
            #expect(network.store.state["gap.p"] == nil)
            #expect(network.store.state["feat.weight"]?.shape == embedding.map { [$0, 512] })
            try expectValues(of: network, wanted, "64x32", tolerance)
        }
    }

    private func expectValues(
        of network: EmbeddingNetwork, _ wanted: Fixture.EmbeddingValues, _ size: String, _ tolerance: Tolerance
    ) throws {
        #expect(network.store.parameterCount == wanted.parameterCount)
        #expect(network.store.entries.count == wanted.keyCount)
        let values = try #require(wanted.sizes[size])
        let type = try #require(network.store.trained.first).tensor.elementType
        let images = try wanted.images(size).converted(to: type).channelsLast()
        let inferred = try withoutGradients { try network(images, .inference(.target)) }
        #expect(inferred.pooled.shape == [4, network.backbone.dimension])
        #expect(inferred.embedding.shape == [4, network.dimension])
        try expectClose(inferred.pooled, values.inference.pooled, within: tolerance.inference, "pooled")
        try expectClose(inferred.embedding, values.inference.embedding, within: tolerance.inference, "embedding")
        try expectTraining(network, images, values.training, tolerance)
    }

    private func expectTraining(
        _ network: EmbeddingNetwork, _ images: Tensor, _ wanted: Fixture.Training, _ tolerance: Tolerance
    ) throws {
        let output = try network(images, .training)
        let losses = try [output.embedding, output.pooled].map {
            try ($0.squared() * Pattern.tensor("loss", shape: $0.shape)).mean()
        }
        let loss = try losses[0] + losses[1]
        try loss.backward()
        try expectClose(output.pooled, wanted.pooled, within: tolerance.training, "pooled in training")
        try expectClose(output.embedding, wanted.embedding, within: tolerance.training, "embedding in training")
        expectClose(try loss.double(), wanted.loss, within: tolerance.training, "loss")
        let state = network.store.state
        for (key, norm) in wanted.gradientNorms {
            let value = try gradientNorm(#require(state[key]))
            expectClose(value, norm, within: tolerance.gradient, "gradient norm of \(key)")
        }
        for (kind, statistics) in [
            ("running_mean", wanted.runningMeans), ("running_var", wanted.runningVariances),
        ] {
            for (layer, values) in statistics {
                let found = try #require(state["\(layer).\(kind)"]).slice(0..<4).doubles()
                let scale = values.map(abs).max() ?? 0
                for (value, want) in zip(found, values) {
                    expectClose(value, want, scale: scale, within: tolerance.training, "\(layer).\(kind)")
                }
            }
        }
        // The fused update insists that every gradient has its parameter's memory layout.
        try Adam(network.store.trained).step(AdamStep(rate: 1e-3))
    }

    @Test(arguments: Backbone.allCases)
    func `makes maps of the published reduction`(backbone: Backbone) throws {
        let network = try network(backbone, .shared)
        let maps = try withoutGradients { try network.base(Pattern.images([1, 3, 64, 32]), .inference(.target)) }
        let reduction = try #require(PublishedCounts.table[backbone]).reduction
        #expect(maps.shape == [1, backbone.dimension, 64 / reduction, 32 / reduction])
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

    /// Convolutions and the embedding layer N(0, 2 / fan-out), scales 1, shifts 0, p = 3. The smallest tensor looked at
    /// has 32·32·9 elements, whose deviation is known to 0.7 %.
    @Test func `starts from the initial values of the reference code`() throws {
        let network = try EmbeddingNetwork(
            NetworkShape(backbone: .densenet121IBNa, embedding: 32), random: RandomKey(seed: 1))
        let fanOuts = [
            "features.conv0.weight": 64 * 49, "features.denseblock1.denselayer1.conv2.weight": 32 * 9,
            "features.transition3.conv.weight": 512, "feat.weight": 32,
        ]
        for (key, tensor) in network.store.state where !key.hasSuffix("num_batches_tracked") {
            if let fanOut = fanOuts[key] {
                let deviation = Double(try tensor.squared().mean().squareRoot().scalar())
                #expect(abs(deviation / (2 / Double(fanOut)).squareRoot() - 1) < 0.03, "\(key)")
            } else if tensor.shape.count == 1 {
                let ones = key.hasSuffix("weight") || key.hasSuffix("running_var")
                let value: Float = key == "gap.p" ? 3 : ones ? 1 : 0
                #expect(try tensor.floats().allSatisfy { $0 == value }, "\(key)")
            }
        }
    }
}
