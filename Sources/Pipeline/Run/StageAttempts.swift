// SPDX-License-Identifier: MIT

internal import Foundation

/// How long a stage has been worked on, and what was noted of it, all attempts together.
///
/// Written with every checkpoint and when an attempt ends, so that a kill loses no more than the time since the
/// last checkpoint, whose work is lost too.
final class StageAttempts {
    private struct Record: Codable {
        var seconds = 0.0
        var attempts = 0
        var boundaries = 0
        /// Nil where there are none.
        var notes: [String]?
    }

    private let file: URL
    private let clock: RunClock
    private let earlier: Record
    private let start: Double
    /// What all attempts noted.
    let notes: StageNotes
    /// Seconds of this attempt that went into checkpoints.
    var checkpointSeconds = 0.0
    /// Moments of this attempt at which it could have been left.
    private(set) var ownBoundaries = 0

    /// Begins another attempt.
    init(_ file: URL, clock: RunClock) {
        self.file = file
        self.clock = clock
        // A file that cannot be read costs a figure, not the run.
        earlier = (try? JSONFile.read(Record.self, from: file)) ?? Record()
        notes = StageNotes(earlier.notes ?? [])
        start = clock.uptime()
    }

    /// Seconds of this attempt.
    var own: Double { clock.uptime() - start }

    /// Seconds of all attempts until now, to the millisecond.
    var seconds: Double { ((earlier.seconds + own) * 1000).rounded() / 1000 }

    /// Moments of all attempts at which the stage could have been left.
    var boundaries: Int { earlier.boundaries + ownBoundaries }

    /// Counts such a moment.
    func passBoundary() { ownBoundaries += 1 }

    /// Writes down what was spent and noted until now.
    func record() throws {
        let noted = notes.all
        let record = Record(
            seconds: seconds, attempts: earlier.attempts + 1, boundaries: boundaries,
            notes: noted.isEmpty ? nil : noted)
        try JSONFile.write(record, to: file)
    }
}
