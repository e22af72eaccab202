// SPDX-License-Identifier: MIT

internal import Configuration

// Keys of methods that hold images against a memory.

extension Field {
    static func memoryTemperature(_ path: WritableKeyPath<Part, Double>) -> Field {
        .number(
            "temperature", .result, path, Limits.temperature,
            meaning: KeyMeaning(
                "What similarities to the memory are divided by: the smaller, the more the nearest rows count.", symbol: "τ")
        )
    }

    static func memoryMomentum(_ path: WritableKeyPath<Part, Double>) -> Field {
        .number(
            "momentum", .result, path, Limits.share,
            meaning: KeyMeaning("What a row of the memory keeps of itself at an update.", symbol: "m"))
    }
}
