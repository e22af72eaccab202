// SPDX-License-Identifier: MIT

import Randomness

/// The ImageNet policy of AutoAugment: 25 pairs of operations, of which each image gets one pair.
///
/// - SeeAlso: Cubuk et al., "AutoAugment: learning augmentation strategies from data", CVPR 2019, table 9.
enum AutoAugment {
    /// One operation of a pair, how often it is done, and the index of its magnitude.
    struct Step: Equatable {
        let operation: Operation
        let probability: Double
        /// `0 ... 9`; ``Operation`` says what it means.
        let magnitude: Int
    }

    /// Draws a pair and applies its two steps in order, each with its own probability.
    static func apply(to image: Image, _ random: inout RandomStream) -> Image {
        let (first, second) = policy[random.below(policy.count)]
        var result = image
        for step in [first, second] where random.uniform() < step.probability {
            result = step.operation.apply(to: result, magnitude: step.magnitude, &random)
        }
        return result
    }

    /// The published table, its repetitions included: they make those pairs more likely.
    static let policy: [(Step, Step)] = [
        (step(.posterize, 0.4, 8), step(.rotate, 0.6, 9)),
        (step(.solarize, 0.6, 5), step(.autocontrast, 0.6, 5)),
        (step(.equalize, 0.8, 8), step(.equalize, 0.6, 3)),
        (step(.posterize, 0.6, 7), step(.posterize, 0.6, 6)),
        (step(.equalize, 0.4, 7), step(.solarize, 0.2, 4)),
        (step(.equalize, 0.4, 4), step(.rotate, 0.8, 8)),
        (step(.solarize, 0.6, 3), step(.equalize, 0.6, 7)),
        (step(.posterize, 0.8, 5), step(.equalize, 1.0, 2)),
        (step(.rotate, 0.2, 3), step(.solarize, 0.6, 8)),
        (step(.equalize, 0.6, 8), step(.posterize, 0.4, 6)),
        (step(.rotate, 0.8, 8), step(.colour, 0.4, 0)),
        (step(.rotate, 0.4, 9), step(.equalize, 0.6, 2)),
        (step(.equalize, 0.0, 7), step(.equalize, 0.8, 8)),
        (step(.invert, 0.6, 4), step(.equalize, 1.0, 8)),
        (step(.colour, 0.6, 4), step(.contrast, 1.0, 8)),
        (step(.rotate, 0.8, 8), step(.colour, 1.0, 2)),
        (step(.colour, 0.8, 8), step(.solarize, 0.8, 7)),
        (step(.sharpness, 0.4, 7), step(.invert, 0.6, 8)),
        (step(.shearX, 0.6, 5), step(.equalize, 1.0, 9)),
        (step(.colour, 0.4, 0), step(.equalize, 0.6, 3)),
        (step(.equalize, 0.4, 7), step(.solarize, 0.2, 4)),
        (step(.solarize, 0.6, 5), step(.autocontrast, 0.6, 5)),
        (step(.invert, 0.6, 4), step(.equalize, 1.0, 8)),
        (step(.colour, 0.6, 4), step(.contrast, 1.0, 8)),
        (step(.equalize, 0.8, 8), step(.equalize, 0.6, 3)),
    ]

    private static func step(_ operation: Operation, _ probability: Double, _ magnitude: Int) -> Step {
        Step(operation: operation, probability: probability, magnitude: magnitude)
    }
}

extension AutoAugment {
    /// What a step does, and what its magnitude index `m`, `0 ... 9`, means.
    enum Operation: CaseIterable {
        /// Columns move by `± m/30` of their row; a random sign.
        case shearX
        /// Counter-clockwise by `10·m/3` degrees; never clockwise.
        case rotate
        /// Saturation times `1 ± m/10`; a random sign.
        case colour
        /// Contrast times `1 ± m/10`; a random sign.
        case contrast
        /// Sharpness times `1 ± m/10`; a random sign.
        case sharpness
        /// Keeps `8 − ⌊m/2⌋` bits: 8, 8, 7, 7, 6, 6, 5, 5, 4, 4.
        case posterize
        /// Inverts values from `256·(1 − m/9)` on.
        case solarize
        /// Spreads the values over the whole range; no magnitude.
        case autocontrast
        /// Makes the histogram flat; no magnitude.
        case equalize
        /// The negative; no magnitude.
        case invert

        /// Applies the operation, drawing a sign where it has one.
        func apply(to image: Image, magnitude: Int, _ random: inout RandomStream) -> Image {
            let strength = Double(magnitude) / 10
            return switch self {
            case .shearX: image.shearedHorizontally(by: sign(&random) * Double(magnitude) / 30)
            case .rotate: image.rotated(degrees: Double(magnitude) * 10 / 3)
            case .colour: image.withColour(1 + sign(&random) * strength)
            case .contrast: image.withContrast(1 + sign(&random) * strength)
            case .sharpness: image.withSharpness(1 + sign(&random) * strength)
            case .posterize: image.posterized(bits: 8 - magnitude / 2)
            case .solarize: image.solarized(threshold: 256 - 256 * Double(magnitude) / 9)
            case .autocontrast: image.withFullRange()
            case .equalize: image.equalized()
            case .invert: image.inverted()
            }
        }

        private func sign(_ random: inout RandomStream) -> Double {
            random.below(2) == 0 ? 1 : -1
        }
    }
}
