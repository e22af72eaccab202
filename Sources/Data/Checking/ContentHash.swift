// SPDX-License-Identifier: MIT

/// The 128-bit FNV-1a hash of some bytes.
///
/// It is not made to resist anybody who wants two files to collide; whoever needs to know that files are equal
/// compares the bytes of those with equal hashes.
///
/// - SeeAlso: Fowler, Noll, Vo and Eastlake, "The FNV non-cryptographic hash algorithm", RFC 9923.
/// - Complexity: O(bytes).
func contentHash(_ bytes: [UInt8]) -> UInt128 {
    // The prime is 2^88 + 0x13B.
    let (basis, prime): (UInt128, UInt128) = (0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, 1 << 88 | 0x13B)
    return bytes.reduce(basis) { ($0 ^ UInt128($1)) &* prime }
}
