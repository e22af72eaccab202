// SPDX-License-Identifier: MIT
//
// What kernels are given, as the text of NormKernels.h and as the program's own types: PASSERBY_KERNELS says which.

PASSERBY_KERNELS(

/// Weights and so on of the parts that a batch is made of, two at most: all groups of a part share them.
struct Parts {
    const float *weight[2];
    const float *bias[2];
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
    int channels;
    int chunks;
};

/// What comes after normalisation: nothing, a rectifier, or maps that are added and a rectifier.
enum After { nothing, rectified, added };

)
