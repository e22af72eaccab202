// SPDX-License-Identifier: MIT
//
// Kernels for gradients of normalised batches, see NormKernels.h.
//
// Read by two compilers, see KernelElements.h.

PASSERBY_KERNELS(

/// What gradients need of a thread's channels.
struct Channels {
    Eight mean;
    Eight inverse;
    Eight scale;
    Eight bias;

    inline __device__ Channels(const float *moments, const Parts &parts, const Sizes &sizes, const Walk &walk) {
        const float *place = moments + walk.group * 2 * sizes.channels + walk.channel;
        const int part = walk.group / parts.groups;
        mean = load(place);
        inverse = load(place + sizes.channels);
        scale = learned(of(parts.weight, part), walk.channel, 1);
        bias = learned(of(parts.bias, part), walk.channel, 0);
        for (int index = 0; index < 8; ++index) scale.value[index] *= inverse.value[index];
    }
};

/// A thread's next rows of what gradients follow from.
template <int lines>
struct Learning {
    Lines<lines> given;
    Lines<lines> input;
    Lines<lines> output;

    inline __device__ Learning(const ELEMENT *given, const ELEMENT *input, const ELEMENT *output, int after, const Walk &walk) {
        this->given.fetch_from(given, walk);
        this->input.fetch_from(input, walk);
        // Without maps that were added the sign follows from the input, and the output need not be read.
        if (after == added) this->output.fetch_from(output, walk);
    }
};

/// The gradient before the rectifier, and the row that was normalised, at mean 0 and variance 1.
struct Row {
    Eight gradient;
    Eight normal;

    template <int lines>
    inline __device__ Row(const Learning<lines> &rows, int line, const Channels &channels, int after) {
        gradient = rows.given.row(line);
        normal = rows.input.row(line);
        const Eight told = rows.output.row(line);
        for (int index = 0; index < 8; ++index) {
            const float centred = normal.value[index] - channels.mean.value[index];
            const float value = after == added ? told.value[index]
                                               : centred * channels.scale.value[index] + channels.bias.value[index];
            if (after != nothing && value <= 0) gradient.value[index] = 0;
            normal.value[index] = centred * channels.inverse.value[index];
        }
    }
};

template <int lines>
inline __device__ void add_gradients(
    const ELEMENT *given, const ELEMENT *input, const ELEMENT *output, Walk &walk, const Channels &channels, int after,
    Eight &one, Eight &two) {
    for (; walk.has(lines); walk.pass(lines)) {
        const Learning<lines> rows(given, input, output, after, walk);
        _Pragma("unroll")
        for (int line = 0; line < lines; ++line) {
            const Row row(rows, line, channels, after);
            add(one, row.gradient);
            for (int index = 0; index < 8; ++index) two.value[index] += row.gradient.value[index] * row.normal.value[index];
        }
    }
}

KERNEL void __launch_bounds__(256, 2) passerby_gradient_sums(
    const ELEMENT *__restrict__ given, const ELEMENT *__restrict__ input, const ELEMENT *__restrict__ output,
    const float *__restrict__ moments, float *__restrict__ sums, Parts parts, Sizes sizes, int after) {
    Walk walk(sizes);
    const Channels channels(moments, parts, sizes, walk);
    Eight one{};
    Eight two{};
    add_gradients<2>(given, input, output, walk, channels, after, one, two);
    add_gradients<1>(given, input, output, walk, channels, after, one, two);
    settle_block(sums, sizes, walk, one, two);
}

/// Keeps sums over a part's rows as gradients of what its channels have learned.
inline __device__ void keep(const Parts &parts, int part, int channel, float bias, float weight) {
    if (of(parts.weight_gradient, part) == nullptr) return;
    of(parts.bias_gradient, part)[channel] = bias;
    of(parts.weight_gradient, part)[channel] = weight;
}

/// Means of the gradient and of its product with the normalised rows, [group, 2, channel]; where a part is a single group,
/// gradients of weights and biases too.
KERNEL void passerby_gradient_means(const float *sums, float *means, Parts parts, Sizes sizes) {
    const int channel = blockIdx.x * 32 + threadIdx.x;
    const int group = blockIdx.y;
    float found[2];
    settle_chunks(sums, sizes, group, channel, found);
    if (threadIdx.y != 0 || channel >= sizes.channels) return;
    means[group * 2 * sizes.channels + channel] = found[0] / (float)sizes.rows;
    means[(group * 2 + 1) * sizes.channels + channel] = found[1] / (float)sizes.rows;
    if (parts.groups == 1) keep(parts, group, channel, found[0], found[1]);
}

/// Gradients of weights and biases where a part has several groups, from their means.
KERNEL void passerby_learned_gradients(const float *means, Parts parts, Sizes sizes) {
    const int channel = blockIdx.x * 32 + threadIdx.x;
    const int part = blockIdx.y;
    sizes.chunks = parts.groups;
    float found[2];
    settle_chunks(means, sizes, part, channel, found);
    if (threadIdx.y != 0 || channel >= sizes.channels) return;
    keep(parts, part, channel, found[0] * (float)sizes.rows, found[1] * (float)sizes.rows);
}

/// What the kernel of means has found for a thread's channels.
struct Means {
    Eight gradient;
    Eight product;
};

template <int lines>
inline __device__ void find_gradients(
    const ELEMENT *given, const ELEMENT *input, const ELEMENT *output, ELEMENT *gradient, ELEMENT *beside, Walk &walk,
    const Channels &channels, const Means &means, int after) {
    for (; walk.has(lines); walk.pass(lines)) {
        const Learning<lines> rows(given, input, output, after, walk);
        _Pragma("unroll")
        for (int line = 0; line < lines; ++line) {
            Row row(rows, line, channels, after);
            if (after == added) store(beside + walk.place(line), row.gradient);
            for (int index = 0; index < 8; ++index) {
                const float left = row.gradient.value[index] - means.gradient.value[index]
                    - row.normal.value[index] * means.product.value[index];
                row.gradient.value[index] = left * channels.scale.value[index];
            }
            store(gradient + walk.place(line), row.gradient);
        }
    }
}

/// The gradient of what was normalised, and of what was added to it.
KERNEL void __launch_bounds__(256, 2) passerby_gradients(
    const ELEMENT *__restrict__ given, const ELEMENT *__restrict__ input, const ELEMENT *__restrict__ output,
    const float *__restrict__ moments, const float *__restrict__ means, ELEMENT *__restrict__ gradient,
    ELEMENT *__restrict__ beside, Parts parts, Sizes sizes, int after) {
    Walk walk(sizes);
    const Channels channels(moments, parts, sizes, walk);
    const float *place = means + walk.group * 2 * sizes.channels + walk.channel;
    const Means both{load(place), load(place + sizes.channels)};
    find_gradients<2>(given, input, output, gradient, beside, walk, channels, both, after);
    find_gradients<1>(given, input, output, gradient, beside, walk, channels, both, after);
}

)
