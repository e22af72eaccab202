// SPDX-License-Identifier: MIT

package import Tensor

/// The parts of a step that are the same work in every step: networks, losses and gradients, with tensors of the same
/// shapes.
///
/// A card is given them a few times as they are, since kernels are chosen and memory is fetched then, and is told to repeat
/// them from there on, see ``DeviceGraph``. A part is handed its tensors; what else it takes has to stay as it is until
/// ``renew()``. Where a part cannot be repeated, steps go on as they are.
package final class StepGraph {
    private enum State: Equatable {
        /// Steps are taken as they are, for good.
        case off
        /// Steps are taken as they are, so many more.
        case warmingUp(Int)
        /// The step that is taken is remembered.
        case capturing
        case replaying
    }

    private struct Part {
        let inputs: [Tensor]
        let output: Any
        let graph: DeviceGraph
    }

    package static let usualWarmUps = 3
    private let isOn: Bool
    private let warmUps: Int
    private let warn: (String) -> Void
    private var state: State
    private var parts: [Part] = []

    /// - Parameters:
    ///   - isOn: Whether steps are to be repeated at all.
    ///   - warmUps: Steps before the one that is remembered.
    ///   - warn: Told once why steps cannot be repeated.
    package init(isOn: Bool, warmUps: Int = usualWarmUps, warn: @escaping (String) -> Void = { _ in }) {
        self.isOn = isOn
        self.warmUps = warmUps
        self.warn = warn
        state = isOn ? .warmingUp(warmUps) : .off
    }

    /// Another of the same kind, which has seen no step: for work that is not done in every step, or not with the same
    /// tensors.
    package func another() -> StepGraph { StepGraph(isOn: isOn, warmUps: warmUps, warn: warn) }

    /// Whether the step that was taken last repeated an earlier one.
    package var isReplaying: Bool { state == .replaying }

    /// Whether the step that is taken is remembered: its parts may be done once more as they are, so that a later one leaves
    /// to autograd what an earlier one has recorded.
    package var isCapturing: Bool { state == .capturing }

    /// Forgets what was remembered: tensors that parts take from elsewhere are others now.
    ///
    /// One step as it is suffices then: kernels have been chosen, and gradients of new tensors get memory.
    package func renew() {
        guard state != .off else { return }
        begin(after: parts.isEmpty ? warmUps : min(1, warmUps))
    }

    private func begin(after steps: Int) {
        parts = []
        state = .warmingUp(steps)
    }

    /// Does a part of a step, or repeats it.
    ///
    /// - Parameters:
    ///   - part: Which of a step's parts it is, from 0, with which a step begins.
    ///   - inputs: What is another tensor in each step.
    ///   - body: What is done with them. Gradients that it asks for are dropped in it first.
    /// - Returns: What the body did: where it is repeated, in the same tensors as last time.
    package func callAsFunction<Output>(
        part: Int = 0, _ inputs: [Tensor], _ body: ([Tensor]) throws -> Output
    ) throws -> Output {
        if part == 0 { beginStep(with: inputs) }
        switch state {
        case .off, .warmingUp: return try body(inputs)
        case .capturing: return try capture(inputs, body)
        case .replaying: return try replay(parts[part], inputs)
        }
    }

    private func beginStep(with inputs: [Tensor]) {
        // A batch of another size is remembered anew: its kernels have not been chosen yet.
        if let first = parts.first, first.inputs.map(\.shape) != inputs.map(\.shape) { begin(after: warmUps) }
        switch state {
        case .off: parts = []
        case .warmingUp(0): state = .capturing
        case .warmingUp(let left): state = .warmingUp(left - 1)
        case .capturing: state = .replaying
        case .replaying: break
        }
    }

    private func capture<Output>(_ inputs: [Tensor], _ body: ([Tensor]) throws -> Output) throws -> Output {
        let inputs = try inputs.map { try $0.detached().copied() }
        do {
            let (graph, output) = try DeviceGraph.capturing { try body(inputs) }
            parts.append(Part(inputs: inputs, output: output, graph: graph))
            return output
        } catch let error as TensorError {
            state = .off
            guard !DeviceGraph.areSpoilt else {
                warn("the card has broken off a graph of steps: go on with --resume and graphs=false")
                throw error
            }
            warn("steps are not repeated as a graph: \(error)")
            return try body(inputs)
        } catch {
            (state, parts) = (.warmingUp(0), [])
            throw error
        }
    }

    private func replay<Output>(_ part: Part, _ inputs: [Tensor]) throws -> Output {
        for (place, input) in zip(part.inputs, inputs) { try place.copy(from: input) }
        try part.graph.replay()
        guard let output = part.output as? Output else {
            preconditionFailure("a part of a step came to \(type(of: part.output)) and is asked for \(Output.self)")
        }
        return output
    }
}
