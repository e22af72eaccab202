// SPDX-License-Identifier: MIT

/// A saved state of a stage.
public struct Checkpoint: Sendable, Equatable {
    /// What the state was saved for: by training, the number of epochs that are done.
    public let epoch: Int
    /// Steps of the next epoch that are done too; nil for the state at an epoch's end.
    public let step: Int?
    /// The file or folder that was saved; not to be written to.
    public let path: String
}

/// When a stage saves its state, and which states are kept.
public struct CheckpointPolicy: Sendable, Equatable {
    /// How many of the newest are kept: one more than needed by default, for the newest may be damaged later.
    public var newestCount: Int
    /// Seconds after which a state is to be saved within an epoch too; infinite for ends of epochs only.
    public var interval: Double
    /// Moments after which a state is to be saved too; 0 for none. For trying out what a run goes on from.
    public var stride = 0
    /// The part of the time that saving at ends of epochs may take: an end that comes too early for that is let pass.
    public var share: Double

    /// A policy.
    ///
    /// - Parameters:
    ///   - newestCount: At least 1; two by default.
    ///   - interval: Above 0; ten minutes by default.
    ///   - share: Above 0, 1 for all ends of epochs; one fiftieth by default.
    public init(newestCount: Int = 2, interval: Double = 600, share: Double = 0.02) {
        precondition(newestCount >= 1, "newestCount is \(newestCount); at least 1 checkpoint is kept")
        precondition(interval > 0, "interval is \(interval); it must be above 0")
        precondition(share > 0 && share <= 1, "share is \(share); it must be above 0 and at most 1")
        self.newestCount = newestCount
        self.interval = interval
        self.share = share
    }

    /// The same policy with another stride.
    func keeping(every stride: Int) -> CheckpointPolicy {
        var policy = self
        policy.stride = stride
        return policy
    }
}

/// What it took to save a checkpoint.
public struct CheckpointCost: Sendable, Equatable {
    /// The part of the stage whose state it is; empty where the stage has only one.
    public let part: String
    /// As in ``Checkpoint/epoch``.
    public let epoch: Int
    /// As in ``Checkpoint/step``.
    public let step: Int?
    /// Seconds from the first byte to the one that was read back.
    public let seconds: Double
    /// Bytes of the state.
    public let bytes: Int
}
