// SPDX-License-Identifier: MIT

internal import Backbones
internal import Layers
internal import Randomness
internal import Retrieval
internal import Tensor
internal import Training

/// A student, its mean network, the classifiers of both and the student's queue.
struct MutualPair {
    let student: EmbeddingNetwork
    let mean: EmbeddingNetwork
    private let head: Head
    private(set) var studentRows: ParameterStore
    private(set) var meanRows: ParameterStore
    private(set) var studentClassifier: Classifier
    private(set) var meanClassifier: Classifier
    var queue: MomentumQueue

    /// Both networks from one pre-trained state, their normalisation separated by domain; the classifier's rows are
    /// drawn anew, the mean's equal to the student's.
    ///
    /// - Parameter elementType: float32, or float64 where roundings are to be told from mistakes.
    init(
        _ shape: NetworkShape, from initial: StateDictionary, classes: Int, _ config: MMTPlus.Config, random: RandomKey,
        elementType: ElementType = .float32
    ) throws {
        student = try EmbeddingNetwork(shape, random: random, elementType: elementType)
        mean = try EmbeddingNetwork(shape, random: random, elementType: elementType)
        let separated = separatingDomains(initial)
        try student.store.load(separated)
        try mean.store.load(separated)
        try mean.store.record(false)
        head = config.head
        (studentRows, studentClassifier) = try Self.rows(classes, shape.dimension, head, random, elementType)
        (meanRows, meanClassifier) = try Self.rows(classes, shape.dimension, head, random, elementType)
        try meanRows.record(false)
        queue = try MomentumQueue(
            dimension: shape.dimension, length: config.queueLength, temperature: config.temperature, random: random)
    }

    private static func rows(
        _ classes: Int, _ dimension: Int, _ head: Head, _ random: RandomKey?, _ elementType: ElementType
    ) throws -> (ParameterStore, Classifier) {
        let store = ParameterStore(random: random, elementType: elementType)
        return (store, try Classifier(dimension, classes: classes, head: head, at: store.root / "classifier"))
    }

    /// Gives both classifiers the source identities' mean embeddings as rows.
    mutating func setSourceRows(_ centroids: Features<UnitNorm>) throws {
        let rows = try Tensor(centroids)
        for classifier in [studentClassifier, meanClassifier] { try classifier.weight.copy(from: rows) }
    }

    /// Gives the classifiers one row for each source class, kept, and one for each cluster, its centroid.
    ///
    /// The centroids are those of the features averaged over both networks, for all four classifiers, as in the
    /// authors' code.
    mutating func relabel(sourceClasses: Int, _ centroids: Features<UnitNorm>) throws {
        let clusters = try Tensor(centroids)
        let classes = sourceClasses + centroids.count
        for isMean in [false, true] {
            let old = isMean ? meanClassifier : studentClassifier
            let (store, classifier) = try Self.rows(
                classes, centroids.dimension, head, nil, old.weight.elementType)
            try withoutGradients {
                try classifier.weight.copy(
                    from: Tensor.concatenated([old.weight.detached().slice(0..<sourceClasses), clusters]))
            }
            if isMean {
                try store.record(false)
                (meanRows, meanClassifier) = (store, classifier)
            } else {
                (studentRows, studentClassifier) = (store, classifier)
            }
        }
    }

    /// All that the optimiser moves, under names of its own for each pair.
    func trained(number: Int) -> [ParameterStore.Entry] {
        student.store.trained(under: "student\(number)") + studentRows.trained(under: "student\(number)")
    }

    /// Moves the mean network's parameters towards the student's; running statistics are its own.
    func moveMean(decay: Double) throws {
        let averages = mean.store.trained + meanRows.trained
        let values = student.store.trained + studentRows.trained
        try Tensor.moveAverages(averages.map(\.tensor), towards: values.map(\.tensor), weight: 1 - decay)
    }

    // MARK: Checkpoints

    func store(in state: inout TrainingState, number: Int) {
        state["student\(number)"] = student.store.state.merging(studentRows.state) { first, _ in first }
        state["mean\(number)"] = mean.store.state.merging(meanRows.state) { first, _ in first }
        state["queue\(number)"] = ["keys": queue.keysDQ]
        state.numbers["queue\(number)"] = queue.pointer
    }

    mutating func load(_ state: TrainingState, number: Int) throws {
        guard let keys = state["queue\(number)"]["keys"], let pointer = state.numbers["queue\(number)"],
            let rows = state["student\(number)"]["classifier.weight"]
        else {
            throw MethodError.incompleteState(missing: "queue\(number) or student\(number)/classifier.weight")
        }
        let shape = rows.shape
        (studentRows, studentClassifier) = try Self.rows(shape[0], shape[1], head, nil, rows.elementType)
        (meanRows, meanClassifier) = try Self.rows(shape[0], shape[1], head, nil, rows.elementType)
        try meanRows.record(false)
        for (part, network, store) in [("student", student, studentRows), ("mean", mean, meanRows)] {
            var values = state["\(part)\(number)"]
            try store.load(values.filter { $0.key == "classifier.weight" })
            values["classifier.weight"] = nil
            try network.store.load(values)
        }
        try queue.restore(keys, pointer: pointer)
    }
}
