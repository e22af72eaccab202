// SPDX-License-Identifier: MIT
//
// Pooling of maps by generalised means.
//
// libtorch takes eight launches for it and five times as many for its gradient, each of which reads or writes the maps as
// float32. Kernels of ours read them once each way, see PoolKernels.h.

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "Kernels.h"

namespace {

using passerby::by_channel;
using passerby::KernelGrid;
using passerby::Kernels;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// What pixels are at least: there is no power of a negative number.
constexpr double least = 1e-6;

struct ByKernels : torch::autograd::Function<ByKernels> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &given, const at::Tensor &power, bool learns) {
        const auto input = by_channel(given);
        const KernelGrid grid(input, 1, input.size(1));
        const auto &kernels = *Kernels::for_elements(input);
        const auto sums = grid.of_groups(input, grid.sizes.chunks), slopes = grid.of_groups(input, 1);
        const auto roots = at::empty({grid.groups, grid.sizes.channels}, sums.options());
        kernels.launch(Kernels::power_sums, grid.blocks, grid.block, input.data_ptr(), power.data_ptr(), sums.data_ptr(),
                       grid.sizes, static_cast<float>(least), static_cast<int>(learns));
        kernels.launch(Kernels::power_means, grid.settling_blocks(grid.groups), KernelGrid::settling, sums.data_ptr(),
                       power.data_ptr(), roots.data_ptr(), slopes.data_ptr(), grid.sizes);
        context->save_for_backward({input, power, slopes});
        return roots;
    }

    static variable_list backward(AutogradContext *context, variable_list given) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &power = saved[1], &slopes = saved[2];
        const auto outer = given[0].contiguous();
        at::Tensor of_maps, of_power;
        if (context->needs_input_grad(0)) {
            const KernelGrid grid(input, 1, input.size(1));
            of_maps = at::empty_like(input);
            Kernels::for_elements(input)->launch(Kernels::power_gradients, grid.blocks, grid.block, input.data_ptr(),
                                                 outer.data_ptr(), power.data_ptr(), slopes.data_ptr(), of_maps.data_ptr(),
                                                 grid.sizes, static_cast<float>(least));
        }
        // In one order on a card too: libtorch adds the parts of a sum in that of its blocks.
        if (context->needs_input_grad(1)) {
            of_power = at::mul(outer, slopes.select(2, 1).squeeze(1)).sum().reshape(power.sizes());
        }
        return {of_maps, of_power, at::Tensor()};
    }
};

bool is_taken(const at::Tensor &maps, const at::Tensor &power) {
    return Kernels::for_elements(maps) != nullptr && maps.dim() == 4 && maps.numel() > 0 && maps.size(1) % 8 == 0 &&
           power.numel() == 1 && power.scalar_type() == at::kFloat && power.device() == maps.device();
}

at::Tensor by_libtorch(const at::Tensor &maps, const at::Tensor &power) {
    const auto powers = at::pow(at::clamp_min(maps, least), power);
    const auto means = at::mean(at::mean(powers, {3}, true), {2}, true).reshape({maps.size(0), maps.size(1)});
    return at::pow(means, at::mul(at::pow(power, -1.0), 1.0));
}

}  // namespace

extern "C" {

int32_t pt_generalised_mean(const pt_tensor *input, const pt_tensor *power, pt_result result) {
    return passerby::returning(result, [&] {
        const auto &maps = input->value, &exponent = power->value;
        const bool learns = at::GradMode::is_enabled() && exponent.requires_grad();
        return is_taken(maps, exponent) ? ByKernels::apply(maps, exponent, learns) : by_libtorch(maps, exponent);
    });
}

}
