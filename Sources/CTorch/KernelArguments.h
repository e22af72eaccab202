// SPDX-License-Identifier: MIT
//
// What kernels are given, as a part of their text and as the program's own types: PASSERBY_KERNELS says which.

PASSERBY_KERNELS(

/// Weights and so on of the parts that a batch is made of, two at most: all groups of a part share them.
struct Parts {
    /// Null where channels have none: 1 and 0.
    const float *weight[2];
    const float *bias[2];
    /// Null where nothing runs.
    float *mean[2];
    float *variance[2];
    long long *count[2];
    float *weight_gradient[2];
    float *bias_gradient[2];
    int groups;
};

struct Sizes {
    /// Of a group.
    long long rows;
    /// Those that are normalised, neighbours in a row.
    int channels;
    /// From one row to the next: all channels.
    int stride;
    int chunks;
};

/// What comes after normalisation: nothing, a rectifier, or maps that are added and a rectifier.
enum After { nothing, rectified, added };

/// Maps that are enlarged by so many rows and columns on each side; channels in eights.
struct Pads {
    int rows;
    int columns;
    int eights;
    int width;
};

)
