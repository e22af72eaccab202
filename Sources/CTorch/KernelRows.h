// SPDX-License-Identifier: MIT
//
// How threads of kernels walk maps, and how blocks settle what they have summed up.
//
// Maps are rows of channels, one behind the other, in G groups of M rows; C neighbours of a row's channels are looked at. A
// block has threads for a few times eight of them, and as many rows as make 256; it walks the rows of its chunk. A thread
// fetches several of its rows before it computes with the first, so that memory is asked for all of them at once; the few
// that are left at its end it takes one by one. Rows follow one another in sums either way.
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

    /// Whether a thread has so many rows left.
    inline __device__ bool has(int lines) const { return row + (lines - 1) * (long long)blockDim.y < end; }

    inline __device__ void pass(int lines) { row += lines * (long long)blockDim.y; }

    /// Of one of a thread's next rows, counted from 0.
    inline __device__ long long place(int line = 0) const { return first + (row + line * (long long)blockDim.y) * stride; }
};

/// What a part has. Not by an index: each thread would copy all of `Parts` to memory of its own, to look it up there.
template <typename Value>
inline __device__ Value *of(Value *const parts[2], int part) {
    return part == 0 ? parts[0] : parts[1];
}

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

/// A thread's next rows of maps, so many.
template <int lines>
struct Lines {
    Packed<ELEMENT> packed[lines]{};

    inline __device__ void fetch_from(const ELEMENT *maps, const Walk &walk) {
        _Pragma("unroll")
        for (int line = 0; line < lines; ++line) packed[line] = fetch(maps + walk.place(line));
    }

    inline __device__ Eight row(int line) const { return unpacked(packed[line]); }
};

inline __device__ void add(Eight &row, const Eight &other) {
    for (int index = 0; index < 8; ++index) row.value[index] += other.value[index];
}

/// What is no number stays none.
inline __device__ void rectify(Eight &row) {
    for (int index = 0; index < 8; ++index) row.value[index] = row.value[index] <= 0 ? 0 : row.value[index];
}

)
