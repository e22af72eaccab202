// SPDX-License-Identifier: MIT

public import Foundation

/// A TensorBoard event file.
///
/// The file is a sequence of records: length (8 bytes), masked CRC-32C of those 8, an `Event` message, masked
/// CRC-32C of the message, all little-endian. A torn last record is dropped by TensorBoard itself.
///
/// - SeeAlso: TensorFlow, `record_writer.h`, `event.proto` and `summary.proto`, for the framing and the
///   field numbers; what the plugins for texts and hyperparameters look for: ``TensorBoardSummary``.
public final class TensorBoardWriter {
    private let file: AppendFile

    /// Makes a new event file in a folder, named so that TensorBoard finds it and no earlier one is touched.
    ///
    /// - Parameters:
    ///   - folder: An existing folder.
    ///   - time: Seconds since 1970.
    /// - Throws: ``PipelineError/readOnly(path:)``, ``PipelineError/diskFull(path:)`` or
    ///   ``PipelineError/inputOutput(operation:path:reason:)``.
    public init(folder: URL, time: Double) throws {
        file = try Self.makeFile(in: folder, time: time)
        try append(at: time) { $0.append(text: "brain.Event:2", field: 3) }
    }

    /// Appends one scalar.
    ///
    /// - Parameters:
    ///   - tag: The curve's name; parts before `/` group curves.
    ///   - step: The position on the curve's axis.
    ///   - value: The value.
    ///   - time: Seconds since 1970.
    /// - Throws: ``PipelineError/diskFull(path:)`` or
    ///   ``PipelineError/inputOutput(operation:path:reason:)``.
    public func write(tag: String, step: Int, value: Float, time: Double) throws {
        try write(.scalar(value), tag: tag, step: step, time: time)
    }

    /// Appends one summary under a tag, at a step.
    func write(_ summary: TensorBoardSummary, tag: String, step: Int = 0, time: Double) throws {
        let value = summary.value(tag: tag)
        try append(at: time, step: step) { event in
            event.append(message: ProtocolMessage { $0.append(message: value, field: 1) }, field: 5)
        }
    }

    /// Says that whoever wrote before this was ended, and that it goes on at a step: TensorBoard drops all that was
    /// recorded of this step and those after it, whatever its tag.
    func restart(at step: Int, time: Double) throws {
        try append(at: time, step: step) { event in
            event.append(message: ProtocolMessage { $0.append(integer: 1, field: 1) }, field: 7)
        }
    }

    private func append(at time: Double, step: Int = 0, _ fill: (inout ProtocolMessage) -> Void) throws {
        let event = ProtocolMessage { event in
            event.append(double: time, field: 1)
            if step != 0 { event.append(integer: UInt64(bitPattern: Int64(step)), field: 2) }
            fill(&event)
        }
        try append(event)
    }

    private func append(_ event: ProtocolMessage) throws {
        let length = ProtocolMessage.littleEndian(UInt64(event.bytes.count))
        try file.append(
            Data(
                length + ProtocolMessage.littleEndian(CRC32C.masked(length))
                    + event.bytes + ProtocolMessage.littleEndian(CRC32C.masked(event.bytes))))
    }

    private static func makeFile(in folder: URL, time: Double) throws -> AppendFile {
        var attempt = 0
        while true {
            let name = "events.out.tfevents.\(Int(time)).\(ThisProcess.host)"
            let url = folder.appendingPathComponent(attempt == 0 ? name : "\(name).\(attempt)")
            if !DurableFile.lstatSucceeds(url) { return try AppendFile(url, isNew: true) }
            attempt += 1
        }
    }
}
