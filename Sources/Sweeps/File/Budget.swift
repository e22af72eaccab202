// SPDX-License-Identifier: MIT

internal import Configuration

/// When a sweep is done.
public struct Budget: Sendable, Equatable {
    /// Trials in all; nil for as many as a grid has.
    public let trials: Int?
    /// Hours that the stages of all trials may take together before no other trial is begun; nil for any number.
    public let hours: Double?

    /// Whether trials have taken all hours that they may.
    func isSpent(by seconds: Double) -> Bool { seconds / 3600 >= hours ?? .infinity }
}

extension ValueReader where Value == Budget {
    static var budget: ValueReader {
        .mapping { mapping in
            Budget(
                trials: mapping.optional("trials", .integer(SweepLimits.trials))?.value,
                hours: mapping.optional("hours", .number(SweepLimits.hours))?.value)
        }
    }
}
