// SPDX-License-Identifier: MIT

internal import Pipeline
internal import Tensor
internal import Training

/// A training of a few steps whose time counts and whose result does not.
final class RehearsalScope: MeasuringScope {
    private let clock: RunClock
    private let warn: (String) -> Void
    private var ends: [Double]
    /// Bytes of the state within an epoch.
    private(set) var stateBytes = 0

    /// - Parameter warn: Told what is worth a line of its own.
    init(_ clock: RunClock = .system, warn: @escaping (String) -> Void = { _ in }) {
        self.clock = clock
        self.warn = warn
        ends = []
    }

    /// Seconds of the fastest step but the first, in which memory is fetched and kernels are chosen.
    var secondsPerStep: Double {
        zip(ends.dropFirst(), ends).map { $0 - $1 }.min() ?? 0
    }

    func endStep(_ state: () throws -> TrainingState) throws {
        // A card is given steps faster than it does them.
        try Engine.finish()
        ends.append(clock.uptime())
        guard stateBytes == 0 else { return }
        stateBytes = try state().tensors.values.reduce(0) { $0 + $1.byteCount }
    }

    func warn(_ text: String) { warn(text) }
}

/// A scope that measures steps, and keeps and shows nothing of what they come to.
protocol MeasuringScope: TrainingScope {}

extension MeasuringScope {
    func restore() throws -> TrainingState? { nil }
    func endEpoch(_ state: TrainingState) throws {}
    func pause(_ state: () throws -> TrainingState) throws {}
    func finish(_ state: TrainingState) throws {}
    func record(_ name: String, _ value: Double, epoch: Int) throws {}
    func begin(epochs: Int, iterations: Int, at epoch: Int, step: Int) {}
}
