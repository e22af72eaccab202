// SPDX-License-Identifier: MIT

internal import Configuration
public import Pipeline
public import Sweeps

/// The experiment that a sweep varies, with what is the same in all trials.
public struct SweptExperiment: Sendable {
    /// The file with all that it extends, and the sweep's fixed settings; its paths hold in a file elsewhere too.
    let document: YAMLNode
    private let methods: any MethodList.Type

    /// - Throws: `ConfigurationError` with every setting of the sweep that the experiment does not have, or not with a value
    ///   that the space holds, at its place in the sweep's file; and with all that is wrong with the experiment itself.
    public init(_ sweep: Sweep) throws {
        try self.init(sweep, Document.load(sweep.experiment.value))
    }

    init(_ sweep: Sweep, _ document: YAMLNode, methods: any MethodList.Type = StageMethod.self) throws {
        // What is wrong with the file itself is told of that alone.
        _ = try Experiment(document, name: sweep.name, methods: methods)
        self.document = try Document.overriding(document, with: sweep.fixed)
            .lastingExperiment(ExperimentReference(methods))
        self.methods = methods
        let whole = try Experiment(self.document, name: sweep.name, methods: methods)
        identity = sweep.identity(experiment: whole.determinants)
        try check(sweep, whole)
    }

    /// The experiment as a file that trials run, as YAML.
    public var text: String { document.yamlText }

    /// What the manifest of the sweep says: all that makes its trials comparable.
    public let identity: JSONValue

    /// The experiment of a trial, filed under a name.
    ///
    /// - Throws: `ConfigurationError`.
    func experiment(at settings: [YAMLNode.Entry], name: String) throws -> Experiment {
        try Experiment(Document.overriding(document, with: settings), name: name, methods: methods)
    }

    // MARK: Before anything runs

    /// Points of a grid that are tried: as many as take seconds. What is wrong with later ones is told when they begin.
    private static let triedPoints = 1000

    /// Tries every choice and both ends of every range; of a grid, the points themselves.
    private func check(_ sweep: Sweep, _ whole: Experiment) throws {
        var problems = stageProblems(sweep.pruner, whole)
        for dimension in sweep.space.dimensions {
            for coordinate in dimension.extremes {
                let point = sweep.space.point(reaching: dimension, at: coordinate)
                // What contradicts a value that is another at other points may be right there.
                problems += self.problems(at: point.settings).filter { !$0.isConflict }
            }
        }
        if problems.isEmpty, sweep.sampler == .grid {
            for point in sweep.space.grid.prefix(min(sweep.trialCount, Self.triedPoints)) {
                problems += self.problems(at: point.settings)
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }

    /// A pruner watches a stage that is there.
    private func stageProblems(_ pruner: PrunerChoice?, _ whole: Experiment) -> [Problem] {
        guard let stage = pruner?.stage, whole.stage(named: stage.value) == nil else { return [] }
        let names = whole.stages.map(\.name)
        return [
            Problem(
                .unknownValue(found: stage.value, allowed: names, nearest: nearest(to: stage.value, among: names)),
                at: stage.span, keyPath: stage.keyPath)
        ]
    }

    private func problems(at settings: [YAMLNode.Entry]) -> [Problem] {
        do {
            _ = try experiment(at: settings, name: "trial")
            return []
        } catch let error as ConfigurationError {
            return error.problems
        } catch {
            preconditionFailure("an experiment throws what is wrong with its file, and threw \(error)")
        }
    }
}

extension Problem {
    fileprivate var isConflict: Bool {
        if case .conflict = kind { true } else { false }
    }
}

extension Experiment {
    /// All of it that has an effect on results, or stands for something that has.
    fileprivate var determinants: JSONValue {
        let roles: FieldRoles = [.result, .reference]
        let stages = self.stages.map { stage in
            JSONValue.object([
                "name": .string(stage.name), "method": .string(stage.definition.method),
                "settings": JSONValue(stage.definition.entries(roles)),
            ])
        }
        return ["settings": JSONValue(settings.entries(roles)), "stages": .array(stages)]
    }
}
