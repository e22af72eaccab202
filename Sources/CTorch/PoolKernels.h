// SPDX-License-Identifier: MIT
//
// Kernels for pooling by generalised means on a card: one value a channel, the root of the mean of the pixels' powers.
//
// An image is a group of one, see KernelRows.h. Maps are read once, and once more for their gradient; what gradients need
// besides is two numbers a channel of an image.
//
// Read by two compilers, see KernelElements.h.

PASSERBY_KERNELS(

/// Sums over pixels of their powers, and of powers times logarithms where the exponent learns.
KERNEL void passerby_power_sums(
    const ELEMENT *__restrict__ input, const float *__restrict__ power, float *__restrict__ sums, Sizes sizes, float least,
    int learns) {
    Walk walk(sizes);
    const float exponent = *power;
    Eight one{};
    Eight two{};
    for (; walk.has(1); walk.pass(1)) {
        const Eight row = load(input + walk.place());
        for (int index = 0; index < 8; ++index) {
            // What is no number stays none.
            const float value = row.value[index] < least ? least : row.value[index];
            const float raised = powf(value, exponent);
            one.value[index] += raised;
            if (learns != 0) two.value[index] += raised * logf(value);
        }
    }
    settle_block(sums, sizes, walk, one, two);
}

/// The roots of means, [image, channel], and how they grow, [image, 2, channel]: with a pixel, but for the pixel's own power of
/// p − 1, and with the exponent p.
KERNEL void passerby_power_means(const float *sums, const float *power, float *roots, float *slopes, Sizes sizes) {
    const int channel = blockIdx.x * 32 + threadIdx.x;
    const int image = blockIdx.y;
    float found[2];
    settle_chunks(sums, sizes, image, channel, found);
    if (threadIdx.y != 0 || channel >= sizes.channels) return;
    const float exponent = *power;
    const float mean = found[0] / (float)sizes.rows;
    const float root = powf(mean, 1 / exponent);
    roots[image * (long long)sizes.channels + channel] = root;
    slopes[image * 2ll * sizes.channels + channel] = root / found[0];
    slopes[(image * 2ll + 1) * sizes.channels + channel] = root / exponent * (found[1] / found[0] - logf(mean) / exponent);
}

/// The gradient of maps, from that of the roots.
KERNEL void passerby_power_gradients(
    const ELEMENT *__restrict__ input, const float *__restrict__ given, const float *__restrict__ power,
    const float *__restrict__ slopes, ELEMENT *__restrict__ gradient, Sizes sizes, float least) {
    Walk walk(sizes);
    const float exponent = *power - 1;
    Eight slope = load(slopes + walk.group * 2ll * sizes.channels + walk.channel);
    const Eight outer = load(given + walk.group * (long long)sizes.channels + walk.channel);
    for (int index = 0; index < 8; ++index) slope.value[index] *= outer.value[index];
    for (; walk.has(1); walk.pass(1)) {
        Eight row = load(input + walk.place());
        for (int index = 0; index < 8; ++index) {
            const float value = row.value[index];
            row.value[index] = value >= least ? slope.value[index] * powf(value, exponent) : 0;
        }
        store(gradient + walk.place(), row);
    }
}

)
