// SPDX-License-Identifier: MIT

internal import Pipeline
internal import Tensor
internal import Training

/// A training of a few steps whose time counts and whose result does not.
final class RehearsalScope: MeasuringScope {
    private let clock: RunClock
    private let warn: (String) -> Void
    private var ends: [Double] = []
    /// The end of the step before, on a card.
    private var given: DeviceMark?
    /// Bytes of the state within an epoch.
    private(set) var stateBytes = 0

    /// - Parameter warn: Told what is worth a line of its own.
    init(_ clock: RunClock = .system, warn: @escaping (String) -> Void = { _ in }) {
        self.clock = clock
        self.warn = warn
    }

    /// Seconds of a step but for the first ones, in which memory is fetched and kernels are chosen: of the fastest, and on a
    /// card, whose steps end while others wait, the median of the second half.
    var secondsPerStep: Double {
        let seconds = zip(ends.dropFirst(), ends).map { $0 - $1 }
        guard isOnCard else { return seconds.min() ?? 0 }
        let half = seconds.suffix((seconds.count + 1) / 2).sorted()
        return half.isEmpty ? 0 : half[half.count / 2]
    }

    /// A card is given a step before the one before it has ended, as in a run: what comes before and after a step is done
    /// meanwhile.
    func endStep(_ state: () throws -> TrainingState) throws {
        if isOnCard {
            let mark = try DeviceMark()
            if let given {
                try given.wait()
                ends.append(clock.uptime())
            }
            given = mark
        } else {
            ends.append(clock.uptime())
        }
        guard stateBytes == 0 else { return }
        stateBytes = try state().tensors.values.reduce(0) { $0 + $1.byteCount }
    }

    func warn(_ text: String) { warn(text) }

    private var isOnCard: Bool { Engine.device != .cpu }
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
