// SPDX-License-Identifier: MIT

/// The Philox 4×32 counter-based generator with ten rounds.
///
/// A pure function from a 128-bit counter and a 64-bit key to 128 random bits: there is no state to save, so
/// any value of any stream can be had without the ones before it.
///
/// - SeeAlso: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011, §3.
enum Philox {
    /// The ten-round bijection.
    ///
    /// - Parameters:
    ///   - counter: Four 32-bit words, the least significant first.
    ///   - key: Two 32-bit words.
    /// - Returns: Four random 32-bit words.
    static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var words = counter
        var roundKey = key
        for _ in 0..<10 {
            let first = UInt64(words[0]) &* 0xD251_1F53
            let second = UInt64(words[2]) &* 0xCD9E_8D57
            words = SIMD4(
                UInt32(truncatingIfNeeded: second >> 32) ^ words[1] ^ roundKey[0],
                UInt32(truncatingIfNeeded: second),
                UInt32(truncatingIfNeeded: first >> 32) ^ words[3] ^ roundKey[1],
                UInt32(truncatingIfNeeded: first)
            )
            roundKey = roundKey &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
        }
        return words
    }
}
