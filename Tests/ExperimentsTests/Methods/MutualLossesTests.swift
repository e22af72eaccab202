// SPDX-License-Identifier: MIT

import Testing

@testable import Experiments
@testable import Tensor
@testable import Training

/// 1, 2, 4 and 8 for the four terms, so that no two sums of weighted terms are the same.
private func losses() throws -> MutualLosses {
    let terms = try [1, 2, 4, 8].map { try Tensor([Float($0)], shape: []) }
    return MutualLosses(
        identity: terms[0], softIdentity: terms[1], triplet: terms[2], softTriplets: terms[3], students: [], means: [])
}

/// A few roundings of sums up to 16 in single precision, one of which is 1e-6.
private let roundings: Float = 1e-5

@Suite struct `The losses of mutual teaching` {
    private func total(_ change: (inout MMT.Config) -> Void = { _ in }) throws -> Float {
        var config = MMT.Config()
        change(&config)
        return try MMT(config, TraceInputs.setting()).total(losses()).scalar()
    }

    /// (0.5 · 1 + 0.5 · 2) + (0.2 · 4 + 0.8 · 8) = 8.7.
    @Test func `are added with the paper's weights`() throws {
        #expect(abs(try total() - 8.7) < roundings)
    }

    /// (0.75 · 1 + 0.25 · 2) + 7.2 = 8.45 and 1.5 + (0.9 · 4 + 0.1 · 8) = 5.9.
    @Test func `share one weight between hard and soft labels`() throws {
        #expect(abs(try total { $0.softClassification = 0.25 } - 8.45) < roundings)
        #expect(abs(try total { $0.softTriplet = 0.1 } - 5.9) < roundings)
    }
}

@Suite struct `The losses of improved mutual teaching` {
    /// With 16 for the contrastive term.
    private func total(_ change: (inout MMTPlus.Config) -> Void = { _ in }) throws -> Float {
        var config = MMTPlus.Config()
        change(&config)
        return try MMTPlusLosses(mutual: losses(), contrastive: Tensor([16], shape: []), keys: []).total(config).scalar()
    }

    /// 0.5 · 1 + 0.5 · 2 + 0.1 · 16 = 3.1: the triplets have no part.
    @Test func `are added with the report's weights`() throws {
        #expect(abs(try total() - 3.1) < roundings)
    }

    /// 0.75 · 1 + 0.25 · 2 + 0.1 · 16 = 2.85.
    @Test func `share one weight between hard and soft labels`() throws {
        #expect(abs(try total { $0.softClassification = 0.25 } - 2.85) < roundings)
    }

    /// 0.5 · 1 + 0.5 · 2 + 2 · (0.75 · 4 + 0.25 · 8) + 0 · 16 = 11.5.
    @Test func `weigh both triplets together, and the soft one by its share`() throws {
        let sum = try total {
            ($0.tripletWeight, $0.softTriplet, $0.contrastiveWeight) = (2, 0.25, 0)
        }
        #expect(abs(sum - 11.5) < roundings)
    }
}
