// SPDX-License-Identifier: MIT

#include "CPixels.h"

#include <string.h>

// Where the linker can choose a version when the program starts; elsewhere there is the one for every processor.
#if defined(__x86_64__) && defined(__gnu_linux__)
#define VERSIONS __attribute__((target_clones("avx512bw", "avx2", "default")))
#else
#define VERSIONS
#endif

// So many sums stay in registers while the taps go by.
enum { BLOCK = 64 };

static inline uint8_t level(int32_t sum) {
    const int32_t value = sum >> CPixelsFractionBits;
    return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value;
}

VERSIONS
void cpixels_weighted_sum(
    const uint8_t *rows, size_t length, const int32_t *weights, size_t tapCount, uint8_t *restrict sum) {
    const int32_t half = 1 << (CPixelsFractionBits - 1);
    size_t done = 0;
    for (; done + BLOCK <= length; done += BLOCK) {
        int32_t sums[BLOCK];
        for (int column = 0; column < BLOCK; column++) sums[column] = half;
        for (size_t tap = 0; tap < tapCount; tap++) {
            const uint8_t *row = rows + tap * length + done;
            for (int column = 0; column < BLOCK; column++) sums[column] += row[column] * weights[tap];
        }
        for (int column = 0; column < BLOCK; column++) sum[done + column] = level(sums[column]);
    }
    for (; done < length; done++) {
        int32_t single = half;
        for (size_t tap = 0; tap < tapCount; tap++) single += rows[tap * length + done] * weights[tap];
        sum[done] = level(single);
    }
}

VERSIONS
void cpixels_normalise(
    const uint8_t *values, size_t count, const float *restrict mean, const float *restrict deviation,
    float *restrict normalised) {
    size_t done = 0;
    for (; done + CPixelsPatternLength <= count; done += CPixelsPatternLength)
        for (int lane = 0; lane < CPixelsPatternLength; lane++)
            normalised[done + lane] = ((float)values[done + lane] / 255.0f - mean[lane]) / deviation[lane];
    for (int lane = 0; done < count; done++, lane++)
        normalised[done] = ((float)values[done] / 255.0f - mean[lane]) / deviation[lane];
}

// Five pixels, and a byte that belongs to nobody.
typedef uint8_t Five __attribute__((vector_size(16)));

VERSIONS
void cpixels_mirror(const uint8_t *row, size_t count, uint8_t *restrict mirrored) {
    // A sixth pixel must be there on both sides, for the sixteenth byte; what is written there is overwritten.
    while (count >= 6) {
        Five five;
        memcpy(&five, row + 3 * (count - 5) - 1, sizeof five);
        five = __builtin_shufflevector(five, five, 13, 14, 15, 10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3, 0);
        memcpy(mirrored, &five, sizeof five);
        mirrored += 15;
        count -= 5;
    }
    for (; count > 0; count--, mirrored += 3) memcpy(mirrored, row + 3 * (count - 1), 3);
}
