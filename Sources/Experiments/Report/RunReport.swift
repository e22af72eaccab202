// SPDX-License-Identifier: MIT

internal import Data
internal import Foundation
internal import Pages
public import Pipeline

/// What a run came to as a page, `report.html`, and its pictures for slides, `report/`.
public struct RunReport {
    /// What pictures may take: with curves and tables the file has less than 8 MB, and can be sent by mail.
    private static let mostPictureBytes = 6_000_000

    private let run: ReportedRun

    /// Reads a run's folder; what cannot be read is named in the report.
    ///
    /// - Throws: `PipelineError.corruptFile(path:reason:)` where the folder has no plan that can be read.
    /// - Complexity: Reads all recorded values.
    public init(of folder: RunFolder) throws {
        run = try ReportedRun(folder)
    }

    /// Writes the page and the pictures, each whole or not at all.
    ///
    /// - Parameter renewing: Whether rank lists are drawn anew that are there and newer than what they are drawn of.
    /// - Throws: Device errors.
    public func write(renewing: Bool = true) throws {
        try DurableFile.replace(
            run.folder.reportFile, with: Foundation.Data(page().text.utf8), isLasting: false, isShared: true)
        try writePictures(renewing: renewing)
    }

    /// The page.
    func page() -> Page {
        let budget = PictureBudget(Self.mostPictureBytes)
        let sections: [Page.Section?] = [
            StageSection(run).section, ResultSection(run).section, CurveSection(run).section,
            TranslationSection(run, budget).section, RankingSection(run, budget).section,
            HistogramSection(run).section, ResourceSection(run).section, SettingSection(run).section,
            ProvenanceSection(run).section,
        ]
        return Page(run.plan.experiment, opening: opening, sections.compactMap { $0 })
    }

    private var opening: [HTML] {
        let result = run.result
        let seconds = (result?.stages ?? []).reduce(0) { $0 + ($1.reused ? 0 : $1.seconds) }
        let facts =
            ["run \(run.folder.run)"] + (run.folder.beganText.map { ["begun \($0)"] } ?? [])
            + [state, "computed in \(ProgressLine.duration(seconds))"]
        var lines = [HTML.element(.p, [.style("faint")], facts.joined(separator: " · "))]
        if let error = result?.error { lines.append(.element(.p, [.style("failed")], "Failed: \(error)")) }
        for problem in run.problems { lines.append(.element(.p, [.style("failed")], "Left out: \(problem)")) }
        for note in result?.notes ?? [] { lines.append(.element(.p, "Note: \(note)")) }
        return lines
    }

    private var state: String {
        switch run.result?.status {
        case .completed: "completed"
        case .failed: "failed"
        case .interrupted: "interrupted, can be resumed"
        case .stopped: "stopped at the stage that was named, can be resumed"
        case .running: "running when this was written"
        case nil: "not begun"
        }
    }

    // MARK: Slides

    private func writePictures(renewing: Bool) throws {
        let folder = run.folder.reportPictures
        for stage in run.stages {
            for (index, row) in stage.rows.enumerated() {
                let name = "ranks-\(stage.name)-\(index + 1).png"
                guard let evidence = stage.evidence(of: row),
                    renewing || !isNewer(folder.appendingPathComponent(name), than: run.folder.evidence(of: stage.name))
                else { continue }
                try write(as: name, in: folder) { RankPicture(evidence).image }
            }
            guard let strip = TranslationStrip(stage, targets: run.targetPictures) else { continue }
            try write(as: "translation-\(stage.name).png", in: folder) { strip.image }
        }
    }

    /// Whether both are there, and one has been made after the last file of the other.
    private func isNewer(_ file: URL, than folder: URL) -> Bool {
        let dates = [file, folder].map {
            try? FileManager.default.attributesOfItem(atPath: $0.path)[.modificationDate] as? Date
        }
        guard let made = dates[0], let changed = dates[1] else { return false }
        return made > changed
    }

    private func write(as name: String, in folder: URL, _ image: () -> Image?) throws {
        guard let picture = try image()?.png() else { return }
        try DurableFile.makeFolders(folder)
        try DurableFile.replace(
            folder.appendingPathComponent(name), with: Foundation.Data(picture), isLasting: false, isShared: true)
    }
}

/// How many bytes of pictures a page may still hold.
final class PictureBudget {
    private var left: Int
    /// Whether a picture was left out.
    private(set) var isSpent = false

    init(_ bytes: Int) { left = bytes }

    /// A picture where there is room for it.
    func take(_ format: Picture.Format, _ file: Foundation.Data?) -> Picture? {
        guard let file else { return nil }
        let picture = Picture(format, file)
        guard picture.byteCount <= left else {
            isSpent = true
            return nil
        }
        left -= picture.byteCount
        return picture
    }
}
