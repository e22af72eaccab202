// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Tensor
internal import Training

/// All that moves while MMT trains: two networks that teach each other, and what clustering has learnt.
struct MMTTraining {
    var mutual: MutualTraining
    /// ε of DBSCAN as the first epoch has found it; nothing where it is given.
    var radius: Double?

    /// The networks as they begin, or a kept state of them.
    ///
    /// - Parameters:
    ///   - initial: The states of two networks of the shape.
    ///   - graph: What takes the steps.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    init(
        _ shape: NetworkShape, from initial: [StateDictionary], random: RandomKey, restoring state: TrainingState?,
        graph: StepGraph = StepGraph(isOn: false), elementType: ElementType = .float32
    ) throws {
        let pairs = try initial.enumerated().map { index, initial in
            try MutualPair(
                shape, from: initial, head: .linear, random: random.derived("network \(index + 1)"),
                elementType: elementType)
        }
        mutual = try MutualTraining(pairs, restoring: state, graph: graph)
        radius = state?.values["clustering_radius"]
    }

    func state() throws -> TrainingState {
        var state = try mutual.state()
        state.values["clustering_radius"] = radius
        return state
    }
}
