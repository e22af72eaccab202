// SPDX-License-Identifier: MIT
//
// Kernels that normalise batches on a card, with what comes before and after: groups of images in one pass, the shortcut
// that is added, and the rectifier.
//
// Maps are rows of channels, one behind the other, in G groups of M rows; C neighbours of a row's channels are normalised. A
// block has threads for a few times eight of them, and as many rows as make 256; it walks the rows of its chunk. Sums are added
// in one order, whatever the card, so that a step comes to the same bits again.
//
// Read by two compilers, see KernelElements.h.

PASSERBY_KERNELS(

/// The rows that a thread walks, and where its channels begin in them.
struct Walk {
    int channel;
    int group;
    long long row;
    long long end;
    long long first;
    long long stride;

    inline __device__ explicit Walk(const Sizes &sizes) {
        channel = (blockIdx.x * blockDim.x + threadIdx.x) * 8;
        group = blockIdx.z;
        row = sizes.rows * blockIdx.y / gridDim.y + threadIdx.y;
        end = sizes.rows * (blockIdx.y + 1) / gridDim.y;
        stride = sizes.stride;
        first = group * sizes.rows * stride + channel;
    }

    inline __device__ long long place() const { return first + row * stride; }
};

/// The block's sums of two numbers a channel, to `sums`: [group, chunk, 2, channel].
inline __device__ void settle_block(float *sums, const Sizes &sizes, const Walk &walk, const Eight &one, const Eight &two) {
    __shared__ float pad[4096];
    const int width = blockDim.x * 16;
    for (int index = 0; index < 8; ++index) {
        pad[threadIdx.y * width + threadIdx.x * 8 + index] = one.value[index];
        pad[threadIdx.y * width + width / 2 + threadIdx.x * 8 + index] = two.value[index];
    }
    __syncthreads();
    float *out = sums + (walk.group * (long long)sizes.chunks + blockIdx.y) * 2 * sizes.channels
        + blockIdx.x * blockDim.x * 8;
    for (int index = threadIdx.y * blockDim.x + threadIdx.x; index < width; index += blockDim.x * blockDim.y) {
        float sum = 0;
        for (int line = 0; line < blockDim.y; ++line) sum += pad[line * width + index];
        const int which = index / (width / 2);
        out[which * (long long)sizes.channels + index - which * (width / 2)] = sum;
    }
}

/// The sums of all of a group's chunks, on the threads of the first line of a block of 32 by 8.
inline __device__ void settle_chunks(const float *sums, const Sizes &sizes, int group, int channel, float found[2]) {
    __shared__ float pad[2][8][32];
    float one = 0;
    float two = 0;
    if (channel < sizes.channels) {
        for (int chunk = threadIdx.y; chunk < sizes.chunks; chunk += 8) {
            const float *place = sums + (group * (long long)sizes.chunks + chunk) * 2 * sizes.channels + channel;
            one += place[0];
            two += place[sizes.channels];
        }
    }
    __syncthreads();
    pad[0][threadIdx.y][threadIdx.x] = one;
    pad[1][threadIdx.y][threadIdx.x] = two;
    __syncthreads();
    for (int which = 0; which < 2; ++which) {
        found[which] = 0;
        for (int line = 0; line < 8; ++line) found[which] += pad[which][line][threadIdx.x];
    }
}

/// Adds maps to a row, where there are any, and rectifies it, where that is asked for.
inline __device__ void finish(Eight &row, const ELEMENT *addend, long long place, bool rectifies) {
    if (addend != nullptr) {
        const Eight other = load(addend + place);
        for (int index = 0; index < 8; ++index) row.value[index] += other.value[index];
    }
    if (rectifies) {
        // What is no number stays none.
        for (int index = 0; index < 8; ++index) row.value[index] = row.value[index] <= 0 ? 0 : row.value[index];
    }
}

/// Sums of what is left when a group's first row is taken away, and of its squares: so they do not cancel.
KERNEL void passerby_sums(const ELEMENT *input, float *sums, Sizes sizes) {
    Walk walk(sizes);
    const Eight shift = load(input + walk.first);
    Eight one{};
    Eight two{};
    for (; walk.row < walk.end; walk.row += blockDim.y) {
        const Eight row = load(input + walk.place());
        for (int index = 0; index < 8; ++index) {
            const float value = row.value[index] - shift.value[index];
            one.value[index] += value;
            two.value[index] += value * value;
        }
    }
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
    if (group % parts.groups != 0 || parts.mean[part] == nullptr) return;
    float *running = parts.mean[part] + channel;
    *running += momentum * (mean - *running);
    running = parts.variance[part] + channel;
    *running += momentum * (variance * (count / (count - 1)) - *running);
    if (channel == 0) *parts.count[part] += 1;
}

KERNEL void passerby_normalise(
    const ELEMENT *input, const ELEMENT *addend, const float *moments, ELEMENT *output, Parts parts, Sizes sizes, int after) {
    Walk walk(sizes);
    const int part = walk.group / parts.groups;
    const float *place = moments + walk.group * 2 * sizes.channels + walk.channel;
    const Eight mean = load(place);
    Eight scale = load(place + sizes.channels);
    const Eight weight = learned(parts.weight[part], walk.channel, 1);
    const Eight bias = learned(parts.bias[part], walk.channel, 0);
    for (int index = 0; index < 8; ++index) scale.value[index] *= weight.value[index];
    for (; walk.row < walk.end; walk.row += blockDim.y) {
        Eight row = load(input + walk.place());
        for (int index = 0; index < 8; ++index) {
            row.value[index] = (row.value[index] - mean.value[index]) * scale.value[index] + bias.value[index];
        }
        finish(row, addend, walk.place(), after != nothing);
        store(output + walk.place(), row);
    }
}

/// What follows a convolution for inference: a shift of each channel, maps that are added, a rectifier. The output may be what
/// is added.
KERNEL void passerby_shift(
    const ELEMENT *input, const ELEMENT *addend, const ELEMENT *bias, ELEMENT *output, Sizes sizes, int rectifies) {
    Walk walk(sizes);
    const Eight shift = load(bias + walk.channel);
    for (; walk.row < walk.end; walk.row += blockDim.y) {
        Eight row = load(input + walk.place());
        for (int index = 0; index < 8; ++index) row.value[index] += shift.value[index];
        finish(row, addend, walk.place(), rectifies != 0);
        store(output + walk.place(), row);
    }
}

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
        scale = learned(parts.weight[part], walk.channel, 1);
        bias = learned(parts.bias[part], walk.channel, 0);
        for (int index = 0; index < 8; ++index) scale.value[index] *= inverse.value[index];
    }
};

