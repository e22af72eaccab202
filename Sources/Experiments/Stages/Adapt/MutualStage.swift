// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Pipeline
internal import Training

/// A stage in which two pre-trained networks teach each other, and which leaves their mean networks.
protocol MutualStage: StageDefinition {
    /// The pre-trained networks.
    var initial: GivenNetworks { get }
    /// Of all networks.
    var shape: NetworkShape { get }
    /// How many are trained for.
    var epochs: Int { get }

    /// Trains both students.
    ///
    /// - Parameter begun: The states of the pre-trained networks.
    /// - Returns: Their mean networks.
    func train(
        from begun: [StateDictionary], _ workspace: Workspace, in scope: StageTrainingScope
    ) throws -> AdaptedNetworks
}

extension MutualStage {
    var means: NetworkSet { NetworkSet("mean", count: initial.set.count, shape) }

    var inputs: [StageInput] { initial.inputs }
    var networkFiles: NetworkSet? { initial.files }
    var outputs: [Artefact] { means.artefacts }
    var offer: StageOffer { StageOffer(networks: means) }
    var begins: Backbone? { nil }
    var isScored: Bool { true }

    func run(in scope: StageScope, _ workspace: Workspace) throws -> StageOutcome {
        let begun = try workspace.networks(initial, in: scope).map(\.store.state)
        let adapted = try train(from: begun, workspace, in: StageTrainingScope(scope))
        for (network, member) in zip(adapted.networks, means.members) {
            try workspace.save(network, as: member, after: epochs, in: scope)
        }
        return StageOutcome(rows: try workspace.rows("adapted", adapted, after: epochs, in: scope))
    }
}
