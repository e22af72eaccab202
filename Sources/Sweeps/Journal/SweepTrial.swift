// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

/// A point of a space that a sweep tries, and what it came to.
public struct SweepTrial: Sendable, Equatable {
    /// Where a trial stands; the numbers are those of Optuna's journal.
    public enum State: Int, Sendable {
        /// Begun, and not ended: a process works on it, or the next to come will go on with it.
        case running = 0
        case complete = 1
        case pruned = 2
        case failed = 3
    }

    /// What one of its runs came to.
    public struct Replica: Sendable, Equatable {
        /// The run's seed.
        public let seed: Int
        public let value: Double

        public init(seed: Int, value: Double) {
            self.seed = seed
            self.value = value
        }
    }

    /// Which of the sweep's trials it is, from 0.
    public let number: Int
    /// Which of the journal's trials it is, from 0; one that is begun again after a failure is another there.
    let id: Int
    /// The beginning of the SHA-256 of its settings: its name.
    public let digest: String
    /// Its settings, as a command line says them, in the order of the space.
    public let assignments: [String]
    /// Its point of the space, by setting.
    public let coordinates: [String: Double]
    public internal(set) var state = State.running
    /// The mean of its replicas' values; nil unless it is complete.
    public internal(set) var value: Double?
    public internal(set) var replicas: [Replica] = []
    /// What its first run recorded at epochs, from 0, where a pruner watches.
    public internal(set) var reports: [Int: Double] = [:]
    /// By seed, of a run that has a value or is about to.
    var secondsBySeed: [Int: Double] = [:]
    /// Why it failed.
    public internal(set) var error: String?

    /// Seconds that its runs computed, stages that they took from others not counted.
    public var seconds: Double { secondsBySeed.values.reduce(0, +) }

    /// The standard deviation of its replicas' values, n − 1 below the line; nil for fewer than two.
    public var deviation: Double? { Measured(replicas.map(\.value))?.deviation }

    /// The name of a trial with these settings: twelve digits tell a thousand million million apart.
    static func digest(of assignments: [String]) -> String {
        String(ContentDigest(of: assignments.sorted().joined(separator: "\n")).hexadecimal.prefix(12))
    }
}
