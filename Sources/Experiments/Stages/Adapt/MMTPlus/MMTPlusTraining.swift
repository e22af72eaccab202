// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Tensor
internal import Training

/// All that moves while MMT+ trains: two networks that teach each other, and a queue for each.
struct MMTPlusTraining {
    var mutual: MutualTraining
    var queues: [MomentumQueue]
    /// Whether the classifiers' rows of the source's identities are still to be made of embeddings.
    var lacksSourceRows: Bool

    private static let lackName = "lacks_source_rows"

    /// The networks as they begin, or a kept state of them.
    ///
    /// - Parameters:
    ///   - initial: The states of two networks with shared normalisation, which is separated by domain.
    ///   - classes: The source's, whose rows are drawn and then kept.
    ///   - graph: What takes the steps.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    init(
        _ shape: NetworkShape, from initial: [StateDictionary], classes: Int, _ config: MMTPlus.Config,
        random: RandomKey, restoring state: TrainingState?, graph: StepGraph = StepGraph(isOn: false),
        elementType: ElementType = .float32
    ) throws {
        let keys = initial.indices.map { random.derived("network \($0 + 1)") }
        let pairs = try zip(initial, keys).map { initial, key in
            try MutualPair(
                shape, from: separatingDomains(initial), keptClasses: classes, head: config.head, random: key,
                elementType: elementType)
        }
        mutual = try MutualTraining(pairs, restoring: state, graph: graph)
        queues = try keys.map {
            try MomentumQueue(
                dimension: shape.dimension, length: config.queueLength, temperature: config.temperature, random: $0)
        }
        // Only one that was left before they were made says so.
        lacksSourceRows = state.map { $0.numbers[Self.lackName] == 1 } ?? (config.sourceRows == .centroids)
        guard let state else { return }
        for index in queues.indices { try queues[index].restore(state, name: "queue\(index + 1)") }
    }

    func state() throws -> TrainingState {
        var state = try mutual.state()
        for (index, queue) in queues.enumerated() { queue.store(in: &state, name: "queue\(index + 1)") }
        if lacksSourceRows { state.numbers[Self.lackName] = 1 }
        return state
    }
}
