// SPDX-License-Identifier: MIT
//
// Kernels that normalise batches on a card, with what comes before and after: groups of images in one pass, the shortcut
// that is added, and the rectifier. Their gradients are in NormGradientKernels.h.
//
// Sums are added in one order, whatever the card, so that a step comes to the same bits again. __launch_bounds__ says how many
// blocks a multiprocessor is to hold: left to itself, the compiler saves registers and puts loads apart that were fetched
// together. A grid has four blocks for each, see KernelGrid.
//
// Read by two compilers, see KernelElements.h.

PASSERBY_KERNELS(

template <int lines>
inline __device__ void add_rows(const ELEMENT *input, Walk &walk, const Eight &shift, Eight &one, Eight &two) {
    for (; walk.has(lines); walk.pass(lines)) {
        Lines<lines> rows;
        rows.fetch_from(input, walk);
        _Pragma("unroll")
        for (int line = 0; line < lines; ++line) {
            const Eight row = rows.row(line);
            for (int index = 0; index < 8; ++index) {
                const float value = row.value[index] - shift.value[index];
                one.value[index] += value;
                two.value[index] += value * value;
            }
        }
    }
}

/// Sums of what is left when a group's first row is taken away, and of its squares: so they do not cancel.
KERNEL void __launch_bounds__(256, 4) passerby_sums(const ELEMENT *__restrict__ input, float *__restrict__ sums, Sizes sizes) {
    Walk walk(sizes);
    const Eight shift = load(input + walk.first);
    Eight one{};
    Eight two{};
    add_rows<4>(input, walk, shift, one, two);
    add_rows<1>(input, walk, shift, one, two);
    settle_block(sums, sizes, walk, one, two);
}

/// Means and inverse standard deviations, [group, 2, channel], and what runs.
KERNEL void passerby_moments(
    const ELEMENT *input, const float *sums, float *moments, Parts parts, Sizes sizes, float momentum, float epsilon) {
    const int channel = blockIdx.x * 32 + threadIdx.x;
    const int group = blockIdx.y;
    float found[2];
    settle_chunks(sums, sizes, group, channel, found);
    if (threadIdx.y != 0 || channel >= sizes.channels) return;
    const float count = (float)sizes.rows;
    const Eight row = load(input + group * sizes.rows * sizes.stride + channel / 8 * 8);
    const float rest = found[0] / count;
    const float mean = row.value[channel % 8] + rest;
    const float variance = fmaxf(found[1] / count - rest * rest, 0.0f);
    moments[group * 2 * sizes.channels + channel] = mean;
    moments[(group * 2 + 1) * sizes.channels + channel] = 1.0f / sqrtf(variance + epsilon);
    const int part = group / parts.groups;
    if (group % parts.groups != 0 || of(parts.mean, part) == nullptr) return;
    float *running = of(parts.mean, part) + channel;
    *running += momentum * (mean - *running);
    running = of(parts.variance, part) + channel;
    *running += momentum * (variance * (count / (count - 1)) - *running);
    if (channel == 0) *of(parts.count, part) += 1;
}

template <int lines>
inline __device__ void normalise_rows(
    const ELEMENT *input, const ELEMENT *addend, ELEMENT *output, Walk &walk, const Eight &mean, const Eight &scale,
    const Eight &bias, int after) {
    for (; walk.has(lines); walk.pass(lines)) {
        Lines<lines> rows;
        Lines<lines> others;
        rows.fetch_from(input, walk);
        if (addend != nullptr) others.fetch_from(addend, walk);
        _Pragma("unroll")
        for (int line = 0; line < lines; ++line) {
            Eight row = rows.row(line);
            for (int index = 0; index < 8; ++index) {
                row.value[index] = (row.value[index] - mean.value[index]) * scale.value[index] + bias.value[index];
            }
            if (addend != nullptr) add(row, others.row(line));
            if (after != nothing) rectify(row);
            store(output + walk.place(line), row);
        }
    }
}

KERNEL void __launch_bounds__(256, 4) passerby_normalise(
    const ELEMENT *__restrict__ input, const ELEMENT *__restrict__ addend, const float *__restrict__ moments,
    ELEMENT *__restrict__ output, Parts parts, Sizes sizes, int after) {
    Walk walk(sizes);
    const int part = walk.group / parts.groups;
    const float *place = moments + walk.group * 2 * sizes.channels + walk.channel;
    const Eight mean = load(place);
    Eight scale = load(place + sizes.channels);
    const Eight weight = learned(of(parts.weight, part), walk.channel, 1);
    const Eight bias = learned(of(parts.bias, part), walk.channel, 0);
    for (int index = 0; index < 8; ++index) scale.value[index] *= weight.value[index];
    normalise_rows<2>(input, addend, output, walk, mean, scale, bias, after);
    normalise_rows<1>(input, addend, output, walk, mean, scale, bias, after);
}

/// What follows a convolution for inference: a shift of each channel, maps that are added, a rectifier. The output may be what
/// is added.
KERNEL void passerby_shift(
    const ELEMENT *input, const ELEMENT *addend, const ELEMENT *bias, ELEMENT *output, Sizes sizes, int rectifies) {
    Walk walk(sizes);
    const Eight shift = load(bias + walk.channel);
    for (; walk.has(1); walk.pass(1)) {
        Eight row = load(input + walk.place());
        add(row, shift);
        if (addend != nullptr) add(row, load(addend + walk.place()));
        if (rectifies != 0) rectify(row);
        store(output + walk.place(), row);
    }
}

)
