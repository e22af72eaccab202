// SPDX-License-Identifier: MIT

import Patterns
import Testing

@testable import Layers
@testable import Tensor

@Suite struct `The state of a network` {
    private func network(_ domains: NormalisationDomains) throws -> ParameterStore {
        let (store, statistics) = (emptyStore(), BatchStatistics(domains))
        _ = try Convolution(3, 4, kernel: 3, bias: true, at: store.root / "conv1")
        _ = try InstanceBatchNormalisation(4, statistics: statistics, at: store.root / "layer1" / 0 / "bn1")
        _ = try GeneralisedMeanPooling(at: store.root / "gap")
        _ = try BatchNormalisation(4, statistics: statistics, frozenBias: true, at: store.root / "feat_bn")
        return store
    }

    /// Different values in every tensor.
    private func values(_ store: ParameterStore) throws -> StateDictionary {
        var state: StateDictionary = [:]
        for (index, entry) in store.entries.enumerated() {
            state[entry.key] =
                entry.tensor.elementType == .int64
                ? try Tensor.full(Double(index), shape: [], type: .int64)
                : try tensor(entry.tensor.shape) { Double(index) + $0 / 100 }
        }
        return state
    }

    private func same(_ left: StateDictionary, _ right: StateDictionary) throws -> Bool {
        try left.keys == right.keys
            && left.allSatisfy { key, tensor in
                guard let other = right[key], other.elementType == tensor.elementType else { return false }
                return tensor.elementType == .int64
                    ? try tensor.integers() == other.integers() : try tensor.floats() == other.floats()
            }
    }

    @Test func `separated by domain fits the domain-specific network`() throws {
        let separated = separatingDomains(try values(network(.shared)))
        let target = try network(.separate)
        try target.load(separated)
        var keys: Set = [
            "conv1.weight", "conv1.bias", "gap.p", "layer1.0.bn1.IN.weight", "layer1.0.bn1.IN.bias",
        ]
        for layer in ["layer1.0.bn1.BN", "feat_bn"] {
            for name in ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"] {
                keys.formUnion(["\(layer).BN_S.\(name)", "\(layer).BN_T.\(name)"])
            }
        }
        #expect(Set(separated.keys) == keys)
    }

    @Test(arguments: Domain.allCases)
    func `separated and collapsed again is what it was`(domain: Domain) throws {
        let state = try values(network(.shared))
        #expect(try same(collapsingDomains(separatingDomains(state), to: domain), state))
    }

    @Test(arguments: [(Domain.source, "BN_S"), (.target, "BN_T")])
    func `collapsed keeps the values of the domain asked for`(domain: Domain, branch: String) throws {
        let state = try values(network(.separate))
        let collapsed = collapsingDomains(state, to: domain)
        try network(.shared).load(collapsed)
        for name in ["weight", "bias", "running_mean", "running_var"] {
            let kept = try #require(state["feat_bn.\(branch).\(name)"]).floats()
            #expect(try collapsed["feat_bn.\(name)"]?.floats() == kept)
        }
        #expect(try collapsed["conv1.weight"]?.floats() == state["conv1.weight"]?.floats())
    }

    /// Loaded branches own their values: training on one domain leaves the other's statistics alone.
    @Test func `separated gives both branches tensors of their own`() throws {
        let store = emptyStore()
        let layer = try BatchNormalisation(1, statistics: .separate, at: store.root / "bn")
        let shared = emptyStore()
        _ = try BatchNormalisation(1, statistics: .shared, at: shared.root / "bn")
        try store.load(separatingDomains(shared.state))
        _ = try layer(Tensor([1, 3, 11, 13], shape: [4, 1]), .training)
        try expectClose(#require(store.state["bn.BN_S.running_mean"]), [0.2])
        try expectClose(#require(store.state["bn.BN_T.running_mean"]), [1.2])
        try expectClose(#require(shared.state["bn.running_mean"]), [0])
    }
}
