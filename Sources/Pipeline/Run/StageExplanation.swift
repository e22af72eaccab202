// SPDX-License-Identifier: MIT

public import Foundation

/// Why a stage would run again: in what it differs from the run before that is nearest to it.
public struct StageExplanation: Sendable, Equatable, Encodable {
    /// A field that determines the stage's result and has another value than in the earlier run.
    public struct Field: Sendable, Equatable, Encodable {
        /// The field, keys joined by dots: `settings.epochs`, `seed`, `data`, or `data.images` where it is known
        /// what of the data differs.
        public let path: String
        /// The value in the earlier run; nil where the field was absent.
        public let old: JSONValue?
        /// The value now; nil where the field is absent.
        public let new: JSONValue?
        /// Where the new value is written, as `file:line:column`; nil where nobody knows, as for a default.
        public let place: String?
    }

    /// Where a value of a stage is written: from the stage's name and the field's path, or nil.
    public typealias Places = (_ stage: String, _ path: String) -> String?

    /// The stage's name.
    public let stage: String
    /// The earlier run; nil where no run has finished such a stage.
    public let run: RunName?
    /// The earlier run's name for the stage.
    public let runStage: String?
    /// The fields of the stage itself that differ.
    public let fields: [Field]
    /// The stages whose results go into this one and differ, each explained.
    public let inputs: [StageExplanation]

    /// How many fields differ, those of all inputs included.
    public var fieldCount: Int { fields.count + inputs.reduce(0) { $0 + $1.fieldCount } }
}

extension Plan {
    /// Why a stage of this plan would run again.
    ///
    /// It is held against the finished run with the fewest differences: one of the same experiment, or, where there
    /// is none, one of any experiment with a stage of the same name; the newest of equals.
    ///
    /// - Parameters:
    ///   - name: The stage.
    ///   - logs: The folder of all runs.
    ///   - places: Where values are written.
    /// - Throws: ``PipelineError/unknownStage(name:allowed:)``.
    /// - Complexity: Reads the plan of every run that has finished such a stage.
    public func explanation(
        of name: String, logs: URL, places: @escaping StageExplanation.Places = { _, _ in nil }
    ) throws -> StageExplanation {
        let stage = try stage(named: name)
        let catalogue = RunCatalogue(logs: logs)
        let own = nearest(to: stage, among: RunFolder.runs(of: experiment, in: logs), places)
        if let found = try own ?? nearest(to: stage, among: catalogue.folders(), places) { return found }
        return StageExplanation(stage: name, run: nil, runStage: nil, fields: [], inputs: [])
    }

    private func nearest(
        to stage: StagePlan, among folders: [RunFolder], _ places: @escaping StageExplanation.Places
    ) -> StageExplanation? {
        // The first of equals is the newest, as the folders come newest first.
        folders.compactMap { explanation(of: stage, against: $0, places) }
            .min { $0.fieldCount < $1.fieldCount }
    }

    /// The comparison with one run; nil where it has not finished a stage of this name, or cannot be read.
    private func explanation(
        of stage: StagePlan, against folder: RunFolder, _ places: @escaping StageExplanation.Places
    ) -> StageExplanation? {
        let manifest = folder.stageFolder(stage.name).appendingPathComponent(StageFolder.manifestName)
        guard (try? StageManifest.read(from: manifest)) != nil, let old = try? folder.plan(),
            let oldStage = try? old.stage(named: stage.name)
        else { return nil }
        var comparison = PlanComparison(old: old, new: self, run: folder.name(in: old), places: places)
        return comparison.explanation(of: stage, against: oldStage)
    }
}

/// The comparison of a stage of one plan with one of an earlier plan.
private struct PlanComparison {
    let old: Plan
    let new: Plan
    let run: RunName
    let places: StageExplanation.Places
    /// What holds for the whole plan is said once, not again for every input.
    private var said: Set<String> = []

    init(old: Plan, new: Plan, run: RunName, places: @escaping StageExplanation.Places) {
        self.old = old
        self.new = new
        self.run = run
        self.places = places
    }

    mutating func explanation(of stage: StagePlan, against oldStage: StagePlan) -> StageExplanation {
        let differences = old.identity(of: oldStage).differences(from: new.identity(of: stage))
        let fields = differences.filter { !isSaid($0.path) }.map { difference in
            StageExplanation.Field(
                path: difference.path, old: number(difference.recorded, difference.path),
                new: number(difference.requested, difference.path),
                place: places(stage.name, difference.path))
        }
        said.formUnion(["format", "seed"])
        // The stage may not need the data itself, and one that goes into it may.
        if stage.inputs.contains(StagePlan.data) { said.insert(StagePlan.data) }
        var inputs: [StageExplanation] = []
        if stage.inputs.count == oldStage.inputs.count {
            for (name, oldName) in zip(stage.inputs, oldStage.inputs) {
                // The datasets are no stage; their digest is compared as a field.
                guard let input = try? new.stage(named: name), let oldInput = try? old.stage(named: oldName),
                    new.key(of: input) != old.key(of: oldInput)
                else { continue }
                let found = explanation(of: input, against: oldInput)
                if found.fieldCount > 0 { inputs.append(found) }
            }
        }
        return StageExplanation(
            stage: stage.name, run: run, runStage: oldStage.name, fields: fields, inputs: inputs)
    }

    /// Identities hold the seed as text, because JSON's numbers end where 64 bits do not. It is a number all the same.
    private func number(_ value: JSONValue?, _ path: String) -> JSONValue? {
        guard path == "seed", case .string(let text)? = value else { return value }
        return Int(text).map { .integer($0) } ?? value
    }

    private func isSaid(_ path: String) -> Bool {
        said.contains(path) || dataPart(at: path) != nil && said.contains(StagePlan.data)
    }
}

extension StageExplanation: CustomStringConvertible {
    /// A line for each field, indented below the stage that it belongs to.
    public var description: String {
        guard let run else { return "no run has finished a stage '\(stage)' yet" }
        guard fieldCount > 0 else {
            return "'\(stage)' is the same as in \(run), but its result is no longer stored"
        }
        let name = runStage == stage ? "" : ", where it is called '\(runStage ?? "")'"
        return (["'\(stage)' differs from \(run)\(name):"] + lines(indent: "  ")).joined(separator: "\n")
    }

    private func lines(indent: String) -> [String] {
        let own = fields.map { field in
            if let part = dataPart(at: field.path) { return "\(indent)data: the \(part) differ" }
            let (old, new) = (Self.text(field.old), Self.text(field.new))
            return "\(indent)\(field.path): \(old) → \(new)" + (field.place.map { "  (\($0))" } ?? "")
        }
        return own
            + inputs.flatMap { input in
                ["\(indent)the input '\(input.stage)' differs:"] + input.lines(indent: indent + "  ")
            }
    }

    /// A value in a line; digests and whole mappings are told apart by their beginning.
    private static func text(_ value: JSONValue?) -> String {
        guard let text = value?.canonicalText else { return "absent" }
        return text.count > 60 ? text.prefix(57) + "…" : text
    }
}
