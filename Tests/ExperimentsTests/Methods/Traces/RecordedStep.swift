// SPDX-License-Identifier: MIT

import Foundation
import Layers
import Patterns
import Testing

@testable import Experiments
@testable import Tensor
@testable import Training

/// Numbers of a step by name; each belongs together with the others of its vector.
typealias RecordedStep = [String: [Double]]

/// Is given each step of a trace; what follows a wrong one is wrong too, tells nothing, and is not asked for.
typealias StepCheck = (RecordedStep) throws -> Bool

/// What is asked of a step's numbers: a difference relative to the largest of their vector. Both sides compute in double
/// precision; what is made of numbers of single precision (6e-8 relative) is a little magnified by the steps.
private let traceTolerance = 1e-5

/// The exact steps of a trace.
func exactSteps(_ method: TracedMethod) throws -> [RecordedStep] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let file = folder.appendingPathComponent("Fixtures/traces/\(method.rawValue).json")
    return try JSONDecoder().decode([RecordedStep].self, from: Data(contentsOf: file))
}

/// Expects a step's numbers to be the exact ones, and names the one that is farthest off.
///
/// - Returns: Whether they are.
func expectStep(_ found: RecordedStep, _ wanted: RecordedStep, _ name: String) throws -> Bool {
    #expect(found.keys.sorted() == wanted.keys.sorted(), "\(name) has other numbers")
    var farthest = (share: 0.0, description: "")
    for (series, vector) in wanted {
        let values = try #require(found[series])
        #expect(values.count == vector.count, "\(name): \(series) has \(values.count) values")
        let scale = vector.map(abs).max() ?? 0
        for (index, (value, want)) in zip(values, vector).enumerated() {
            let share = abs(value - want) / (scale > 0 ? scale : 1) / traceTolerance
            if !(share <= farthest.share) {
                farthest = (share, "\(series)[\(index)] is \(value), wanted \(want); the vector's largest is \(scale)")
            }
        }
    }
    #expect(farthest.share <= 1, "\(name): \(farthest.description)")
    return farthest.share <= 1
}

/// Trained tensors, and where they began.
struct Watched {
    private let tensors: [Tensor]
    private let beginnings: [Tensor]

    init(_ tensors: [Tensor]) throws {
        self.tensors = tensors
        beginnings = try tensors.map { try $0.detached().copied() }
    }

    /// The length of all gradients.
    func gradient() throws -> [Double] { [try length(tensors.compactMap { try $0.gradient() })] }

    /// The length of the way from the beginning.
    func moved() throws -> [Double] {
        [try withoutGradients { try length(zip(tensors, beginnings).map { try $0 - $1 }) }]
    }
}

func length(_ tensors: [Tensor]) throws -> Double {
    try tensors.reduce(0) { sum, tensor in
        try sum + numbers(tensor.detached().converted(to: .float64).squared().sum())[0]
    }.squareRoot()
}

/// The elements of a tensor of floats or doubles.
func numbers(_ tensor: Tensor) throws -> [Double] { try tensor.doubles() }

/// The first running means and variances of chosen layers.
func statistics(_ name: String, _ store: ParameterStore, branches: [String]) throws -> RecordedStep {
    let state = store.state
    var recorded: RecordedStep = [:]
    for layer in ["bn1", "layer2.0.downsample.1", "layer4.1.bn2", "feat_bn"] {
        for key in branches.flatMap({ ["\(layer)\($0).running_mean", "\(layer)\($0).running_var"] }) {
            recorded["\(name).\(key)"] = try numbers(#require(state[key]).slice(0..<2))
        }
    }
    return recorded
}

/// The losses of the only step that a meter has counted.
func losses(_ meter: LossMeter) throws -> RecordedStep {
    let values = try meter.state().values.filter { $0.key.hasPrefix("loss/") }.map {
        ($0.key.replacing("loss/", with: "loss "), [$0.value])
    }
    return Dictionary(uniqueKeysWithValues: values)
}

extension RecordedStep {
    static func + (left: RecordedStep, right: RecordedStep) -> RecordedStep {
        left.merging(right) { _, _ in preconditionFailure("two vectors have one name") }
    }
}
