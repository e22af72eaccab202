// SPDX-License-Identifier: MIT

internal import Foundation
internal import Reporting

/// What a run under way is at, for those who look at it from elsewhere: the contents of `progress.json`.
public struct RunProgress: Sendable, Codable, Equatable {
    /// When that was so, in seconds since 1970.
    public let time: Double
    /// The stage, and which of several trainings of it; nil where there is one.
    public let stage: String
    public let part: String?
    /// The epoch from 1, and how many there are; nil outside a training.
    public let epoch: Int?
    public let epochs: Int?
    /// The phase; nil where what is counted is none.
    public let phase: String?
    /// How much of what is counted is done, and in all; nil where nothing is counted, or nobody knows the whole.
    public let done: Int?
    public let total: Int?
    /// Until the stage is done, and the run; nil where nobody knows.
    public let stageSeconds: Double?
    public let runSeconds: Double?

    private enum CodingKeys: String, CodingKey {
        case time, stage, part, epoch, epochs, phase, done, total, stageSeconds = "stage_seconds", runSeconds = "run_seconds"
    }

    init(_ line: ProgressLine, time: Double) {
        self.time = time
        stage = line.label
        part = line.part.isEmpty ? nil : line.part
        (epoch, epochs) = (line.epoch?.number, line.epoch?.count)
        phase = line.phase?.rawValue
        (done, total) = line.totalCount > 0 ? (line.doneCount, line.totalCount) : (nil, nil)
        stageSeconds = line.secondsLeft
        runSeconds = line.runSeconds
    }

    /// `adapt, epoch 3/40, training 120/400, 1 h 02 min left, 3 h 10 min of the run`
    var text: String {
        let place = part.map { "\(stage)/\($0)" } ?? stage
        let course = epoch.flatMap { epoch in epochs.map { "epoch \(epoch)/\($0)" } }
        let count = done.flatMap { done in total.map { "\(done)/\($0)" } }
        let work = [phase, count].compactMap(\.self).joined(separator: " ")
        let left = stageSeconds.map { ProgressLine.duration($0) + " left" }
        let ofRun = runSeconds.map { ProgressLine.duration($0) + " of the run" }
        return [place, course, work.isEmpty ? nil : work, left, ofRun].compactMap(\.self).joined(separator: ", ")
    }
}

/// The file in which that is kept, now and then.
///
/// It is for looking at, and never worth an error: one that cannot be written is an old one, or none.
struct RunProgressFile {
    /// Seconds between two looks at a stage that counts, and after another phase begins.
    static let interval = 5.0
    static let shortestInterval = 1.0

    private let url: URL
    private var last = -Double.infinity

    init(_ url: URL) { self.url = url }

    /// Whether it is to be written anew.
    ///
    /// - Parameter isNew: Whether something begins.
    func isDue(at uptime: Double, isNew: Bool) -> Bool {
        uptime - last >= (isNew ? Self.shortestInterval : Self.interval)
    }

    mutating func write(_ progress: RunProgress, at uptime: Double) {
        last = uptime
        guard let data = try? JSONFile.encoder().encode(progress) else { return }
        // Whole or not at all; nobody needs it after a loss of power.
        try? data.write(to: url, options: .atomic)
    }
}
