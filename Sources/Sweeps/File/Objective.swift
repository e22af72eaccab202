// SPDX-License-Identifier: MIT

internal import Configuration
public import Pipeline

/// What trials are ranked by: a figure of a row of their results.
public struct Objective: Sendable, Equatable {
    /// Which way is better.
    public enum Direction: String, Sendable, CaseIterable {
        case maximize, minimize

        /// Whether one value is better than another.
        public func prefers(_ value: Double, to other: Double) -> Bool { self == .maximize ? value > other : value < other }
    }

    /// The row's name; nil for the last row.
    public let row: String?
    /// The figure's name, as in `result.json`.
    public let figure: String
    public let direction: Direction

    init(row: String? = nil, figure: String = "mAP", direction: Direction = .maximize) {
        self.row = row
        self.figure = figure
        self.direction = direction
    }

    /// Whether one value is better than another.
    public func prefers(_ value: Double, to other: Double) -> Bool {
        direction.prefers(value, to: other)
    }

    /// The figure of a run.
    ///
    /// - Throws: ``SweepError/noRow(wanted:run:found:)`` or ``SweepError/noFigure(wanted:row:run:found:)`` where the run has
    ///   none, ``SweepError/notFinite(figure:run:)`` where it is no number.
    public func value(of result: RunResult) throws -> Double {
        let run = "\(RunName(experiment: result.experiment, run: result.run))"
        guard let found = result.rows.last(where: { row == nil || $0.name == row }) else {
            throw SweepError.noRow(wanted: row, run: run, found: result.rows.map(\.name))
        }
        guard let value = found.figures[figure] else {
            throw SweepError.noFigure(wanted: figure, row: found.name, run: run, found: found.figures.keys.sorted())
        }
        guard value.isFinite else { throw SweepError.notFinite(figure: figure, run: run) }
        return value
    }
}

extension ValueReader where Value == Objective {
    static var objective: ValueReader {
        .mapping { mapping in
            let standard = Objective()
            return Objective(
                row: mapping.optional("row", .name)?.value,
                figure: mapping.optional("figure", .name)?.value ?? standard.figure,
                direction: mapping.optional("direction", .choice())?.value ?? standard.direction)
        }
    }
}
