// SPDX-License-Identifier: MIT

/// The cyclic redundancy check with Castagnoli's polynomial, which TensorBoard's records carry.
///
/// - SeeAlso: RFC 3720, appendix B.4: polynomial 0x1EDC6F41.
enum CRC32C {
    /// The effect of each low byte on the register, for the polynomial with its bits reversed.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
    }

    /// The check of some bytes.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
    }

    /// The check as stored in a record: rotated right by 15 bits, plus a constant.
    ///
    /// A check over data that holds checks is weak; the mask makes the stored one look like something else.
    static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let crc = checksum(bytes)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
