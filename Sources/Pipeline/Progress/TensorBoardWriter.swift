// SPDX-License-Identifier: MIT

public import Foundation

/// A TensorBoard event file of scalars.
///
/// The file is a sequence of records: length (8 bytes), masked CRC-32C of those 8, an `Event` message, masked
/// CRC-32C of the message, all little-endian. A torn last record is dropped by TensorBoard itself.
///
/// - SeeAlso: TensorFlow, `record_writer.h`, `event.proto` and `summary.proto`, for the framing and the
///   field numbers.
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
        var event = Message()
        event.append(double: time, field: 1)
        event.append(text: "brain.Event:2", field: 3)
        try append(event)
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
        var scalar = Message()
        scalar.append(text: tag, field: 1)
        scalar.append(float: value, field: 2)
        var summary = Message()
        summary.append(bytes: scalar.bytes, field: 1)
        var event = Message()
        event.append(double: time, field: 1)
        event.append(integer: UInt64(bitPattern: Int64(step)), field: 2)
        event.append(bytes: summary.bytes, field: 5)
        try append(event)
    }

    private func append(_ event: Message) throws {
        let length = Message.littleEndian(UInt64(event.bytes.count))
        try file.append(
            Data(
                length + Message.littleEndian(CRC32C.masked(length))
                    + event.bytes + Message.littleEndian(CRC32C.masked(event.bytes))))
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

/// The few wire types of a protocol-buffer message that an event needs.
private struct Message {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 {
        case varint = 0, fixed64 = 1, lengthDelimited = 2, fixed32 = 5
    }

    mutating func append(integer value: UInt64, field: UInt64) {
        append(key: field, .varint)
        append(varint: value)
    }

    mutating func append(double value: Double, field: UInt64) {
        append(key: field, .fixed64)
        bytes += Self.littleEndian(value.bitPattern)
    }

    mutating func append(float value: Float, field: UInt64) {
        append(key: field, .fixed32)
        bytes += Self.littleEndian(value.bitPattern)
    }

    mutating func append(text: String, field: UInt64) {
        append(bytes: Array(text.utf8), field: field)
    }

    mutating func append(bytes value: [UInt8], field: UInt64) {
        append(key: field, .lengthDelimited)
        append(varint: UInt64(value.count))
        bytes += value
    }

    static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private mutating func append(key field: UInt64, _ type: WireType) {
        append(varint: field << 3 | type.rawValue)
    }

    /// Seven bits a byte, lowest first; the top bit says that more follow.
    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