/// The gradient before the rectifier, and the rows that were normalised, at mean 0 and variance 1.
struct Rows {
    Eight gradient;
    Eight normal;

    inline __device__ Rows(
        const ELEMENT *given, const ELEMENT *input, const ELEMENT *output, const Channels &channels, int after,
        long long place) {
        gradient = load(given + place);
        normal = load(input + place);
        // Without maps that were added the sign follows from the input, and the output need not be read.
        Eight told{};
        if (after == added) told = load(output + place);
        for (int index = 0; index < 8; ++index) {
            const float centred = normal.value[index] - channels.mean.value[index];
            const float value = after == added ? told.value[index]
                                               : centred * channels.scale.value[index] + channels.bias.value[index];
            if (after != nothing && value <= 0) gradient.value[index] = 0;
            normal.value[index] = centred * channels.inverse.value[index];
        }
    }
};

KERNEL void passerby_gradient_sums(
    const ELEMENT *given, const ELEMENT *input, const ELEMENT *output, const float *moments, float *sums, Parts parts,
    Sizes sizes, int after) {
    Walk walk(sizes);
    const Channels channels(moments, parts, sizes, walk);
    Eight one{};
    Eight two{};
    for (; walk.row < walk.end; walk.row += blockDim.y) {
        const Rows rows(given, input, output, channels, after, walk.place());
        for (int index = 0; index < 8; ++index) {
            one.value[index] += rows.gradient.value[index];
            two.value[index] += rows.gradient.value[index] * rows.normal.value[index];
        }
    }
    settle_block(sums, sizes, walk, one, two);
}

/// Keeps sums over a part's rows as gradients of what its channels have learned.
inline __device__ void keep(const Parts &parts, int part, int channel, float bias, float weight) {
    if (parts.weight_gradient[part] == nullptr) return;
    parts.bias_gradient[part][channel] = bias;
    parts.weight_gradient[part][channel] = weight;
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

/// The gradient of what was normalised, and of what was added to it.
KERNEL void passerby_gradients(
    const ELEMENT *given, const ELEMENT *input, const ELEMENT *output, const float *moments, const float *means,
    ELEMENT *gradient, ELEMENT *beside, Parts parts, Sizes sizes, int after) {
    Walk walk(sizes);
    const Channels channels(moments, parts, sizes, walk);
    const float *place = means + walk.group * 2 * sizes.channels + walk.channel;
    const Eight mean = load(place);
    const Eight product = load(place + sizes.channels);
    for (; walk.row < walk.end; walk.row += blockDim.y) {
        Rows rows(given, input, output, channels, after, walk.place());
        if (after == added) store(beside + walk.place(), rows.gradient);
        for (int index = 0; index < 8; ++index) {
            const float left = rows.gradient.value[index] - mean.value[index]
                - rows.normal.value[index] * product.value[index];
            rows.gradient.value[index] = left * channels.scale.value[index];
        }
        store(gradient + walk.place(), rows.gradient);
    }
}

)
