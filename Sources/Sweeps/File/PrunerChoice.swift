// SPDX-License-Identifier: MIT

public import Configuration

/// When a trial is given up before its end.
public struct PrunerChoice: Sendable {
    /// What it is given up for.
    public enum Rule: Sendable, Equatable {
        /// Its best value until an epoch is worse than the median of the others' at that epoch.
        ///
        /// - Parameters:
        ///   - startup: Other trials that must have a value there.
        ///   - after: Epochs that no trial is given up before.
        case median(startup: Int, after: Int)
        /// At `first` epochs, `reduction` times as many, and so on, it is not among the best of those that came so far: of
        /// one in `reduction`. The first to come there go on, one less than `reduction` of them.
        ///
        /// - SeeAlso: Li et al., "A system for massively parallel hyperparameter tuning", MLSys 2020, algorithm 2.
        case asha(reduction: Int, first: Int)
    }

    public let rule: Rule
    /// The stage that is watched.
    public let stage: Located<String>
    /// The figure that the stage records at the ends of epochs, as in `events.jsonl`.
    public let figure: String
    /// Which way that figure is better.
    public let direction: Objective.Direction

    enum Word: String, CaseIterable {
        case none, median, asha
    }
}

extension ValueReader where Value == PrunerChoice? {
    /// - Parameter objective: What trials are ranked by. A pruner that watches another figure says which way that is better.
    static func pruner(under objective: Objective) -> ValueReader {
        .oneOf(PrunerChoice.Word.self) { word, mapping in
            let rule: PrunerChoice.Rule
            switch word {
            case .none: return .some(nil)
            case .median:
                rule = .median(
                    startup: mapping.optional("startup", .integer(SweepLimits.startup))?.value ?? 4,
                    after: mapping.optional("after", .integer(SweepLimits.epochs))?.value ?? 1)
            case .asha:
                rule = .asha(
                    reduction: mapping.optional("reduction", .integer(SweepLimits.reduction))?.value ?? 3,
                    first: mapping.optional("first", .integer(SweepLimits.epochs))?.value ?? 1)
            }
            let figure = mapping.optional("figure", .name)
            let direction = mapping.optional("direction", .choice(Objective.Direction.self))
            let watched = figure?.value ?? "mAP"
            if direction == nil, !mapping.has("direction"), watched != objective.figure {
                mapping.collector.report(
                    .missing(
                        key: "direction",
                        expected: "maximize or minimize, as '\(watched)' is not the objective's '\(objective.figure)'"),
                    at: figure?.span ?? mapping.span, keyPath: mapping.keyPath)
            }
            return mapping.required("stage", .name).map {
                PrunerChoice(
                    rule: rule, stage: $0, figure: watched, direction: direction?.value ?? objective.direction)
            }
        }
    }
}
