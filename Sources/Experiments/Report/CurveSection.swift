// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pages
internal import Pipeline

/// How trainings went: scores, losses and clusters over epochs.
struct CurveSection {
    private let run: ReportedRun

    init(_ run: ReportedRun) { self.run = run }

    var section: Page.Section? {
        let content = run.stages.flatMap { stage -> [HTML] in
            let charts = StageCurves(stage.events).charts
            guard !charts.isEmpty else { return [] }
            return [.element(.h3, stage.name), .element(.div, [.style("charts")], charts.map(\.html))]
        }
        return content.isEmpty ? nil : Page.Section("curves", "Curves", content)
    }
}

/// A stage's recorded values as charts: one for each name, with a curve for each training of the stage.
struct StageCurves {
    /// Values of one name and training, epoch after epoch.
    private struct Curve {
        let name: String
        let series: String
        let points: [(x: Double, y: Double)]
    }

    /// What says how the program fares, not the training; changes, which curves show themselves; and what is a setting.
    private static let unshown = ["checkpoint/", "loading/", "learning_rate", ResourceUse.prefix]
    /// What is looked at first.
    private static let order = ["mAP", "top1", "loss/", "clusters", "outliers", "outlier_share", "largest_cluster_share"]

    private let curves: [Curve]

    /// - Parameter events: In the order of writing; of an epoch that is there twice the later one counts.
    init(_ events: [Event]) {
        // A stage with several trainings has their names before those of their losses.
        let parts = Set(
            events.compactMap { event in event.name.range(of: "/loss/").map { String(event.name[..<$0.lowerBound]) } }
        ).sorted { ($0.count, $0) > ($1.count, $1) }
        var names: [String] = []
        var values: [String: [Int: Double]] = [:]
        for event in events {
            if values[event.name] == nil { names.append(event.name) }
            values[event.name, default: [:]][event.epoch] = event.value
        }
        curves = names.compactMap { full in
            let part = parts.first { full.hasPrefix("\($0)/") } ?? ""
            let name = part.isEmpty ? full : String(full.dropFirst(part.count + 1))
            guard !Self.unshown.contains(where: name.hasPrefix), !name.hasSuffix("_change") else { return nil }
            let (chart, series) = Self.place(of: name, in: part)
            // Shares in percent, as in the table.
            let scale = ["mAP", "top1"].contains(chart) ? 100.0 : 1
            let points = (values[full] ?? [:]).sorted { $0.key < $1.key }
                .map { (x: Double($0.key) + 1, y: scale * $0.value) }
            return Curve(name: chart, series: series, points: points)
        }
    }

    /// The scores of several networks, and the best of all until then, are seen beside each other.
    private static func place(of name: String, in part: String) -> (chart: String, series: String) {
        if name == "oracle_mAP" { return ("mAP", "best until then") }
        for chart in ["mAP", "top1"] where name.hasPrefix("\(chart)/") {
            return (chart, String(name.dropFirst(chart.count + 1)))
        }
        return (name, part.isEmpty ? "last" : part)
    }

    var charts: [Chart] {
        var names: [String] = []
        for curve in curves where !names.contains(curve.name) { names.append(curve.name) }
        let place = { (name: String) in Self.order.firstIndex { name.hasPrefix($0) } ?? Self.order.count }
        return names.enumerated().sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
            .flatMap { _, name in
                let own = curves.filter { $0.name == name }
                return stride(from: 0, to: own.count, by: Chart.mostSeries).map { first in
                    let shown = own[first..<min(first + Chart.mostSeries, own.count)]
                    return Chart(
                        Self.title(of: name), across: "epoch",
                        shown.map { Chart.Series(Self.title(of: $0.series), $0.points) })
                }
            }
    }

    private static func title(of name: String) -> String {
        if name == "mAP" { return "mAP, %" }
        if name == "top1" { return "top-1, %" }
        return (name.hasPrefix("loss/") ? "loss: \(name.dropFirst(5))" : name).replacing("_", with: " ")
    }
}
