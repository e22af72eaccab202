// SPDX-License-Identifier: MIT

/// The few wire types of a protocol-buffer message that TensorBoard reads.
struct ProtocolMessage {
    private(set) var bytes: [UInt8] = []

    /// A message with what a function appends to it.
    init(_ fill: (inout ProtocolMessage) -> Void) { fill(&self) }

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

    mutating func append(message: ProtocolMessage, field: UInt64) {
        append(bytes: message.bytes, field: field)
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
