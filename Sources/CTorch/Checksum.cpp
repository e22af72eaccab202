// SPDX-License-Identifier: MIT
//
// The checksum of zip files: CRC-32 with the polynomial 0x04C11DB7, reflected, start and final complement all ones.

#include <array>
#include <cstddef>
#include <cstring>

#include "CTorch.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr size_t slice_count = 16;
using Tables = std::array<std::array<uint32_t, 256>, slice_count>;

/// `tables[k][b]`: what byte b does to the register after k more bytes of zeros.
constexpr Tables crc_tables() {
    Tables tables{};
    for (uint32_t byte = 0; byte < 256; ++byte) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        tables[0][byte] = crc;
    }
    for (size_t slice = 1; slice < slice_count; ++slice)
        for (size_t byte = 0; byte < 256; ++byte) {
            uint32_t before = tables[slice - 1][byte];
            tables[slice][byte] = (before >> 8) ^ tables[0][before & 0xFF];
        }
    return tables;
}

/// The register after more bytes, 16 at a time.
uint32_t by_tables(uint32_t crc, const unsigned char *bytes, size_t count) {
    static constexpr Tables tables = crc_tables();
    for (; count >= slice_count; count -= slice_count, bytes += slice_count) {
        uint32_t words[slice_count / 4];
        std::memcpy(words, bytes, slice_count);
        words[0] ^= crc;
        crc = 0;
        for (size_t byte = 0; byte < slice_count; ++byte)
            crc ^= tables[slice_count - 1 - byte][words[byte / 4] >> (8 * (byte % 4)) & 0xFF];
    }
    for (; count > 0; --count, ++bytes) crc = tables[0][(crc ^ *bytes) & 0xFF] ^ (crc >> 8);
    return crc;
}

#if defined(__x86_64__)

/// Moves 128 bits of the message on by the distance that the factors stand for.
__attribute__((target("pclmul,sse4.1"))) __m128i folded(__m128i bits, __m128i factors) {
    return _mm_xor_si128(_mm_clmulepi64_si128(bits, factors, 0x00), _mm_clmulepi64_si128(bits, factors, 0x11));
}

/// The register after a multiple of 64 bytes, by carry-less multiplication; about ten times as fast as by tables.
///
/// Four runs of 128 bits are each moved on by 512 and added to what is there; at last they are moved onto each other.
/// The 16 bytes that remain have the same checksum as all before. V. Gopal et al., "Fast CRC computation for generic
/// polynomials using PCLMULQDQ instruction", Intel, 2009; factors are x^(distance ± 32) mod P, reflected.
__attribute__((target("pclmul,sse4.1"))) uint32_t by_multiplication(uint32_t crc, const unsigned char *bytes,
                                                                    size_t count) {
    const auto load = [](const unsigned char *place) __attribute__((target("pclmul,sse4.1"))) {
        return _mm_loadu_si128(reinterpret_cast<const __m128i *>(place));
    };
    const __m128i by_512 = _mm_set_epi64x(0x1C6E41596, 0x154442BD4);
    const __m128i by_128 = _mm_set_epi64x(0x0CCAA009E, 0x1751997D0);
    __m128i run[4] = {load(bytes), load(bytes + 16), load(bytes + 32), load(bytes + 48)};
    run[0] = _mm_xor_si128(run[0], _mm_cvtsi32_si128(static_cast<int>(crc)));
    for (size_t place = 64; place < count; place += 64)
        for (size_t lane = 0; lane < 4; ++lane)
            run[lane] = _mm_xor_si128(folded(run[lane], by_512), load(bytes + place + 16 * lane));
    for (size_t lane = 1; lane < 4; ++lane) run[lane] = _mm_xor_si128(folded(run[lane - 1], by_128), run[lane]);
    unsigned char rest[16];
    std::memcpy(rest, &run[3], sizeof rest);
    return by_tables(0, rest, sizeof rest);
}

#endif

}  // namespace

extern "C" uint32_t pt_crc32(const void *bytes, int64_t count) {
    const auto *next = static_cast<const unsigned char *>(bytes);
    auto left = static_cast<size_t>(count);
    uint32_t crc = ~0u;
#if defined(__x86_64__)
    if (left >= 64 && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1")) {
        const size_t whole = left - left % 64;
        crc = by_multiplication(crc, next, whole);
        next += whole;
        left -= whole;
    }
#endif
    return ~by_tables(crc, next, left);
}
