// SPDX-License-Identifier: MIT
//
// Kernels of ours for maps.

#ifndef PASSERBY_CTORCH_KERNELS_H
#define PASSERBY_CTORCH_KERNELS_H

#include "Guard.h"

namespace passerby {

#define PASSERBY_KERNELS(...) __VA_ARGS__
#include "KernelArguments.h"
#undef PASSERBY_KERNELS

/// The only list of kernels; each is called `passerby_` and so on in its text.
#define PASSERBY_EACH_KERNEL(K)                                                                                    \
    K(sums) K(moments) K(normalise) K(gradient_sums) K(gradient_means) K(learned_gradients) K(gradients) K(shift) \
    K(pad) K(pad_gradient) K(power_sums) K(power_means) K(power_gradients)

struct Edges {
    unsigned x = 1, y = 1, z = 1;
};

/// How blocks lie over maps, of which groups of images are looked at by themselves.
struct KernelGrid {
    Sizes sizes;
    int groups;
    Edges block, blocks;

    /// - Parameter channels: How many of the maps' are looked at.
    KernelGrid(const at::Tensor &maps, int64_t group_size, int64_t channels);

    /// Threads of a block, and blocks for so many lines, of kernels that settle what blocks have found: a thread a channel.
    static constexpr Edges settling{32, 8, 1};
    Edges settling_blocks(int lines) const;

    /// Room for two numbers a channel of so many chunks of each group.
    at::Tensor of_groups(const at::Tensor &maps, int64_t chunks) const;
};

/// The maps with all channels of a pixel beside one another, as kernels take them; a copy where they are not.
at::Tensor by_channel(const at::Tensor &maps);

/// The kernels for elements of one type.
class Kernels {
public:
#define NAMED(kernel) kernel,
    enum Name { PASSERBY_EACH_KERNEL(NAMED) count };
#undef NAMED

    virtual ~Kernels() = default;

    /// Those for such elements, bfloat16 or float32 on a card; null where libtorch's have to do.
    static const Kernels *for_elements(const at::Tensor &elements);

    /// Gives a kernel to the stream that this thread computes on.
    template <typename... Arguments>
    void launch(Name name, Edges grid, Edges block, Arguments... arguments) const {
        void *places[] = {&arguments...};
        give(name, grid, block, places);
    }

protected:
    virtual void give(Name name, Edges grid, Edges block, void **arguments) const = 0;
};

/// The same on the processor, where this thread has asked for them; null where it has not.
const Kernels *emulated_kernels(at::ScalarType type);

}  // namespace passerby

#endif
