// SPDX-License-Identifier: MIT

internal import Configuration

/// How a sweep comes to its trials.
public enum SamplerChoice: Sendable, Equatable {
    /// Every combination of all values, in the order of the file.
    case grid
    /// Each value by chance, whatever came before.
    case random
    /// Each value by what the trials before came to: see ``TreeParzenSampler``.
    ///
    /// - Parameters:
    ///   - startup: Complete trials before which values are drawn by chance.
    ///   - candidates: How many values of a setting are held against each other.
    case tpe(startup: Int, candidates: Int)

    /// The word that chooses it.
    enum Word: String, CaseIterable {
        case grid, random, tpe
    }

    var word: Word {
        switch self {
        case .grid: .grid
        case .random: .random
        case .tpe: .tpe
        }
    }
}

extension ValueReader where Value == SamplerChoice {
    static var sampler: ValueReader {
        .oneOf(SamplerChoice.Word.self) { word, mapping in
            switch word {
            case .grid: return .grid
            case .random: return .random
            case .tpe:
                return .tpe(
                    startup: mapping.optional("startup", .integer(SweepLimits.startup))?.value ?? 10,
                    candidates: mapping.optional("candidates", .integer(SweepLimits.candidates))?.value ?? 24)
            }
        }
    }
}
