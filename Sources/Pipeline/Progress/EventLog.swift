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

extension Event {
    /// The lines of a log that are of one stage, as they stand there.
    ///
    /// A log may have a million lines, so they are told by their text and not understood.
    static func lines(of stage: String, in url: URL) throws -> Data {
        guard DurableFile.lstatSucceeds(url) else { return Data() }
        guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
            throw PipelineError.corruptFile(path: url.path, reason: "cannot be read")
        }
        // As the encoder of this log writes it, keys without white space.
        let mark = Data("\"stage\":\(JSONValue.string(stage).canonicalText),".utf8)
        let end = UInt8(ascii: "\n")
        return data.split(separator: end).reduce(into: Data()) { text, line in
            if line.range(of: mark) != nil { text += line + [end] }
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
        let time = (clock.now() * 1000).rounded() / 1000
        try append([Event(time: time, stage: stage, epoch: epoch, step: step, name: name, value: value)])
    }

    /// Adds what another run recorded of a stage, under the name that the stage has here.
    func adopt(_ events: [Event], as stage: String) throws {
        try append(
            events.map { event in
                Event(
                    time: event.time, stage: stage, epoch: event.epoch, step: event.step, name: event.name,
                    value: event.value)
            })
    }

    private func append(_ events: [Event]) throws {
        var text = Data()
        do {
            for event in events { text += try encoder.encode(event) + Data("\n".utf8) }
        } catch {
            throw PipelineError.cannotEncode(path: lines.path, reason: "\(error)")
        }
        guard !text.isEmpty else { return }
        try lines.append(text)
        // Made with the first value: a session that records nothing leaves no empty file.
        let board = try board ?? TensorBoardWriter(folder: folder, time: clock.now())
        self.board = board
        for event in events {
            try board.write(
                tag: "\(event.stage)/\(event.name)", step: event.step ?? event.epoch, value: Float(event.value),
                time: event.time)
        }
    }

    func synchronise() throws {
        try lines.synchronise()
    }
}
