// SPDX-License-Identifier: MIT

public import Layers
internal import Randomness
internal import Tensor

/// Whose names stored weights have.
public enum WeightNaming: Sendable, Equatable, CustomStringConvertible {
    /// Ours: those of the published backbones.
    case published
    case upstream(UpstreamNames.Project)

    /// Those that the beginnings of names leave open; where two fit equally well the earlier is taken.
    static func candidates(for names: some Collection<String>) -> [WeightNaming] {
        if names.contains(where: { $0.hasPrefix("base.") }) { return [.upstream(.visda), .upstream(.mmt)] }
        // Of a pair, the running average is the one to test with.
        let members = [UpstreamNames.Member.mean, .student, .only].filter { member in
            names.contains { $0.hasPrefix("\(member.rawValue)backbone.") }
        }
        let pairs = members.map { WeightNaming.upstream(.openUnReID($0, domains: [.source, .target])) }
        return pairs.isEmpty ? [.published] : pairs
    }

    /// In words, such as `the authors' names (VisDA, SpCL)`.
    public var description: String {
        switch self {
        case .published: "published names"
        case .upstream(.visda): "the authors' names (VisDA, SpCL)"
        case .upstream(.mmt): "the authors' names (MMT)"
        case .upstream(.openUnReID): "the authors' names (OpenUnReID)"
        }
    }
}

/// Stored weights seen as those of one architecture.
public struct FittedWeights {
    public let backbone: Backbone
    public let naming: WeightNaming
    /// What was taken off the front of the names, such as `model.`; empty where they fit as they are.
    public let prefix: String
    /// Whether the weights came with a batch normalisation for each domain.
    public let isByDomain: Bool
    /// Whether every tensor of the backbone is there in its shape, and none that belongs to another.
    public let isComplete: Bool
    /// Under our keys, with one normalisation a layer. Tensors that no key is known for keep their names.
    public let state: StateDictionary

    /// Finds out whose names the tensors have, and what a program has put before them: those under which most of the
    /// architecture's keys are found.
    ///
    /// Tensors of one number may be scalars or rows of one, whichever the architecture has.
    ///
    /// - Parameter domain: Whose normalisation is kept where there is one for each domain.
    /// - Complexity: Makes the architecture's tensors, without filling them.
    public init(_ stored: StateDictionary, to backbone: Backbone, domain: Domain) throws {
        self.backbone = backbone
        let own = try EmbeddingNetwork(NetworkShape(backbone: backbone), random: nil).store.state
        let stored = Dictionary(stored.map { (presentName(of: $0.key), $0.value) }) { first, _ in first }
        let candidates = WrappedNames.unwrapped(stored).flatMap { prefix, stored in
            WeightNaming.candidates(for: stored.keys).map { naming in
                let whole = naming.renamed(stored, of: backbone)
                return (prefix: prefix, naming: naming, whole: whole, state: collapsingDomains(whole, to: domain))
            }
        }
        let counts = candidates.map { candidate in own.keys.count { candidate.state[$0] != nil } }
        let best = candidates[counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }]
        (prefix, naming) = (best.prefix, best.naming)
        state = try best.state.withSingleNumbers(shapedAs: own)
        isByDomain = best.whole.keys.contains { $0.contains(".BN_T.") }
        isComplete = EmbeddingNetwork.isBackbone(of: own, filledBy: state)
    }

    /// The shape of the network that the weights came from, as far as tensors tell: not in which groups its images were
    /// normalised, and nothing of a head that is not there.
    public var shape: NetworkShape {
        NetworkShape(
            backbone: backbone, pooling: hasHead && state["gap.p"] == nil ? .average : .generalisedMean,
            embedding: state["feat.weight"]?.shape.first, domains: isByDomain ? .separate : .shared)
    }

    /// Whether pooling and neck are there too, as in every trained re-ID network.
    public var hasHead: Bool { state.keys.contains { $0.hasPrefix("feat_bn.") } }

    /// The network with these weights.
    ///
    /// Where there is no head, it pools with GeM's initial power and its neck hands values on. Classifiers are left out.
    /// - Throws: `LayerError.state` with all that is missing, unexpected or misshapen.
    public func network() throws -> EmbeddingNetwork {
        let network = try unfilled()
        try network.begin(with: state)
        return network
    }

    /// The network with those of the weights that fit; the others keep the values of a network before training.
    ///
    /// - Returns: Also what did not fit; nothing where all did.
    public func partialNetwork() throws -> (network: EmbeddingNetwork, mismatch: LayerError?) {
        let network = try unfilled(random: RandomKey(seed: 0))
        do {
            try network.begin(with: state)
            return (network, nil)
        } catch let mismatch as LayerError {
            let own = network.store.state
            let fitting = state.filter { own[$0.key]?.shape == $0.value.shape }
            try network.store.load(own.merging(fitting) { $1 })
            return (network, mismatch)
        }
    }

    private func unfilled(random: RandomKey? = nil) throws -> EmbeddingNetwork {
        var kept = shape
        kept.domains = .shared
        return try EmbeddingNetwork(kept, random: random)
    }
}

/// DenseNets of before 2018 have `denselayer1.norm.1.weight` for what is `denselayer1.norm1.weight` since.
private func presentName(of key: String) -> String {
    guard key.contains(".denselayer") else { return key }
    return key.replacing(/\.(norm|conv)\.([12])\./) { ".\($0.1)\($0.2)." }
}

extension FittedWeights {
    /// The first architecture all of whose backbone's tensors are there, in their shapes.
    ///
    /// - Parameter domain: Whose normalisation is kept where there is one for each domain.
    public static func recognising(_ stored: StateDictionary, domain: Domain = .target) throws -> FittedWeights? {
        for backbone in Backbone.allCases {
            let fitted = try FittedWeights(stored, to: backbone, domain: domain)
            if fitted.isComplete { return fitted }
        }
        return nil
    }
}

extension WeightNaming {
    fileprivate func renamed(_ stored: StateDictionary, of backbone: Backbone) -> StateDictionary {
        guard case .upstream(let project) = self else { return stored }
        let names = UpstreamNames(project, backbone: backbone)
        let renamed = stored.filter { !isOfOther($0.key) }.map { (names.ours($0.key) ?? $0.key, $0.value) }
        return Dictionary(renamed) { first, _ in first }
    }

    /// Whether a tensor belongs to the other network of an OpenUnReID pair.
    private func isOfOther(_ name: String) -> Bool {
        guard case .upstream(.openUnReID(let member, _)) = self, member != .only else { return false }
        return UpstreamNames.Member.allCases.contains {
            $0 != member && $0 != .only && name.hasPrefix($0.rawValue)
        }
    }
}
