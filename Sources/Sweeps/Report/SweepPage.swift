// SPDX-License-Identifier: MIT

internal import Configuration
internal import Foundation
internal import Pages
public import Pipeline

/// What a sweep has come to until now as a page, `sweep.html`, in one file that needs no other.
public struct SweepPage {
    /// How many of the best trials are in its table.
    static let mostTrials = 10

    private let report: SweepReport
    private let study: Study
    private let figure: FigureColumn
    private let charts: TrialCharts

    /// - Parameter figure: How the objective's values are shown.
    public init(_ report: SweepReport, of study: Study, _ figure: FigureColumn) {
        self.report = report
        self.study = study
        self.figure = figure
        charts = TrialCharts(report, pruner: study.sweep.pruner, figure)
    }

    /// Writes the file, whole or not at all.
    ///
    /// - Throws: Device errors.
    public func write() throws {
        try DurableFile.replace(
            study.folder.pageFile, with: Foundation.Data(page.text.utf8), isLasting: false, isShared: true)
    }

    var page: Page {
        Page(
            "sweep \(report.sweep)", opening: opening,
            [varied, bestTrials, overTrials, settings, importance, failures].compactMap { $0 })
    }

    private var opening: [HTML] {
        let seconds = report.trials.reduce(0) { $0 + $1.trial.seconds }
        let facts = [report.counts, "computed in \(ProgressLine.duration(seconds))"]
        var lines = [HTML.element(.p, [.style("faint")], facts.joined(separator: " · "))]
        guard let best = report.best else {
            return lines + [.element(.p, "No trial is complete yet.")]
        }
        let trial = "trial \(best.trial.number + 1): \(figure.heading) \(best.trial.text(figure))"
        lines.append(.element(.p, [HTML("Best is \(trial), with")]))
        lines.append(.element(.pre, best.trial.assignments.joined(separator: "\n")))
        return lines
    }

    // MARK: Sections

    private var varied: Page.Section {
        let sweep = study.sweep
        let hasConditions = sweep.space.dimensions.contains { !$0.conditions.isEmpty }
        let rows = sweep.space.dimensions.map { dimension in
            ([dimension.key, dimension.rangeText] + (hasConditions ? [dimension.conditionText] : []))
                .map(Table.Cell.text)
        }
        let objective = report.objective
        let facts: [[String]] = [
            ["experiment", URL(fileURLWithPath: sweep.experiment.value).deletingPathExtension().lastPathComponent],
            ["fixed", sweep.fixed.map(\.assignment).joined(separator: " ")],
            [
                "ranked by",
                "\(figure.heading) of \(objective.row.map { "the row '\($0)'" } ?? "the last row"), \(objective.direction)",
            ],
            ["sampler", "\(sweep.sampler.word)"], ["pruner", sweep.pruner?.text ?? ""],
            ["seeds", sweep.seeds.map { "\($0)" }.joined(separator: ", ")], ["trials", "\(report.planned) at most"],
        ]
        return Page.Section(
            "varied", "What is varied",
            [
                Table(["setting", "values"] + (hasConditions ? ["when"] : []), rows).html,
                Table(["", ""], facts.filter { !$0[1].isEmpty }.map { $0.map(Table.Cell.text) }).html,
            ])
    }

    private var bestTrials: Page.Section? {
        let ranked = report.trials.filter { $0.rank != nil }
        guard !ranked.isEmpty else { return nil }
        let dimensions = study.sweep.space.dimensions
        let rows = ranked.prefix(Self.mostTrials).map { row in
            let values = row.trial.values
            let settings = dimensions.map { dimension in
                Table.Cell(HTML(values[dimension.key] ?? "-"), isNumber: !dimension.hasChoices)
            }
            let trial: [Table.Cell] = [
                .number("\(row.rank ?? 0)"), .number("\(row.trial.number + 1)"), .number(row.trial.text(figure)),
                .number(ProgressLine.duration(row.trial.seconds)),
            ]
            return trial + settings + [.number(row.trial.digest)]
        }
        let headings = ["rank", "trial", figure.heading, "took"] + dimensions.map(\.key) + ["folder"]
        let title = ranked.count > Self.mostTrials ? "The \(Self.mostTrials) best of \(ranked.count) trials" : "Trials"
        return Page.Section("trials", title, [Table(headings, rows).html])
    }

    private var overTrials: Page.Section? {
        charts.isEmpty ? nil : Page.Section("course", "Course", [grid([charts.overTrials])])
    }

    private var settings: Page.Section? {
        guard !charts.isEmpty else { return nil }
        return Page.Section("settings", "Settings", [grid(study.sweep.space.dimensions.map(charts.over))])
    }

    private func grid(_ charts: [Chart]) -> HTML { .element(.div, [.style("charts")], charts.map(\.html)) }

    private var importance: Page.Section? {
        guard !report.importance.isEmpty else { return nil }
        let rows = report.importance.map { row in
            [
                Table.Cell.text(row.setting), .bar(row.percent, share: row.share), .number("\(row.trials)"),
                .number("\(row.groups)"),
            ]
        }
        return Page.Section(
            "importance", "Importance of settings",
            [
                Table(["setting", "share of the variance", "trials", "groups"], rows).html,
                .element(.p, [.style("faint")], Self.meaning),
            ])
    }

    private static let meaning =
        "How much of the variance of the complete trials' values goes with one setting alone: ε² of an analysis of variance, "
        + "adjusted so that a setting without effect comes to 0 on average. What settings do only together, and chance, is in "
        + "no share. Trials lie where the sampler put them: values that it soon left alone count for less than they would if "
        + "the whole space had been tried alike."

    private var failures: Page.Section? {
        let failed = report.trials.filter { $0.trial.error != nil }
        guard !failed.isEmpty else { return nil }
        let rows = failed.map { row in
            [
                Table.Cell.number("\(row.trial.number + 1)"), .text(row.trial.assignments.joined(separator: " ")),
                .text(row.trial.error ?? ""),
            ]
        }
        return Page.Section("failed", "Failed trials", [Table(["trial", "settings", "reason"], rows).html])
    }
}

extension Dimension {
    fileprivate var hasChoices: Bool { if case .choices = domain { true } else { false } }

    /// The values that there are, to people.
    fileprivate var rangeText: String {
        switch domain {
        case .choices(let values): values.map(\.assigned).joined(separator: ", ")
        case .integers(let range, let isLogarithmic):
            "\(range.lowerBound) to \(range.upperBound), whole" + (isLogarithmic ? ", equal ratios" : "")
        case .numbers(let range, let isLogarithmic):
            "\(range.lowerBound) to \(range.upperBound)" + (isLogarithmic ? ", equal ratios" : "")
        }
    }

    fileprivate var conditionText: String {
        conditions.map { "\($0.key) is \($0.values.map(\.assigned).joined(separator: " or "))" }
            .joined(separator: ", ")
    }
}

extension PrunerChoice {
    fileprivate var text: String {
        let word =
            switch rule {
            case .median: Word.median
            case .asha: Word.asha
            }
        return "\(word), by \(figure) of \(stage.value)"
    }
}
