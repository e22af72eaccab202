// SPDX-License-Identifier: MIT
// The loops that all images go through. They are C because its compiler makes versions of one loop for several
// processors, of which the program takes the best at its start; they compute the same bits in every version.

#ifndef CPIXELS_H
#define CPIXELS_H

#include <stddef.h>
#include <stdint.h>

/// The fractional bits of a weight.
enum { CPixelsFractionBits = 22 };

/// The length of the patterns that `cpixels_normalise` takes: 16 pixels of 3 channels.
enum { CPixelsPatternLength = 48 };

/// Adds up rows, each times its weight, and rounds to 0 ... 255.
///
/// - rows: `[tapCount, length]`.
/// - weights: `[tapCount]`, with `CPixelsFractionBits`; their magnitudes add up to less than 2.
/// - sum: `[length]`, not overlapping `rows`.
void cpixels_weighted_sum(
    const uint8_t *rows, size_t length, const int32_t *weights, size_t tapCount, uint8_t *sum);

/// Computes `(value / 255 - mean) / deviation` in single precision, each step rounded.
///
/// - values: `[count]`, whole pixels of 3 channels.
/// - mean, deviation: `[CPixelsPatternLength]`, the three channels' over and over.
/// - normalised: `[count]`.
void cpixels_normalise(
    const uint8_t *values, size_t count, const float *mean, const float *deviation, float *normalised);

/// Copies a row of pixels, the last one first.
///
/// - row: `[count, 3]`.
/// - mirrored: `[count, 3]`, not overlapping `row`.
void cpixels_mirror(const uint8_t *row, size_t count, uint8_t *mirrored);

#endif
