// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Tensor

/// A network, the linear classifier that trains it, and the optimiser of both.
struct ClassifierTraining {
    let network: EmbeddingNetwork
    let classifier: Classifier
    let optimiser: Adam
    /// Where training begins or goes on.
    let start: LossMeter
    private let rows: ParameterStore

    /// New ones, or those of the scope's last checkpoint.
    ///
    /// - Parameters:
    ///   - initial: What a new network begins with; nothing for drawn weights.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    init(
        _ backbone: Backbone, from initial: StateDictionary?, classes: Int, random: RandomKey,
        in scope: any TrainingScope, elementType: ElementType = .float32
    ) throws {
        network = try EmbeddingNetwork(backbone, domains: .shared, random: random, elementType: elementType)
        if let initial { try network.begin(with: initial) }
        rows = ParameterStore(random: random, elementType: elementType)
        classifier = try Classifier(
            backbone.dimension, classes: classes, head: .linear, at: rows.root / "classifier")
        optimiser = try Adam(network.store.trained + rows.trained)
        let state = try scope.restore()
        start = LossMeter(state)
        guard let state else { return }
        try network.store.load(state["network"])
        try rows.load(state["classifier"])
        try optimiser.load(state["optimiser"])
    }

    /// One step of the optimiser against a loss.
    func step(_ loss: Tensor, _ settings: AdamStep) throws {
        optimiser.dropGradients()
        try loss.backward()
        try optimiser.step(settings)
    }

    /// Everything, so far into an epoch.
    func state(_ meter: LossMeter) -> TrainingState {
        var state = meter.state
        state["network"] = network.store.state
        state["classifier"] = rows.state
        state["optimiser"] = optimiser.state
        return state
    }
}
