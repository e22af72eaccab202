// SPDX-License-Identifier: MIT

internal import Pages
internal import Pipeline

/// What the run's process took of the machine, over epochs.
struct ResourceSection {
    private let run: ReportedRun

    init(_ run: ReportedRun) { self.run = run }

    var section: Page.Section? {
        let charts = ResourceUse.Figure.allCases.compactMap(chart).map(\.html)
        guard !charts.isEmpty else { return nil }
        return Page.Section("resources", "Resources", [.element(.div, [.style("charts")], charts)])
    }

    /// One curve a stage, over the time since the run's first value; a reused stage has the values of the run that computed
    /// it, and is left out.
    private func chart(_ figure: ResourceUse.Figure) -> Chart? {
        let computed = run.stages.filter { $0.result?.reused != true }
        let values = computed.map { stage in
            (stage.name, stage.events.filter { $0.name.hasSuffix(figure.eventName) }.sorted { $0.time < $1.time })
        }.filter { !$0.1.isEmpty }
        guard let start = computed.flatMap(\.events).map(\.time).min(), !values.isEmpty else { return nil }
        let series = values.prefix(Chart.mostSeries).map { name, events in
            Chart.Series(name, events.map { (x: ($0.time - start) / 60, y: $0.value / figure.unit) })
        }
        return Chart(figure.title, across: "minutes", Array(series))
    }
}
