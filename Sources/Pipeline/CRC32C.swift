// SPDX-License-Identifier: MIT

/// The cyclic redundancy check with Castagnoli's polynomial, which TensorBoard's records carry.
///
/// - SeeAlso: RFC 3720, appendix B.4: polynomial 0x1EDC6F41.
enum CRC32C {
    /// The check of some bytes.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ReflectedCRC.castagnoli.checksum(bytes)
    }

    /// The check as stored in a record: rotated right by 15 bits, plus a constant.
    ///
    /// A check over data that holds checks is weak; the mask makes the stored one look like something else.
    static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let crc = checksum(bytes)
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
