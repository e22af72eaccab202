// SPDX-License-Identifier: MIT
//
// What all kernels have in common: eight elements at a time.
//
// The text of kernels is read by two compilers: by NVRTC, for a card, see CardKernels.cpp; and by the program's own, for the
// processor, where tests hold it against libtorch's operators, see EmulatedKernels.cpp. So no line of it may begin with #.
// ELEMENT is `unsigned short`, the upper half of a float, or `float`; KERNEL is what a function is declared with that blocks
// run.

PASSERBY_KERNELS(

/// Eight neighbouring channels of a row.
struct Eight {
    float value[8];
};

/// The same as it lies in memory. A thread waits for it where it is unpacked, not where it is fetched: what is to be under way
/// together is fetched together, and then unpacked.
template <typename Element>
struct Packed;

template <>
struct Packed<unsigned short> {
    uint4 words;
};

template <>
struct Packed<float> {
    float4 low;
    float4 high;
};

inline __device__ Packed<unsigned short> fetch(const unsigned short *place) {
    return {*reinterpret_cast<const uint4 *>(place)};
}

inline __device__ Packed<float> fetch(const float *place) {
    return {reinterpret_cast<const float4 *>(place)[0], reinterpret_cast<const float4 *>(place)[1]};
}

inline __device__ Eight unpacked(const Packed<unsigned short> &row) {
    const unsigned word[4] = {row.words.x, row.words.y, row.words.z, row.words.w};
    Eight found;
    for (int pair = 0; pair < 4; ++pair) {
        found.value[2 * pair] = __uint_as_float(word[pair] << 16);
        found.value[2 * pair + 1] = __uint_as_float(word[pair] & 0xffff0000u);
    }
    return found;
}

inline __device__ Eight unpacked(const Packed<float> &row) {
    return Eight{{row.low.x, row.low.y, row.low.z, row.low.w, row.high.x, row.high.y, row.high.z, row.high.w}};
}

template <typename Element>
inline __device__ Eight load(const Element *place) {
    return unpacked(fetch(place));
}

/// What channels have learned, or what they have where they learn nothing.
inline __device__ Eight learned(const float *values, int channel, float otherwise) {
    if (values != nullptr) return load(values + channel);
    Eight same;
    for (int index = 0; index < 8; ++index) same.value[index] = otherwise;
    return same;
}

/// To the nearest, ties to even.
inline __device__ unsigned upper_half(float value) {
    const unsigned bits = __float_as_uint(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fc0u;
    return (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
}

inline __device__ void store(unsigned short *place, const Eight &row) {
    unsigned word[4];
    for (int pair = 0; pair < 4; ++pair) {
        word[pair] = upper_half(row.value[2 * pair]) | (upper_half(row.value[2 * pair + 1]) << 16);
    }
    *reinterpret_cast<uint4 *>(place) = uint4{word[0], word[1], word[2], word[3]};
}

inline __device__ void store(float *place, const Eight &row) {
    reinterpret_cast<float4 *>(place)[0] = float4{row.value[0], row.value[1], row.value[2], row.value[3]};
    reinterpret_cast<float4 *>(place)[1] = float4{row.value[4], row.value[5], row.value[6], row.value[7]};
}

)
