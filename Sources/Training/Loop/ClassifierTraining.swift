// SPDX-License-Identifier: MIT

package import Backbones
package import Layers
package import Randomness
package import Tensor

/// A network, the linear classifier that trains it, and the optimiser of both.
package struct ClassifierTraining {
    package let network: EmbeddingNetwork
    package let classifier: Classifier
    package let optimiser: Adam
    package let graph: StepGraph
    /// Where training begins or goes on.
    package let start: LossMeter
    private let rows: ParameterStore

    /// New ones, or those of the scope's last checkpoint.
    ///
    /// - Parameters:
    ///   - initial: What a new network begins with; nothing for drawn weights.
    ///   - graph: What takes the steps.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    package init(
        _ shape: NetworkShape, from initial: StateDictionary?, classes: Int, random: RandomKey,
        in scope: any TrainingScope, graph: StepGraph = StepGraph(isOn: false), elementType: ElementType = .float32
    ) throws {
        self.graph = graph
        network = try EmbeddingNetwork(shape, random: random, elementType: elementType)
        if let initial { try network.begin(with: initial) }
        rows = ParameterStore(random: random, elementType: elementType)
        classifier = try Classifier(
            shape.dimension, classes: classes, head: .linear, at: rows.root / "classifier")
        optimiser = try Adam(network.store.trained + rows.trained)
        let state = try scope.restore()
        start = LossMeter(state)
        guard let state else { return }
        try network.store.load(state["network"])
        try rows.load(state["classifier"])
        try optimiser.load(state["optimiser"])
    }

    /// Everything, so far into an epoch.
    package func state(_ meter: LossMeter) throws -> TrainingState {
        var state = try meter.state()
        state["network"] = network.store.state
        state["classifier"] = rows.state
        state["optimiser"] = optimiser.state
        return state
    }
}
