// SPDX-License-Identifier: MIT

package import Backbones
package import Layers
package import Randomness
package import Retrieval
package import Tensor

/// A student, its mean network and the classifiers of both.
package struct MutualPair {
    package let student: EmbeddingNetwork
    package let mean: EmbeddingNetwork
    private let head: Head
    /// Classes whose rows go on from epoch to epoch; those of clusters stand behind them.
    private let keptClasses: Int
    private let elementType: ElementType
    /// Nothing where there were no classes yet.
    private var rows: (student: Rows, mean: Rows)?

    /// A classifier and its only tensor.
    private struct Rows {
        let store: ParameterStore
        let classifier: Classifier

        init(
            _ classes: Int, _ dimension: Int, _ head: Head, _ random: RandomKey?, _ elementType: ElementType
        ) throws {
            store = ParameterStore(random: random, elementType: elementType)
            classifier = try Classifier(dimension, classes: classes, head: head, at: store.root / "classifier")
        }
    }

    /// Both networks from one pre-trained state of the shape.
    ///
    /// - Parameters:
    ///   - keptClasses: Classes whose rows are drawn, the mean's equal to the student's, and kept from epoch to epoch; none
    ///     where all classes are clusters.
    ///   - elementType: float32, or float64 where roundings are to be told from mistakes.
    package init(
        _ shape: NetworkShape, from initial: StateDictionary, keptClasses: Int = 0, head: Head, random: RandomKey,
        elementType: ElementType = .float32
    ) throws {
        student = try EmbeddingNetwork(shape, random: random, elementType: elementType)
        mean = try EmbeddingNetwork(shape, random: random, elementType: elementType)
        try student.store.load(initial)
        try mean.store.load(initial)
        try mean.store.record(false)
        self.head = head
        self.keptClasses = keptClasses
        self.elementType = elementType
        guard keptClasses > 0 else { return }
        let drawn = try (0..<2).map { _ in try Rows(keptClasses, shape.dimension, head, random, elementType) }
        try hold(drawn[0], drawn[1])
    }

    private mutating func hold(_ student: Rows, _ mean: Rows) throws {
        try mean.store.record(false)
        rows = (student, mean)
    }

    private var held: (student: Rows, mean: Rows) {
        guard let rows else { preconditionFailure("a pair without classes has no classifier") }
        return rows
    }

    package var studentClassifier: Classifier { held.student.classifier }
    package var meanClassifier: Classifier { held.mean.classifier }

    /// Gives the classifiers one row for each kept class, as it is, and one for each cluster, its centroid.
    ///
    /// The centroids are those of the features averaged over both networks, for all four classifiers, as in the
    /// authors' code.
    package mutating func relabel(_ centroids: Features<UnitNorm>) throws {
        let clusters = try Tensor(centroids)
        let classes = keptClasses + centroids.count
        let renewed = try [rows?.student, rows?.mean].map { old in
            let new = try Rows(classes, centroids.dimension, head, nil, elementType)
            let kept = try keptClasses > 0 ? old?.classifier.weight.detached().slice(0..<keptClasses) : nil
            try withoutGradients {
                try new.classifier.weight.copy(from: kept.map { try Tensor.concatenated([$0, clusters]) } ?? clusters)
            }
            return new
        }
        try hold(renewed[0], renewed[1])
    }

    /// All that the optimiser moves, under names of its own for each pair.
    func trained(number: Int) -> [ParameterStore.Entry] {
        student.store.trained(under: "student\(number)") + held.student.store.trained(under: "student\(number)")
    }

    /// Moves the mean network's parameters towards the student's; running statistics are its own.
    func moveMean(decay: Double) throws {
        let averages = mean.store.trained + held.mean.store.trained
        let values = student.store.trained + held.student.store.trained
        try Tensor.moveAverages(averages.map(\.tensor), towards: values.map(\.tensor), weight: 1 - decay)
    }

    // MARK: Checkpoints

    func store(in state: inout TrainingState, number: Int) {
        state["student\(number)"] = student.store.state.merging(rows?.student.store.state ?? [:]) { first, _ in first }
        state["mean\(number)"] = mean.store.state.merging(rows?.mean.store.state ?? [:]) { first, _ in first }
    }

    mutating func load(_ state: TrainingState, number: Int) throws {
        let key = "classifier.weight"
        if let shape = state["student\(number)"][key]?.shape {
            let made = try (0..<2).map { _ in try Rows(shape[0], shape[1], head, nil, elementType) }
            try hold(made[0], made[1])
        } else if keptClasses > 0 || state.step > 0 {
            throw MethodError.incompleteState(missing: "student\(number)/\(key)")
        }
        for (part, network, rows) in [("student", student, rows?.student), ("mean", mean, rows?.mean)] {
            var values = state["\(part)\(number)"]
            try rows?.store.load(values.filter { $0.key == key })
            values[key] = nil
            try network.store.load(values)
        }
    }
}
