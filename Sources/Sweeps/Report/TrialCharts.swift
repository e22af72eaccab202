// SPDX-License-Identifier: MIT

internal import Pages
internal import Pipeline

/// The values that a sweep's trials came to, as charts.
struct TrialCharts {
    /// A trial that has a value to be shown.
    private struct Point {
        let trial: SweepTrial
        /// In the figure's unit.
        let value: Double
    }

    /// Complete trials in the order in which they were begun.
    private let complete: [Point]
    /// Those that were given up, with the last value that they recorded; none where a pruner watches another figure.
    private let pruned: [Point]
    private let best: Point?
    private let objective: Objective
    private let title: String

    init(_ report: SweepReport, pruner: PrunerChoice?, _ figure: FigureColumn) {
        let factor = figure.unit.factor
        let trials = report.trials.map(\.trial).sorted { $0.number < $1.number }
        complete = trials.compactMap { trial in trial.value.map { Point(trial: trial, value: factor * $0) } }
        pruned = trials.compactMap { trial in
            guard pruner?.figure == report.objective.figure, trial.state == .pruned,
                let last = trial.reports.max(by: { $0.key < $1.key })
            else { return nil }
            return Point(trial: trial, value: factor * last.value)
        }
        best = report.best.flatMap { best in best.trial.value.map { Point(trial: best.trial, value: factor * $0) } }
        objective = report.objective
        title = figure.heading + (figure.unit == .percent ? ", %" : "")
    }

    /// Whether there is anything to show.
    var isEmpty: Bool { complete.isEmpty && pruned.isEmpty }

    /// Values over the trials' numbers, with the best until then.
    var overTrials: Chart {
        let place = { (point: Point) in Double(point.trial.number + 1) }
        var steps: [(x: Double, y: Double)] = []
        for point in complete {
            let before = steps.last?.y
            let isBetter = before.map { objective.prefers(point.value, to: $0) } ?? true
            steps.append((place(point), isBetter ? point.value : before ?? point.value))
        }
        return Chart(
            title, across: "trial",
            series(place, best: Chart.Series("best until then", steps, shape: .steps)), shape: .dots)
    }

    /// Values over one setting's, where trials have it.
    func over(_ dimension: Dimension) -> Chart {
        let place = { (point: Point) in point.trial.coordinates[dimension.key] ?? .nan }
        let best = best.map { Chart.Series("best", [(place($0), $0.value)]) }
        return Chart(
            "\(title) over \(dimension.key)", across: dimension.key, series(place, best: best), shape: .dots,
            scale: dimension.scale)
    }

    private func series(_ place: (Point) -> Double, best: Chart.Series?) -> [Chart.Series] {
        let given = Self.dots(pruned, place)
        return [Chart.Series("complete", Self.dots(complete, place))] + (best.map { [$0] } ?? [])
            + (given.isEmpty ? [] : [Chart.Series("given up, last value", given)])
    }

    private static func dots(_ points: [Point], _ place: (Point) -> Double) -> [(x: Double, y: Double)] {
        points.map { (x: place($0), y: $0.value) }.filter { $0.x.isFinite }
    }
}

extension Dimension {
    /// The axis on which a chart has it.
    fileprivate var scale: Chart.Scale {
        switch domain {
        case .choices(let values): .names(values.map(\.assigned))
        case .integers(let range, let isLogarithmic):
            Self.scale(Double(range.lowerBound)...Double(range.upperBound), isLogarithmic)
        case .numbers(let range, let isLogarithmic): Self.scale(range, isLogarithmic)
        }
    }

    private static func scale(_ range: ClosedRange<Double>, _ isLogarithmic: Bool) -> Chart.Scale {
        isLogarithmic ? .ratios(range) : .range(range)
    }
}
