// SPDX-License-Identifier: MIT

import Layers
import Testing

@testable import Backbones
@testable import Tensor

/// What is known of the reference networks, classifier apart.
struct PublishedCounts {
    /// Side of the image over side of the last map.
    let reduction: Int
    let dimension: Int
    let parameters: Int
    /// Keys, and keys and parameters by domain, of those that the reference code has.
    let byDomain: (keys: Int, separatedKeys: Int, separatedParameters: Int)?

    /// The counts by domain were taken from the authors' networks of VisDA-ECCV20; plain ResNets are torchvision's
    /// (11,689,512, 21,797,672, 25,557,032 and 44,549,160 parameters) without the classifier of 1000 rows, with p and
    /// the neck.
    static let table: [Backbone: PublishedCounts] = [
        .resnet18: PublishedCounts(16, 512, 11_689_512 - 513_000 + 1 + 2 * 512),
        .resnet34: PublishedCounts(16, 512, 21_797_672 - 513_000 + 1 + 2 * 512),
        .resnet50: PublishedCounts(16, 2048, 25_557_032 - 2_049_000 + 1 + 2 * 2048),
        .resnet101: PublishedCounts(16, 2048, 44_549_160 - 2_049_000 + 1 + 2 * 2048),
        .resnet18IBNa: PublishedCounts(16, 512, 11_689_512 - 513_000 + 1 + 2 * 512),
        .resnet50IBNa: PublishedCounts(16, 2048, 23_512_129, (350, 620, 23_567_105)),
        .resnet101IBNa: PublishedCounts(16, 2048, 42_504_257, (690, 1215, 42_607_105)),
        .resnext101IBNa: PublishedCounts(16, 2048, 42_132_801, (690, 1215, 42_261_569)),
        .densenet121IBNa: PublishedCounts(32, 1024, 6_955_905, (759, 1369, 7_036_751)),
        .densenet169IBNa: PublishedCounts(32, 1664, 12_487_809, (1053, 1903, 12_641_997)),
        .resnest50: PublishedCounts(32, 2048, 25_438_337, (480, 840, 25_507_009)),
        .resnest101: PublishedCounts(32, 2048, 46_230_113, (939, 1639, 46_364_321)),
    ]

    private init(_ reduction: Int, _ dimension: Int, _ parameters: Int, _ byDomain: (Int, Int, Int)? = nil) {
        self.reduction = reduction
        self.dimension = dimension
        self.parameters = parameters
        self.byDomain = byDomain.map { (keys: $0.0, separatedKeys: $0.1, separatedParameters: $0.2) }
    }
}

@Suite struct `A backbone` {
    @Test(arguments: Backbone.allCases)
    func `has the published counts of parameters and keys, shared and by domain`(backbone: Backbone) throws {
        let wanted = try #require(PublishedCounts.table[backbone])
        let shared = try EmbeddingNetwork(NetworkShape(backbone: backbone), random: nil).store
        #expect(backbone.dimension == wanted.dimension)
        #expect(shared.parameterCount == wanted.parameters)
        let separate = try EmbeddingNetwork(NetworkShape(backbone: backbone, domains: .separate), random: nil).store
        if let counts = wanted.byDomain {
            #expect(shared.entries.count == counts.keys)
            #expect(separate.entries.count == counts.separatedKeys)
            #expect(separate.parameterCount == counts.separatedParameters)
        }
        let separated = separatingDomains(shared.state)
        #expect(Set(separated.keys) == Set(separate.state.keys))
        #expect(separated.allSatisfy { key, tensor in separate.state[key]?.shape == tensor.shape })
        for domain in Domain.allCases {
            #expect(Set(collapsingDomains(separated, to: domain).keys) == Set(shared.state.keys))
        }
    }

    /// A key, its shape without domains, and itself by domain.
    @Test(
        arguments: [
            (.resnet50IBNa, "layer1.0.bn1.IN.weight", [32], "layer1.0.bn1.IN.weight"),
            (.resnet50IBNa, "layer3.5.bn1.BN.running_var", [128], "layer3.5.bn1.BN.BN_S.running_var"),
            (.resnet101IBNa, "layer4.0.bn1.weight", [512], "layer4.0.bn1.BN_T.weight"),
            (.resnext101IBNa, "layer2.0.conv2.weight", [256, 8, 3, 3], "layer2.0.conv2.weight"),
            (.resnext101IBNa, "layer3.22.bn1.BN.bias", [256], "layer3.22.bn1.BN.BN_T.bias"),
            (
                .densenet169IBNa, "features.denseblock1.denselayer1.norm1.IN.weight", [26],
                "features.denseblock1.denselayer1.norm1.IN.weight"
            ),
            (
                .densenet169IBNa, "features.denseblock3.denselayer31.norm1.BN.running_mean", [729],
                "features.denseblock3.denselayer31.norm1.BN.BN_S.running_mean"
            ),
            (.densenet169IBNa, "features.transition3.conv.weight", [640, 1280, 1, 1], "features.transition3.conv.weight"),
            (.densenet121IBNa, "features.norm5.bias", [1024], "features.norm5.BN_T.bias"),
            (.resnest50, "conv1.0.weight", [32, 3, 3, 3], "conv1.0.weight"),
            (.resnest101, "conv1.6.weight", [128, 64, 3, 3], "conv1.6.weight"),
            (.resnest50, "layer1.0.conv2.conv.weight", [128, 32, 3, 3], "layer1.0.conv2.conv.weight"),
            (.resnest50, "layer1.0.conv2.fc1.bias", [32], "layer1.0.conv2.fc1.bias"),
            (.resnest50, "layer4.2.conv2.bn1.weight", [256], "layer4.2.conv2.bn1.BN_S.weight"),
            (.resnest50, "layer1.0.downsample.1.weight", [256, 64, 1, 1], "layer1.0.downsample.1.weight"),
            (.resnest50, "layer1.0.downsample.2.num_batches_tracked", [], "layer1.0.downsample.2.BN_T.num_batches_tracked"),
        ] as [(Backbone, String, [Int], String)])
    func `has the published keys and shapes`(
        backbone: Backbone, key: String, shape: [Int], byDomain: String
    ) throws {
        let shared = try EmbeddingNetwork(NetworkShape(backbone: backbone), random: nil).store.state
        #expect(shared[key]?.shape == shape)
        #expect(separatingDomains(shared)[byDomain]?.shape == shape)
    }

    /// BN/IN pairs of the third block of DenseNet-169-IBN-a, whose widths do not divide by five.
    @Test func `of the dense kind splits three fifths of the channels off, rounded down`() throws {
        let state = try EmbeddingNetwork(NetworkShape(backbone: .densenet169IBNa), random: nil).store.state
        let pairs = stride(from: 1, through: 31, by: 3).map { layer in
            ["BN", "IN"].map { state["features.denseblock3.denselayer\(layer).norm1.\($0).weight"]?.count }
        }
        #expect(
            pairs == [
                [153, 103], [211, 141], [268, 180], [326, 218], [384, 256], [441, 295], [499, 333], [556, 372], [614, 410],
                [672, 448], [729, 487],
            ])
    }
}
