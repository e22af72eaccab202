// SPDX-License-Identifier: MIT

internal import Pages
internal import Retrieval

/// How alike pairs of images are that show the same identity or not, taken by the same camera or not.
struct HistogramSection {
    private let run: ReportedRun

    init(_ run: ReportedRun) { self.run = run }

    var section: Page.Section? {
        let charts = run.rows.compactMap { row in row.evidence.map { Self.chart(of: $0, named: row.name).html } }
        guard !charts.isEmpty else { return nil }
        let legend = HTML.element(
            .p, [.style("faint")],
            "Pairs of a query and a gallery image, in percent of the pairs of their kind. The farther the same identity lies from "
                + "others, the better; where the camera moves a curve, the network sees cameras.")
        return Page.Section("histograms", "Likeness of pairs", [legend, .element(.div, [.style("charts")], charts)])
    }

    /// Bins by their edges; of cosines the axis runs the other way than that of distances.
    static func chart(of evidence: RankingEvidence, named name: String) -> Chart {
        let histogram = evidence.histogram
        let width = (histogram.upper - histogram.lower) / Double(DistanceHistogram.binCount)
        let series = DistanceHistogram.Pairs.allCases.compactMap { pairs -> Chart.Series? in
            let counts = (histogram.counts[pairs.rawValue] ?? []).map { Double($0) }
            let all = counts.reduce(0, +)
            guard all > 0 else { return nil }
            let edges = (0...counts.count).map { histogram.lower + Double($0) * width }
            let shares = counts.map { 100 * $0 / all }
            let points =
                switch evidence.measure {
                case .distance: zip(edges, shares + [0]).map { (x: $0, y: $1) }
                case .cosine: zip(edges.reversed(), shares.reversed() + [0]).map { (x: 1 - $0 / 2, y: $1) }
                }
            return Chart.Series(pairs.rawValue, points)
        }
        return Chart(
            "\(name): pairs, %", across: evidence.measure == .cosine ? "cosine" : "distance", series, shape: .steps)
    }
}
