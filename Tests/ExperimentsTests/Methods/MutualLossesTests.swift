// SPDX-License-Identifier: MIT

import Testing

@testable import Experiments
@testable import Tensor
@testable import Training

@Suite struct `The losses of mutual teaching` {
    /// 1, 2, 4, 8 and 16 for the five terms: no two sums of weighted terms are the same.
    private func total(_ change: (inout MMTPlus.Config) -> Void = { _ in }) throws -> Float {
        let terms = try [1, 2, 4, 8, 16].map { try Tensor([Float($0)], shape: []) }
        let losses = MutualLosses(
            identity: terms[0], softIdentity: terms[1], triplet: terms[2], softTriplets: terms[3], contrastive: terms[4],
            keys: [])
        var config = MMTPlus.Config()
        change(&config)
        return try losses.total(config).scalar()
    }

    /// 0.5 · 1 + 0.5 · 2 + 0.1 · 16 = 3.1: the triplets have no part.
    @Test func `are added with the report's weights`() throws {
        #expect(abs(try total() - 3.1) < 1e-6)
    }

    /// 0.75 · 1 + 0.25 · 2 + 0.1 · 16 = 2.85.
    @Test func `share one weight between hard and soft labels`() throws {
        #expect(abs(try total { $0.softClassification = 0.25 } - 2.85) < 1e-6)
    }

    /// 0.5 · 1 + 0.5 · 2 + 2 · (0.75 · 4 + 0.25 · 8) + 0 · 16 = 11.5.
    @Test func `weigh both triplets together, and the soft one by its share`() throws {
        let sum = try total {
            ($0.tripletWeight, $0.softTriplet, $0.contrastiveWeight) = (2, 0.25, 0)
        }
        #expect(abs(sum - 11.5) < 1e-5)
    }
}
