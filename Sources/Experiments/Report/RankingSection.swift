// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pages
internal import Pipeline
internal import Retrieval

/// What was found for the best queries, those in the middle and the worst, row by row of the result.
struct RankingSection {
    private let run: ReportedRun
    private let budget: PictureBudget

    init(_ run: ReportedRun, _ budget: PictureBudget) {
        self.run = run
        self.budget = budget
    }

    var section: Page.Section? {
        // The last row first in the budget: it is what most people look for.
        let shown = run.rows.reversed().compactMap { row in row.evidence.map { (row: row, lists: lists(of: $0)) } }
        guard let last = shown.first else {
            return run.rows.isEmpty ? nil : Page.Section("ranks", "Rank lists", [Self.missing])
        }
        let content = shown.reversed().map { row, lists in
            HTML.element(
                .details, row.name == last.row.name ? [Attribute("open", "")] : [],
                [.element(.summary, "\(row.name): mAP \(row.cell(.mAP))")] + lists)
        }
        let legend = HTML.element(
            .p, [.style("faint")],
            "Each line: a query, and the ten gallery images nearest to it. ✓ with a whole frame is who was looked for, ✗ with a "
                + "broken one somebody else, – in grey counts as nothing under the protocol: the query's own camera, or nobody. "
                + "Cameras are counted: c1 is the dataset's first, whatever its number. AP is the query's average precision."
        )
        let left = HTML.element(
            .p, [], "Some pictures were left out, so that this file stays below 8 MB; they are in the folder report/.")
        return Page.Section("ranks", "Rank lists", [legend] + (budget.isSpent ? [left] : []) + content)
    }

    private static let missing = HTML.element(
        .p, [.style("faint")], "The program that made this run kept no rankings: there is nothing to show of them.")

    private func lists(of evidence: RankingEvidence) -> [HTML] {
        evidence.lists.flatMap { list -> [HTML] in
            let title = "\(list.grade.rawValue) · AP \(String(format: "%.1f", 100 * list.averagePrecision))"
            let query = figure(list.query, evidence, "query", "query")
            let nearest = list.nearest.map { figure($0.shot, evidence, $0.verdict.mark, $0.verdict.rawValue) }
            return [
                .element(.p, [.element(.strong, title), .element(.span, [.style("faint")], " \(list.query.name)")]),
                .element(.div, [.style("ranks")], [query] + nearest),
            ]
        }
    }

    private func figure(
        _ shot: RankingEvidence.Shot, _ evidence: RankingEvidence, _ mark: String, _ style: String
    ) -> HTML {
        // A file may hold any number: the largest is nobody's camera, and no reason to stop.
        let camera = shot.camera &+ 1
        let words = "\(style): \(shot.name), identity \(shot.identity), camera \(camera)"
        let picture = budget.take(.jpeg, evidence.pictures[shot.picture])
        let image = picture.map {
            HTML.element(.img, [.source($0), Attribute("alt", words), Attribute("title", words)], [])
        }
        return .element(
            .figure, [Attribute("class", style)],
            [image ?? .empty, .element(.figcaption, mark == "query" ? mark : "\(mark) c\(camera)")])
    }
}

extension RankingInspection.Verdict {
    /// What says it without a colour.
    var mark: String {
        switch self {
        case .right: "✓"
        case .wrong: "✗"
        case .ignored: "–"
        }
    }
}
