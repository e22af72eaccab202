// SPDX-License-Identifier: MIT
//
// How blocks of threads lie over maps.

#include <algorithm>

#include "Kernels.h"

namespace passerby {

at::Tensor by_channel(const at::Tensor &maps) {
    return maps.dim() == 4 ? maps.contiguous(at::MemoryFormat::ChannelsLast) : maps.contiguous();
}

KernelGrid::KernelGrid(const at::Tensor &maps, int64_t group_size, int64_t channels) {
    // As many blocks as keep a card's multiprocessors busy. Of any number: sums are to come out alike on all cards.
    constexpr int threads = 256, wanted = 528, least_rows = 4;
    groups = static_cast<int>(maps.size(0) / group_size);
    sizes.rows = maps.numel() / maps.size(1) / groups;
    sizes.channels = static_cast<int>(channels);
    sizes.stride = static_cast<int>(maps.size(1));
    for (unsigned width = 2; width <= 32; ++width) {
        if (channels / 8 % width == 0) block.x = width;
    }
    block.y = threads / block.x;
    blocks.x = static_cast<unsigned>(channels / 8 / block.x);
    blocks.z = static_cast<unsigned>(groups);
    const int64_t most = std::max<int64_t>(1, sizes.rows / (least_rows * block.y));
    blocks.y = static_cast<unsigned>(std::clamp<int64_t>(wanted / (blocks.x * blocks.z), 1, most));
    sizes.chunks = static_cast<int>(blocks.y);
}

Edges KernelGrid::settling_blocks(int lines) const {
    return {static_cast<unsigned>((sizes.channels + 31) / 32), static_cast<unsigned>(lines), 1};
}

at::Tensor KernelGrid::of_groups(const at::Tensor &maps, int64_t chunks) const {
    return at::empty({groups, chunks, 2, sizes.channels}, maps.options().dtype(at::kFloat));
}

}  // namespace passerby
