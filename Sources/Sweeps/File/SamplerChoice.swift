// SPDX-License-Identifier: MIT

internal import Configuration

/// How a sweep comes to its trials.
public enum SamplerChoice: Sendable, Equatable {
    /// Every combination of all values, in the order of the file.
    case grid
    /// Each value by chance, whatever came before.
    case random

    /// The word that chooses it.
    enum Word: String, CaseIterable {
        case grid, random
    }

    var word: Word {
        switch self {
        case .grid: .grid
        case .random: .random
        }
    }
}

extension ValueReader where Value == SamplerChoice {
    static var sampler: ValueReader {
        .oneOf(SamplerChoice.Word.self) { word, _ in
            switch word {
            case .grid: .grid
            case .random: .random
            }
        }
    }
}
