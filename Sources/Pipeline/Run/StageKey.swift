// SPDX-License-Identifier: MIT

/// The identity of a stage's result: equal keys, equal results.
public struct StageKey: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The digest of everything that determines the result.
    public let digest: ContentDigest

    public var description: String { digest.hexadecimal }
    /// Enough of it for people to tell it from others.
    public var short: String { String(digest.hexadecimal.prefix(12)) }

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
    public func key(of stage: StagePlan) -> StageKey { identity(of: stage).key }
}
