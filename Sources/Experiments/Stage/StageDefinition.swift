// SPDX-License-Identifier: MIT

internal import Backbones
internal import Configuration
internal import Pipeline

/// What a stage is for, by the keys of `stages:`.
enum StageKind: String, Sendable, CaseIterable {
    case pretrain, translate, adapt, postprocess, evaluate

    /// What such a stage does, in a sentence for users.
    var meaning: String {
        switch self {
        case .pretrain: "Trains networks on labelled images."
        case .translate: "Makes images of the source look like the target's."
        case .adapt: "Trains networks on the target's images without labels."
        case .postprocess: "Tests networks, with all that helps at test time."
        case .evaluate: "Scores networks on any dataset."
        }
    }
}

/// The keys of a method as a file says them, each with its default.
protocol StageSettings: Configurable, Sendable {
    static var kind: StageKind { get }
    /// What the key `method`, plans and results call it: `mmt+`.
    static var method: String { get }
    /// What it does, in a sentence for users.
    static var meaning: String { get }

    /// The stage that these settings make after others, its references and what it takes from the experiment filled in.
    ///
    /// - Parameter rules: Finds earlier stages, and is told of every rule that is broken.
    /// - Returns: Nothing where a reference could not be resolved.
    func definition(under rules: StageRules) -> (any StageDefinition)?
}

/// All that an experiment must know of one of its stages, resolved. Nothing outside a stage's folder knows more of it.
protocol StageDefinition: Sendable {
    associatedtype Settings: StageSettings

    /// With references by name and nothing left to the experiment.
    var settings: Settings { get }
    /// What it takes from earlier stages, in the order in which their keys enter its own.
    var inputs: [StageInput] { get }
    /// What it writes.
    var outputs: [Artefact] { get }
    /// What of it later stages may take.
    var offer: StageOffer { get }
    /// The backbone of networks that it begins, with the experiment's initial weights; nothing for none.
    var begins: Backbone? { get }
    /// Networks in files of somebody's that it goes on with; nothing for none.
    var networkFiles: NetworkSet? { get }
    /// A folder of images from elsewhere that goes into it, as the file names it; nothing for none.
    var imageFolder: String? { get }
    /// Whether it takes the target's test set, which the digest of the datasets does not know of.
    var takesTestSet: Bool { get }
    /// What it scores networks on in rows of their own; nothing for the target alone, under the experiment's protocol.
    var evaluatedSets: [EvaluatedSet] { get }
    /// Whether its result holds figures of a ranking, which depend on the experiment's protocol.
    var isScored: Bool { get }

    /// What such data make impossible here, asked before any stage runs; nothing where it can run on them.
    func obstacle(_ data: DatasetCounts) -> DataObstacle?

    /// What there is to do, and to hold, for forecasts and for how far a resume point is.
    func load(_ data: DatasetCounts) -> StageLoad

    /// A few steps and a few images of this, measured.
    func rehearse(_ rehearsal: Rehearsal) throws -> StageCost

    /// Runs to the end, from the last checkpoint where there is one; see `Stage.run(in:)`.
    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome
}

extension StageDefinition {
    var kind: StageKind { Settings.kind }
    var method: String { Settings.method }
    var networkFiles: NetworkSet? { nil }
    var imageFolder: String? { nil }
    var takesTestSet: Bool { false }
    var evaluatedSets: [EvaluatedSet] { [] }
    func obstacle(_ data: DatasetCounts) -> DataObstacle? { nil }
    func entries(_ roles: FieldRoles = .all) -> [YAMLNode.Entry] { settings.entries(roles) }
}

/// A definition under the name that an experiment gives it, ready to run.
struct DefinedStage: Stage {
    let plan: StagePlan
    let definition: any StageDefinition
    let workspace: Workspace

    /// - Throws: ``StageError`` where an error cannot say itself where it comes from.
    func run(in scope: StageScope) throws -> StageOutcome {
        do {
            return try definition.run(in: scope, workspace)
        } catch {
            throw StageError(
                error, in: plan, training: definition.load(DatasetCounts(workspace.datasets)).training) ?? error
        }
    }
}
