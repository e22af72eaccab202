// SPDX-License-Identifier: MIT

/// A 32-bit cyclic redundancy check over reflected bits, start and final complement all ones.
struct ReflectedCRC: Sendable {
    /// The check of zip, PNG and gzip: polynomial 0x04C11DB7.
    static let zip = ReflectedCRC(polynomial: 0xEDB8_8320)
    /// Castagnoli's, of iSCSI and TensorBoard's records: polynomial 0x1EDC6F41.
    static let castagnoli = ReflectedCRC(polynomial: 0x82F6_3B78)

    /// The effect of each low byte on the register.
    private let table: [UInt32]

    /// - Parameter polynomial: Its bits reversed, the constant term being the highest.
    private init(polynomial: UInt32) {
        table = (0..<256).map { index in
            (0..<8).reduce(UInt32(index)) { crc, _ in crc & 1 == 1 ? crc >> 1 ^ polynomial : crc >> 1 }
        }
    }

    /// The check of some bytes.
    func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
    }
}
