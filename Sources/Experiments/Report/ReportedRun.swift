// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline
internal import Vocabulary

/// A run as its folder tells of it; what cannot be read is left out and said.
struct ReportedRun {
    /// A stage of the plan with what it has left.
    struct Stage {
        let plan: StagePlan
        /// Nothing where it is not done.
        let result: StageResult?
        let rows: [ResultRow]
        let events: [Event]
        let evidence: [RankingEvidence]
        /// Pictures that it left, by name.
        let samples: [URL]

        var name: String { plan.name }

        /// What a row of it is made of; nothing where that was not kept.
        func evidence(of row: ResultRow) -> RankingEvidence? { evidence.first { $0.isOf(row) } }
    }

    let folder: RunFolder
    let plan: Plan
    let result: RunResult?
    let stages: [Stage]
    /// The experiment's file, resolved.
    let experiment: String
    /// What could not be read.
    let problems: [String]

    /// - Throws: `PipelineError.corruptFile(path:reason:)` where there is no plan that can be read: a folder without is no
    ///   run.
    init(_ folder: RunFolder) throws {
        var problems: [String] = []
        func reading<Value>(_ otherwise: Value, _ read: () throws -> Value) -> Value {
            do {
                return try read()
            } catch {
                problems.append("\(error)")
                return otherwise
            }
        }
        let plan = try folder.plan()
        let result = reading(nil) { try folder.result() }
        let log = reading([]) {
            DurableFile.lstatSucceeds(folder.eventsFile) ? try Event.read(from: folder.eventsFile) : []
        }
        let events = Dictionary(grouping: log, by: \.stage)
        stages = plan.stages.map { stage in
            Stage(
                plan: stage, result: result?.stages.first { $0.name == stage.name },
                rows: reading(nil) { try folder.manifest(of: stage.name) }?.rows ?? [], events: events[stage.name] ?? [],
                evidence: Self.files(.json, in: folder.evidence(of: stage.name)).compactMap { file in
                    reading(nil) { try JSONFile.read(RankingEvidence.self, from: file) }
                },
                samples: Self.files(.png, in: folder.samples(of: stage.name)))
        }
        experiment = reading("") { try String(contentsOf: folder.experimentFile, encoding: .utf8) }
        self.folder = folder
        self.plan = plan
        self.result = result
        self.problems = problems
    }

    /// The rows of all stages that are done, as the result has them, each with what it is made of where that was kept.
    var rows: [ReportedRow] {
        // Of stages whose folders are gone the result still tells.
        guard stages.contains(where: { !$0.rows.isEmpty }) else {
            return (result?.rows ?? []).map { ReportedRow(name: $0.name, row: $0, evidence: nil) }
        }
        let named = stages.reduce([]) { $0.appending($1.rows, of: $1.name) }
        let made = stages.flatMap { stage in stage.rows.map { stage.evidence(of: $0) } }
        return zip(named, made).map { ReportedRow(name: $0.name, row: $0, evidence: $1) }
    }

    /// Small pictures of the target's queries: of the first row that has them. An evaluation's may be of any dataset.
    var targetPictures: [Foundation.Data] {
        let scored = stages.filter { $0.plan.method != EvaluateSettings.method }
        let first = scored.lazy.compactMap { stage in stage.rows.lazy.compactMap(stage.evidence).first }.first
        guard let evidence = first else { return [] }
        return evidence.lists.compactMap { evidence.pictures[$0.query.picture] }
    }

    private static func files(_ ending: FileEnding, in folder: URL) -> [URL] {
        let names = (try? DurableFile.names(in: folder)) ?? []
        return names.filter { ending.isOf($0) && !$0.hasPrefix(".") }.sorted()
            .map(folder.appendingPathComponent)
    }
}

/// A row of the result as a report shows it.
struct ReportedRow {
    /// Another for each row.
    let name: String
    let row: ResultRow
    let evidence: RankingEvidence?

    /// A figure as people read it.
    func cell(_ column: FigureColumn) -> String { column.cell(row.figures) }
}
