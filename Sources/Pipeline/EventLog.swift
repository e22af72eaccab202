// SPDX-License-Identifier: MIT

public import Foundation

/// One line of `events.jsonl`: a value at a moment of a stage.
public struct Event: Sendable, Codable, Equatable {
    /// Seconds since 1970.
    public let time: Double
    /// The stage's name.
    public let stage: String
    /// The epoch, from 0.
    public let epoch: Int
    /// The step since the stage's beginning; nil for a value of the whole epoch.
    public let step: Int?
    /// What was measured.
    public let name: String
    /// The value; may be not a number.
    public let value: Double

    /// Reads a log, in the order of writing.
    ///
    /// After a resume, the interrupted epoch is there twice; the later line counts. A last line without its
    /// end, as a killed process leaves it, is not read.
    ///
    /// - Throws: ``PipelineError/corruptFile(path:reason:)`` naming the line.
    public static func read(from url: URL) throws -> [Event] {
        guard let data = try? Data(contentsOf: url) else {
            throw PipelineError.corruptFile(path: url.path, reason: "cannot be read")
        }
        let decoder = JSONFile.decoder()
        let whole = data.prefix(through: data.lastIndex(of: UInt8(ascii: "\n")) ?? data.startIndex - 1)
        return try whole.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
            guard let event = try? decoder.decode(Event.self, from: Data(line)) else {
                throw PipelineError.corruptFile(path: url.path, reason: "line \(index + 1) is no event")
            }
            return event
        }
    }
}

/// A stage's way to record values, in `events.jsonl` and for TensorBoard.
public struct EventLog {
    private let stage: String
    private let sink: EventSink

    init(stage: String, sink: EventSink) {
        self.stage = stage
        self.sink = sink
    }

    /// Records one value.
    ///
    /// - Parameters:
    ///   - epoch: The epoch, from 0.
    ///   - step: The step since the stage's beginning; nil for a value of the whole epoch.
    ///   - name: What was measured; parts before `/` group curves.
    ///   - value: The value; not a number is recorded too.
    /// - Throws: ``PipelineError/diskFull(path:)`` or
    ///   ``PipelineError/inputOutput(operation:path:reason:)``.
    public func record(epoch: Int, step: Int? = nil, name: String, value: Double) throws {
        try sink.record(stage: stage, epoch: epoch, step: step, name: name, value: value)
    }
}

/// The event files of one run, open for one session.
final class EventSink {
    private let folder: URL
    private let clock: RunClock
    private let lines: AppendFile
    private let encoder = JSONFile.encoder()
    private var board: TensorBoardWriter?

    /// Opens `events.jsonl` at its end, without the torn line that a killed process may have left there.
    init(folder: RunFolder, clock: RunClock) throws {
        self.folder = folder.url
        self.clock = clock
        lines = try AppendFile(folder.eventsFile)
        let data = (try? Data(contentsOf: folder.eventsFile, options: .mappedIfSafe)) ?? Data()
        let wholeCount = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if wholeCount < data.count { try lines.truncate(to: wholeCount) }
    }

    func record(stage: String, epoch: Int, step: Int?, name: String, value: Double) throws {
        let time = clock.now()
        let event = Event(
            time: (time * 1000).rounded() / 1000, stage: stage, epoch: epoch, step: step, name: name,
            value: value)
        let line: Data
        do {
            line = try encoder.encode(event)
        } catch {
            throw PipelineError.cannotEncode(path: lines.path, reason: "\(error)")
        }
        try lines.append(line + Data("\n".utf8))
        // Made with the first value: a session that records nothing leaves no empty file.
        let board = try board ?? TensorBoardWriter(folder: folder, time: time)
        self.board = board
        try board.write(tag: "\(stage)/\(name)", step: step ?? epoch, value: Float(value), time: time)
    }

    func synchronise() throws {
        try lines.synchronise()
    }
}
