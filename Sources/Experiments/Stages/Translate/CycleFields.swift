// SPDX-License-Identifier: MIT

internal import Configuration

// Keys of methods that translate there and back.

extension Field {
    static func cycleWeight(_ path: WritableKeyPath<Part, Double>) -> Field {
        .number(
            "cycle_weight", .result, path, Limits.lossWeight,
            meaning: KeyMeaning("Weight of the loss that an image comes back as it went.", symbol: "λ_cyc"))
    }

    static func identityWeight(_ path: WritableKeyPath<Part, Double>) -> Field {
        .number(
            "identity_weight", .result, path, Limits.lossWeight,
            meaning: "Weight of the loss that an image of the right domain already stays as it is.")
    }
}
