// SPDX-License-Identifier: MIT

import Patterns
import Randomness
import Tensor
import Testing

@testable import Backbones
@testable import Layers

@Suite struct `Stored weights` {
    private func trained(_ backbone: Backbone = .resnet18) throws -> StateDictionary {
        let network = try EmbeddingNetwork(NetworkShape(backbone: backbone), random: RandomKey(seed: 1))
        try Pattern.fill(network.store)
        return network.store.state
    }

    private func values(_ state: StateDictionary, _ key: String) throws -> [Float] {
        try #require(state[key]).floats()
    }

    /// A file of before PyTorch 0.4.1: a classifier, no counters and no head.
    @Test func `of ImageNet fill the backbone and leave the head as it is`() throws {
        let state = try trained()
        var published = state.filter {
            !$0.key.hasSuffix("num_batches_tracked") && !$0.key.hasPrefix("gap.") && !$0.key.hasPrefix("feat_bn.")
        }
        published["fc.weight"] = try Tensor.full(1, shape: [1000, 512], type: .float32)
        published["fc.bias"] = try Tensor.full(1, shape: [1000], type: .float32)
        let fitted = try FittedWeights(published, to: .resnet18, domain: .target)
        #expect(fitted.naming == .published)
        #expect(!fitted.hasHead && fitted.shape.pooling == .generalisedMean)
        let own = try fitted.network().store.state
        #expect(try values(own, "layer3.1.conv2.weight") == values(state, "layer3.1.conv2.weight"))
        #expect(try values(own, "layer4.0.bn1.running_var") == values(state, "layer4.0.bn1.running_var"))
        #expect(try values(own, "gap.p") == [3])
        #expect(try values(own, "feat_bn.weight").allSatisfy { $0 == 1 })
    }

    @Test func `of DenseNets as they were first published fill the backbone`() throws {
        let state = try trained(.densenet121IBNa).filter { !$0.key.hasPrefix("gap.") && !$0.key.hasPrefix("feat_bn.") }
        let published = Dictionary(
            uniqueKeysWithValues: state.map { key, tensor in
                (key.replacing(/\.(norm|conv)([12])\./) { ".\($0.1).\($0.2)." }, tensor)
            })
        #expect(published["features.denseblock1.denselayer1.norm.1.IN.weight"] != nil)
        let fitted = try FittedWeights(published, to: .densenet121IBNa, domain: .target)
        #expect(fitted.isComplete && Set(fitted.state.keys) == Set(state.keys))
        let key = "features.denseblock3.denselayer7.conv2.weight"
        #expect(try values(fitted.network().store.state, key) == values(state, key))
    }

