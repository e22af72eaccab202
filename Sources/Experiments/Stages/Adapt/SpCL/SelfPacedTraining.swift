// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Retrieval
internal import Tensor
internal import Training

/// All that moves while SpCL trains.
struct SelfPacedTraining {
    let network: EmbeddingNetwork
    private let optimiser: Adam
    let graph: StepGraph
    /// Where training is.
    var meter: LossMeter
    let history: AdaptationHistory
    /// Nothing before all images have been embedded once.
    private(set) var memory: HybridMemory?
    /// The target's pseudo labels, `[N_t]`, those of images in no cluster included; nothing between two epochs.
    private(set) var labels: [Int]?
    /// The independence that a cluster must have, from the first epoch that had a cluster.
    private(set) var independenceThreshold: Float?

    /// A new network, or a kept state.
    ///
    /// - Parameters:
    ///   - initial: What a new network begins with, with shared normalisation; nothing for drawn weights.
    ///   - sourceClassCount: 0 where the target is learnt from alone.
    ///   - graph: What takes the steps.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    init(
        _ shape: NetworkShape, from initial: StateDictionary?, sourceClassCount: Int, _ config: SpCL.Config,
        random: RandomKey, restoring state: TrainingState?, graph: StepGraph = StepGraph(isOn: false),
        elementType: ElementType = .float32
    ) throws {
        self.graph = graph
        network = try EmbeddingNetwork(shape, random: random, elementType: elementType)
        if let initial {
            try network.begin(with: shape.domains == .separate ? separatingDomains(initial) : initial)
        }
        optimiser = try Adam(network.store.trained)
        meter = LossMeter(state)
        history = try AdaptationHistory(.stability, restoring: state)
        guard let state else { return }
        try network.store.load(state["network"])
        try optimiser.load(state["optimiser"])
        independenceThreshold = state.values["independence_threshold"].map { Float($0) }
        if let rows = state["memory"]["rows"] {
            try remember(rows, sourceClassCount: sourceClassCount, config)
        }
        guard state.step > 0 else { return }
        guard let labels = state["round"]["labels"] else { throw MethodError.incompleteState(missing: "round/labels") }
        guard memory != nil else { throw MethodError.incompleteState(missing: "memory/rows") }
        try relabel(labels.integers())
    }

    // MARK: Memory and labels

    /// Begins a memory.
    ///
    /// - Parameter rows: `[N_s + N_t, D]`, the source's centroids before the target's images.
    mutating func remember(_ rows: Tensor, sourceClassCount: Int, _ config: SpCL.Config) throws {
        memory = try HybridMemory(
            rows, sourceClassCount: sourceClassCount, temperature: config.temperature, momentum: config.momentum)
    }

    /// Takes what was selected for this epoch's labels; the threshold stays the first one.
    mutating func relabel(_ selection: SelfPacedSelection.Selection) throws {
        independenceThreshold = selection.independenceThreshold
        try relabel(selection.ids)
    }

    mutating func relabel(_ labels: [Int]) throws {
        try memory?.relabel(labels)
        self.labels = labels
    }

    mutating func endEpoch() {
        meter = LossMeter(epoch: meter.epoch + 1)
        labels = nil
    }

    // MARK: A step

    /// The first part of a step: what the network makes of a batch, of length 1.
    ///
    /// - Parameter images: `[B, 3, H, W]`.
    /// - Returns: f, `[B, D]`.
    func embed(_ images: Tensor) throws -> Tensor {
        try graph([images]) { try network($0[0], .training).embedding.normalisedRows() }
    }

    /// The second: one step of the optimiser along gradients of the batch's embeddings.
    ///
    /// - Parameters:
    ///   - embeddings: f, `[B, D]`.
    ///   - gradient: dL/df, `[B, D]`.
    func step(_ embeddings: Tensor, along gradient: Tensor, _ settings: AdamStep) throws {
        try graph(part: 1, [gradient]) { inputs in
            // Its gradient is the one that was given.
            try optimiser.differentiate((embeddings * inputs[0]).sum(), keepingGraph: graph.isCapturing)
        }
        try optimiser.step(settings)
    }

    // MARK: Checkpoints

    func state() throws -> TrainingState {
        var state = try meter.state()
        state["network"] = network.store.state
        state["optimiser"] = optimiser.state
        try history.store(in: &state)
        if let memory { state["memory"] = ["rows": memory.rows] }
        if let labels { state["round"] = ["labels": try Tensor(labels)] }
        state.values["independence_threshold"] = independenceThreshold.map { Double($0) }
        return state
    }
}
