// SPDX-License-Identifier: MIT
//
// Reflection of maps beyond their edges.
//
// On a card libtorch takes maps of another layout and gives such, and adds gradients in any order: the same step may come to
// other bits. Kernels of ours do neither, see PadKernels.h. Maps that they do not take, as those of images, are put together
// of pieces, whose gradients are added in one order.

#include <torch/csrc/autograd/custom_function.h>

#include "Kernels.h"

namespace {

using passerby::by_channel;
using passerby::Edges;
using passerby::Kernels;
using passerby::Pads;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// A thread for eight channels of each pixel that comes out.
void launch(Kernels::Name name, const at::Tensor &input, const at::Tensor &output, const Pads &pads) {
    constexpr int64_t threads = 256;
    const auto number = [](int64_t value) { return static_cast<unsigned>(value); };
    const auto blocks = number((output.size(3) * pads.eights + threads - 1) / threads);
    Kernels::for_elements(input)->launch(name, Edges{blocks, number(output.size(2)), number(output.size(0))},
                                         Edges{threads, 1, 1}, input.data_ptr(), output.data_ptr(), pads);
}

struct ByKernels : torch::autograd::Function<ByKernels> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &given, int64_t width) {
        const auto input = by_channel(given);
        const auto size = input.sizes();
        context->saved_data["sizes"] = size.vec();
        context->saved_data["width"] = width;
        const auto output = at::empty({size[0], size[1], size[2] + 2 * width, size[3] + 2 * width}, input.options(),
                                      at::MemoryFormat::ChannelsLast);
        launch(Kernels::pad, input, output, pads(size, width));
        return output;
    }

    static variable_list backward(AutogradContext *context, variable_list given) {
        const auto sizes = context->saved_data["sizes"].toIntVector();
        const auto gradient = by_channel(given[0]);
        const auto result = at::empty(sizes, gradient.options(), at::MemoryFormat::ChannelsLast);
        launch(Kernels::pad_gradient, gradient, result, pads(sizes, context->saved_data["width"].toInt()));
        return {result, at::Tensor()};
    }

private:
    static Pads pads(at::IntArrayRef size, int64_t width) {
        const auto number = [](int64_t value) { return static_cast<int>(value); };
        return {number(size[2]), number(size[3]), number(size[1] / 8), number(width)};
    }
};

/// The same along one axis, of slices.
at::Tensor padded(const at::Tensor &maps, int64_t axis, int64_t width) {
    const int64_t last = maps.size(axis) - 1;
    return at::cat({maps.slice(axis, 1, width + 1).flip(axis), maps, maps.slice(axis, last - width, last).flip(axis)}, axis);
}

}  // namespace

extern "C" {

int32_t pt_reflection_pad(const pt_tensor *input, int64_t padding, pt_result result) {
    return passerby::returning(result, [&] {
        const auto &maps = input->value;
        const bool has_kernels = Kernels::for_elements(maps) != nullptr;
        // libtorch's says what is wrong with maps that are too small.
        if (maps.dim() != 4 || padding >= std::min(maps.size(2), maps.size(3)) || (maps.is_cpu() && !has_kernels)) {
            return at::reflection_pad2d(maps, {padding, padding, padding, padding});
        }
        if (has_kernels && maps.size(1) % 8 == 0) return ByKernels::apply(maps, padding);
        return padded(padded(maps, 3, padding), 2, padding);
    });
}

}
