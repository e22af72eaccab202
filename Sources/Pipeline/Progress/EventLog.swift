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
    /// - Throws: ``PipelineError/unreadable(path:reason:)``; ``PipelineError/corruptFile(path:reason:)`` naming the line.
    public static func read(from url: URL) throws -> [Event] {
        let data = try DurableFile.contents(of: url)
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
        let data = try DurableFile.contents(of: url, options: .mappedIfSafe)
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

    /// Shows a picture of an epoch in TensorBoard.
    ///
    /// - Parameter picture: A PNG file.
    func show(_ picture: [UInt8], name: String, epoch: Int) throws {
        try sink.show(picture, stage: stage, name: name, epoch: epoch)
    }

    /// Says that a training goes on from where an earlier process kept its state. TensorBoard forgets what was recorded
    /// since then; `events.jsonl` keeps it, and what comes later counts.
    ///
    /// - Parameters:
    ///   - part: Which of several trainings of the stage it is; empty where there is one.
    ///   - epoch: The zero-based epoch of that state, and the steps of it that are done.
    /// - Throws: As ``record(epoch:step:name:value:)``.
    public func restart(_ part: String = "", epoch: Int, step: Int) throws {
        try sink.restart(stage: stage, part: part, epoch: epoch, step: step)
    }
}
