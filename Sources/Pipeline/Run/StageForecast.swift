// SPDX-License-Identifier: MIT

/// What a stage is expected to take, reckoned from what was measured on this machine.
public struct StageForecast: Sendable, Equatable, Encodable {
    /// Seconds of what is left to do.
    public let seconds: Double
    /// The most bytes that the process will have in memory.
    public let memoryBytes: Int
    /// The most bytes that it will have on the card that it computes on; nothing where it computes on the processor.
    public let cardBytes: Int?
    /// Bytes of what the stage leaves.
    public let diskBytes: Int
    /// Bytes of checkpoints that it needs besides while it runs.
    public let scratchBytes: Int

    /// As given; nothing is negative.
    public init(seconds: Double, memoryBytes: Int, cardBytes: Int? = nil, diskBytes: Int, scratchBytes: Int) {
        self.seconds = seconds
        self.memoryBytes = memoryBytes
        self.cardBytes = cardBytes
        self.diskBytes = diskBytes
        self.scratchBytes = scratchBytes
    }

    private enum CodingKeys: String, CodingKey {
        case seconds, memoryBytes = "memory_bytes", cardBytes = "card_bytes", diskBytes = "disk_bytes", scratchBytes =
            "scratch_bytes"
    }
}

/// The forecasts of all stages that have to be computed.
public struct RunForecast: Sendable, Equatable {
    /// By the stage's name.
    public let stages: [String: StageForecast]
    /// Stages that have to be computed, and of which nothing is known; what is in neither is reused.
    public let unmeasured: Set<String>

    /// As given.
    public init(_ stages: [String: StageForecast], unmeasured: Set<String> = []) {
        self.stages = stages
        self.unmeasured = unmeasured
    }

    /// Seconds of all stages.
    public var seconds: Double { stages.values.reduce(0) { $0 + $1.seconds } }
    /// The most bytes in memory at any time.
    public var memoryBytes: Int { stages.values.map(\.memoryBytes).max() ?? 0 }
    /// The most bytes on the card at any time; nothing where no stage computes on one.
    public var cardBytes: Int? { stages.values.compactMap(\.cardBytes).max() }
    /// Bytes of what all stages leave.
    public var leftBytes: Int { stages.values.reduce(0) { $0 + $1.diskBytes } }
    /// Bytes of the checkpoints of one stage, the one with the most.
    public var scratchBytes: Int { stages.values.map(\.scratchBytes).max() ?? 0 }
    /// The most bytes on the device at any time: all that is left, and the checkpoints of one stage.
    public var diskBytes: Int { leftBytes + scratchBytes }
}

extension StageForecast: CustomStringConvertible {
    public var description: String {
        "about \(ProgressLine.duration(seconds)), \(memoryBytes.byteText) of memory, \(cardText)"
            + "\(diskBytes.byteText) on disk and \(scratchBytes.byteText) while it runs"
    }

    private var cardText: String { cardBytes.map { "\($0.byteText) of the card's, " } ?? "" }
}

extension RunForecast: CustomStringConvertible {
    public var description: String {
        "in all about \(ProgressLine.duration(seconds)), at most \(memoryBytes.byteText) of memory"
            + (cardBytes.map { ", \($0.byteText) of the card's" } ?? "") + " and "
            + "\(diskBytes.byteText) on disk"
    }
}
