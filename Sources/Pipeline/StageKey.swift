// SPDX-License-Identifier: MIT

/// The identity of a stage's result: equal keys, equal results.
public struct StageKey: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The digest of everything that determines the result.
    public let digest: ContentDigest

    public var description: String { digest.hexadecimal }

    init(digest: ContentDigest) {
        self.digest = digest
    }

    public init(from decoder: any Decoder) throws {
        digest = try ContentDigest(from: decoder)
    }

    public func encode(to encoder: any Encoder) throws {
        try digest.encode(to: encoder)
    }
}

extension Plan {
    /// The key of a stage: SHA-256 over settings, keys of inputs, data, seed and format version.
    ///
    /// The names of experiment and stage are no part of it, so that two experiments that begin alike have equal
    /// keys, whatever they call their stages. A stage must therefore derive its random streams from the seed and
    /// its method, never from its name, and must not hold names of other stages in its settings.
    ///
    /// - Parameter stage: A stage of this plan.
    /// - Returns: The same key for the same result, in any run on any machine.
    /// - Complexity: One pass over the settings of every stage that it depends on.
    public func key(of stage: StagePlan) -> StageKey {
        precondition(stages.contains(stage), "stage '\(stage.name)' is none of \(stages.map(\.name))")
        // Inputs come earlier in the list, so one pass in order meets every key before it is needed.
        var keys = [StagePlan.data: dataDigest.hexadecimal]
        for candidate in stages {
            let identity = identity(of: candidate, keys: keys)
            keys[candidate.name] = ContentDigest(of: identity.canonicalText).hexadecimal
        }
        return StageKey(digest: ContentDigest(hexadecimal: keys[stage.name, default: ""]))
    }

    private func identity(of stage: StagePlan, keys: [String: String]) -> JSONValue {
        .object([
            "format": .integer(format),
            "inputs": .array(stage.inputs.map { .string(keys[$0, default: ""]) }),
            "method": .string(stage.method),
            "outputs": .array(stage.outputs.map { .string($0.name) }),
            // As text: a JSON number above 2⁵³ would not survive every reader.
            "seed": .string(String(seed)),
            "settings": stage.settings,
        ])
    }
}
