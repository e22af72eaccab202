// SPDX-License-Identifier: MIT

/// All that determines a stage's result: its key is the digest of this, and why it would run again is told by this.
///
/// Computed once for every stage of a plan, so that keys, explanations and certificates cannot disagree.
struct StageIdentity: Sendable, Equatable {
    /// Something that goes into a stage.
    enum Input: Sendable, Equatable {
        /// The datasets; what their digest is made of, by what it is of, enters no key.
        case data(ContentDigest, parts: [String: ContentDigest]?)
        /// The result of an earlier stage.
        case stage(StageKey)
    }

    /// The digest of everything here.
    let key: StageKey
    private let inputs: [Input]
    /// All but the inputs.
    private let members: [String: JSONValue]

    /// The identity of a stage whose inputs are these, in the order of its plan.
    init(_ stage: StagePlan, format: Int, seed: UInt64, inputs: [Input]) {
        members = [
            "format": .integer(format), "method": .string(stage.method),
            "outputs": .array(stage.outputs.map { .string($0.name) }),
            // As text: a JSON number above 2⁵³ would not survive every reader.
            "seed": .string(String(seed)), "settings": stage.settings,
        ]
        self.inputs = inputs
        let all = members.merging(["inputs": .array(inputs.map(\.digest))]) { _, inputs in inputs }
        key = StageKey(digest: ContentDigest(of: JSONValue.object(all).canonicalText))
    }

    /// The identities of stages, each after all its inputs.
    ///
    /// - Complexity: One pass over the settings of all.
    static func all(
        of stages: [StagePlan], format: Int, seed: UInt64, data: ContentDigest, parts: [String: ContentDigest]?
    ) -> [StageIdentity] {
        var known = [StagePlan.data: Input.data(data, parts: parts)]
        return stages.map { stage in
            let inputs = stage.inputs.map { name -> Input in
                guard let input = known[name] else { preconditionFailure("'\(name)' is none of \(known.keys.sorted())") }
                return input
            }
            let identity = StageIdentity(stage, format: format, seed: seed, inputs: inputs)
            known[stage.name] = .stage(identity.key)
            return identity
        }
    }

    /// The fields in which this identity, the one on record, differs from the one asked for, those of earlier stages
    /// excepted.
    func differences(from requested: StageIdentity) -> [JSONDifference] {
        let isNamed = dataParts != nil && requested.dataParts != nil
        return tree(namingData: isNamed).differences(from: requested.tree(namingData: isNamed))
    }

    private var dataParts: [String: ContentDigest]? {
        inputs.lazy.compactMap { if case .data(_, let parts) = $0 { parts } else { nil } }.first
    }

    private func tree(namingData isNamed: Bool) -> JSONValue {
        var tree = members
        // Which stages they are by name does not matter, only how many and where the datasets stand.
        tree["inputs"] = .array(inputs.map { if case .data = $0 { .string(StagePlan.data) } else { "a stage" } })
        tree[StagePlan.data] = .null
        for case .data(let digest, let parts) in inputs {
            tree[StagePlan.data] = .data(digest, parts: isNamed ? parts : nil)
        }
        return .object(tree)
    }
}

extension StageIdentity.Input {
    fileprivate var digest: JSONValue {
        switch self {
        case .data(let digest, _): .string(digest.hexadecimal)
        case .stage(let key): .string(key.description)
        }
    }
}

extension JSONValue {
    /// The data as a tree in which a difference is found: by part where the parts are known.
    static func data(_ digest: ContentDigest, parts: [String: ContentDigest]?) -> JSONValue {
        guard let parts else { return .string(digest.hexadecimal) }
        return .object(parts.mapValues { .string($0.hexadecimal) })
    }
}

extension Plan {
    /// The identity of one of its stages.
    func identity(of stage: StagePlan) -> StageIdentity {
        guard let index = stages.firstIndex(of: stage) else {
            preconditionFailure("stage '\(stage.name)' is none of \(stages.map(\.name))")
        }
        return identities[index]
    }
}