    /// A checkpoint of MMT+'s as the authors' code writes it, its two domains told apart by the head's mean.
    @Test(arguments: [Domain.source, .target])
    func `under the authors' names give the domain that is asked for`(domain: Domain) throws {
        let state = try trained(.resnet50IBNa)
        let names = UpstreamNames(.visda, backbone: .resnet50IBNa)
        var stored: StateDictionary = [:]
        for (key, tensor) in separatingDomains(state) {
            let isSource = key.contains(".BN_S.") && tensor.elementType == .float32
            stored[try #require(names.theirs(key))] = isSource ? try tensor + 1 : tensor
        }
        stored["classifier.weight"] = try Tensor.full(0, shape: [13_898, 2048], type: .float32)
        let fitted = try FittedWeights(stored, to: .resnet50IBNa, domain: domain)
        #expect(fitted.naming == .upstream(.visda))
        #expect(fitted.isByDomain && fitted.hasHead)
        let own = try fitted.network().store.state
        let added: Float = domain == .source ? 1 : 0
        for key in ["feat_bn.running_mean", "layer1.0.bn1.BN.weight", "layer4.2.bn3.bias"] {
            #expect(try values(own, key) == values(state, key).map { $0 + added }, "\(key)")
        }
        #expect(try values(own, "layer1.0.bn1.IN.weight") == values(state, "layer1.0.bn1.IN.weight"))
    }

    /// What programs put before names; with a loss of their own beside the network, its names stay.
    @Test(arguments: ["model.", "module.model.", "encoder.net.module."])
    func `behind the names of a program's objects are found`(prefix: String) throws {
        let state = try trained()
        var stored = Dictionary(uniqueKeysWithValues: state.map { (prefix + $0.key, $0.value) })
        let fitted = try #require(try FittedWeights.recognising(stored))
        #expect(fitted.backbone == .resnet18)
        #expect(fitted.prefix == prefix)
        #expect(try values(fitted.network().store.state, "conv1.weight") == values(state, "conv1.weight"))

        stored["loss.centers"] = try Tensor.full(0, shape: [3, 512], type: .float32)
        let beside = try FittedWeights(stored, to: .resnet18, domain: .target)
        #expect(beside.prefix == prefix)
        let mismatch = LayerError.state(missing: [], unexpected: ["loss.centers"], misshapen: [])
        #expect(throws: mismatch) { try beside.network() }
    }

    /// The authors' names behind a program's; and a level that most names have, but belongs to them.
    @Test func `keep levels of names that are the network's own`() throws {
        let state = try trained(.resnet50IBNa)
        let names = UpstreamNames(.visda, backbone: .resnet50IBNa)
        let theirs = Dictionary(uniqueKeysWithValues: try state.map { (try #require(names.theirs($0.key)), $0.value) })
        #expect(try FittedWeights(theirs, to: .resnet50IBNa, domain: .target).prefix.isEmpty)
        let wrapped = Dictionary(uniqueKeysWithValues: theirs.map { ("model." + $0.key, $0.value) })
        let fitted = try FittedWeights(wrapped, to: .resnet50IBNa, domain: .target)
        #expect(fitted.prefix == "model." && fitted.naming == .upstream(.visda))
        #expect(Set(fitted.state.keys) == Set(state.keys))
    }

    /// A counter, and the pooling's power, which is a row of one here.
    @Test func `of one number may be scalars or rows of one`() throws {
        var state = try trained()
        state["bn1.num_batches_tracked"] = try Tensor([7])
        state["gap.p"] = try Tensor.full(2, shape: [], type: .float32)
        let own = try FittedWeights(state, to: .resnet18, domain: .target).network().store.state
        #expect(try own["bn1.num_batches_tracked"]?.integers() == [7])
        #expect(try values(own, "gap.p") == [2])
    }

    @Test func `tell average pooling and an embedding layer from what is there`() throws {
        let network = try EmbeddingNetwork(
            NetworkShape(backbone: .resnet18, pooling: .average, embedding: 32), random: RandomKey(seed: 2))
        let fitted = try FittedWeights(network.store.state, to: .resnet18, domain: .target)
        #expect(fitted.shape == network.shape)
        #expect(try fitted.network().dimension == 32)
    }

    @Test func `with a hole, a stranger or another shape are refused by name`() throws {
        var state = try trained()
        state["layer2.0.conv1.weight"] = nil
        state["layer2.0.conv9.weight"] = try Tensor.full(0, shape: [1], type: .float32)
        state["bn1.weight"] = try Tensor.full(0, shape: [32], type: .float32)
        let fitted = try FittedWeights(state, to: .resnet18, domain: .target)
        let mismatch = LayerError.state(
            missing: ["layer2.0.conv1.weight"], unexpected: ["layer2.0.conv9.weight"],
            misshapen: [.init(key: "bn1.weight", found: [32], expected: [64])])
        #expect(throws: mismatch) { try fitted.network() }

        let (network, left) = try fitted.partialNetwork()
        #expect(left == mismatch)
        #expect(try values(network.store.state, "conv1.weight") == values(state, "conv1.weight"))
        #expect(try values(network.store.state, "bn1.weight").allSatisfy { $0 == 1 })
    }

    @Test(arguments: [Backbone.resnet34, .resnet50IBNa, .densenet121IBNa, .resnest50])
    func `are recognised by their keys and shapes`(backbone: Backbone) throws {
        let state = try EmbeddingNetwork(NetworkShape(backbone: backbone), random: nil).store.state
        #expect(try FittedWeights.recognising(state)?.backbone == backbone)
    }

    @Test func `of something else are not recognised`() throws {
        #expect(try FittedWeights.recognising(["a": Tensor.full(0, shape: [1], type: .float32)])?.backbone == nil)
    }
}
