// SPDX-License-Identifier: MIT

import Data
import Layers
import Patterns
import Randomness
import Retrieval
import Tensor
import Vocabulary

@testable import Backbones
@testable import Experiments
@testable import Training

/// What the traces begin with and are fed, as `make_traces.py` says.
enum TraceInputs {
    static let iterations = 5
    static let sourceClasses = 6
    static let targetClasses = 5
    static let random = RandomKey(seed: 5)
    /// The step whose images are not numbers; nothing for none.
    @TaskLocal static var poisonedStep: Int?

    static func labels(_ step: Int, count: Int, classes: Int) -> [Int] {
        (0..<count).map { (step + $0 / 2) % classes }
    }

    /// Squares of each class's colours under noise, `[B, 3, H, W]`.
    static func images(
        _ domain: Domain, _ step: Int, classes: [Int], height: Int, width: Int, view: Int = 0
    ) throws -> Tensor {
        let (count, side) = (classes.count, 8)
        let (rows, columns) = (height / side, width / side)
        let colours = try Tensor.concatenated(
            classes.map { try Pattern.tensor("class \($0)", shape: [1, 3, rows, columns]) })
        let squares =
            try colours.reshaped([count, 3, rows, 1, columns, 1])
            * Tensor.full(1, shape: [1, 1, 1, side, 1, side])
        let noise = try Pattern.tensor("noise \(domain.rawValue) \(step) \(view)", shape: [count, 3, height, width])
        let clean = try (squares.reshaped([count, 3, height, width]) + noise / 2).converted(to: .float64)
        return try (step == poisonedStep ? clean * .nan : clean).channelsLast()
    }

    static func rows(_ name: String, classes: Int) throws -> Tensor {
        let rows = try Pattern.tensor(name, shape: [classes, Backbone.resnet18.dimension])
        return try (rows / 10).converted(to: .float64)
    }

    static func network(
        _ name: String, _ shape: NetworkShape = NetworkShape(backbone: .resnet18)
    ) throws -> EmbeddingNetwork {
        let network = try EmbeddingNetwork(shape, random: nil, elementType: .float64)
        try Pattern.fill(network.store, named: name)
        return network
    }

    /// Just so many classes; the images themselves come from ``images(_:_:classes:height:width:view:)``.
    static func setting(height: Int = 32, width: Int = 16) -> TrainingSetting {
        let images = ImageSource(size: ImageSize(height: height, width: width), workers: 1)
        let labelled = (0..<sourceClasses).map {
            LabelledImage(path: "\($0).png", identity: Identity(rawValue: $0), camera: Camera(rawValue: 0))
        }
        return TrainingSetting(
            source: SourceImages(labelled), target: TargetImages([]), images: images,
            validation: Validation(
                query: [], gallery: [], rankingProtocol: .market1501, extractor: FeatureExtractor(images)),
            random: random)
    }

    /// A meter that has counted nothing, at a step of a trace.
    static func meter(_ step: Int) -> LossMeter {
        LossMeter(TrainingState(epoch: step / iterations, step: step % iterations))
    }
}

/// Keeps nothing.
struct SilentScope: TrainingScope {
    func restore() -> TrainingState? { nil }
    func endEpoch(_ state: TrainingState) {}
    func endStep(_ state: () throws -> TrainingState) {}
    func pause(_ state: () throws -> TrainingState) {}
    func finish(_ state: TrainingState) {}
    func record(_ name: String, _ value: Double, epoch: Int) {}
    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int) {}
}
