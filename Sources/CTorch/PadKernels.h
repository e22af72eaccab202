// SPDX-License-Identifier: MIT
//
// Kernels that enlarge maps by reflection on a card. A thread has eight channels of a pixel.
//
// Read by two compilers, see KernelElements.h.

PASSERBY_KERNELS(

/// The eight channels that a thread has. A block has neighbours in a row.
struct Pixel {
    int image;
    int row;
    int column;
    int eight;

    inline __device__ explicit Pixel(int eights) {
        const int index = blockIdx.x * blockDim.x + threadIdx.x;
        image = blockIdx.z;
        row = blockIdx.y;
        column = index / eights;
        eight = index % eights;
    }
};

/// Where the eight channels lie of a pixel of maps that are so large.
inline __device__ long long place(int image, int row, int column, int eight, int rows, int columns, int eights) {
    return (((image * (long long)rows + row) * columns + column) * eights + eight) * 8;
}

/// The line that is seen at a place of the enlarged maps, counted from the first line that is not a reflection.
inline __device__ int reflected(int line, int count) {
    return line < 0 ? -line : line < count ? line : 2 * (count - 1) - line;
}

/// The same the other way: where a line is seen, and its reflections at the beginning and at the end; -1 for none.
inline __device__ int seen(int line, int count, int width, int which) {
    if (which == 0) return line + width;
    if (which == 1) return line > 0 && line <= width ? width - line : -1;
    return line < count - 1 && line >= count - 1 - width ? width + 2 * (count - 1) - line : -1;
}

KERNEL void passerby_pad(const ELEMENT *input, ELEMENT *output, Pads pads) {
    const int rows = pads.rows + 2 * pads.width;
    const int columns = pads.columns + 2 * pads.width;
    const Pixel pixel(pads.eights);
    if (pixel.column >= columns) return;
    const Eight found = load(input + place(
        pixel.image, reflected(pixel.row - pads.width, pads.rows), reflected(pixel.column - pads.width, pads.columns),
        pixel.eight, pads.rows, pads.columns, pads.eights));
    store(output + place(pixel.image, pixel.row, pixel.column, pixel.eight, rows, columns, pads.eights), found);
}

/// Sums are added in one order, which libtorch's are not.
KERNEL void passerby_pad_gradient(const ELEMENT *given, ELEMENT *gradient, Pads pads) {
    const int rows = pads.rows + 2 * pads.width;
    const int columns = pads.columns + 2 * pads.width;
    const Pixel pixel(pads.eights);
    if (pixel.column >= pads.columns) return;
    Eight sum{};
    for (int which = 0; which < 9; ++which) {
        const int row = seen(pixel.row, pads.rows, pads.width, which / 3);
        const int column = seen(pixel.column, pads.columns, pads.width, which % 3);
        if (row < 0 || column < 0) continue;
        const Eight part = load(given + place(pixel.image, row, column, pixel.eight, rows, columns, pads.eights));
        for (int index = 0; index < 8; ++index) sum.value[index] += part.value[index];
    }
    store(gradient + place(
        pixel.image, pixel.row, pixel.column, pixel.eight, pads.rows, pads.columns, pads.eights), sum);
}

)
