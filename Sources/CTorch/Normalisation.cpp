// SPDX-License-Identifier: MIT
//
// Batch normalisation in training: of groups of images, followed by a sum and a rectifier.
//
// On a card kernels of ours do all that in one pass, see NormKernels.h; libtorch's take one for every group, one that puts
// groups together, and one for each of what follows, and count statistics at an eighth of the memory's rate.

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>
#include <optional>
#include <type_traits>
#include <vector>

#include "Kernels.h"

namespace {

using passerby::After;
using passerby::by_channel;
using passerby::Edges;
using passerby::KernelGrid;
using passerby::Kernels;
using passerby::Parts;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

using OptionalTensor = std::optional<at::Tensor>;

constexpr int most_parts = std::extent_v<decltype(Parts::weight)>;

/// What is normalised by, and what runs: a list each, of one tensor for every part of the batch.
struct Normalisation {
    pt_list weights, biases, means, variances, counts;
    int32_t parts;
    int64_t group_size;
    double momentum, epsilon;
};

/// Threads of a block, and blocks for so many lines, of kernels that settle what blocks have found: a thread a channel.
constexpr Edges settling{32, 8, 1};

Edges settling_blocks(const KernelGrid &grid, int lines) {
    return {static_cast<unsigned>((grid.sizes.channels + 31) / 32), static_cast<unsigned>(lines), 1};
}

/// Whether the kernels take such maps.
bool take(const at::Tensor &maps, const OptionalTensor &addend, bool rectifies, int32_t parts) {
    return parts <= most_parts && Kernels::find(maps) != nullptr &&
           (!addend || (rectifies && addend->scalar_type() == maps.scalar_type()));
}

at::Tensor of_groups(const KernelGrid &grid, const at::Tensor &maps, int64_t chunks) {
    return at::empty({grid.groups, chunks, 2, grid.sizes.channels}, maps.options().dtype(at::kFloat));
}

/// Normalisation by our kernels, and its gradient.
struct ByKernels : torch::autograd::Function<ByKernels> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &given, const OptionalTensor &addend,
                              const at::Tensor &weight, const at::Tensor &bias, const OptionalTensor &second_weight,
                              const OptionalTensor &second_bias, bool rectifies, const Normalisation *by) {
        const auto input = by_channel(given), other = addend ? by_channel(*addend) : at::Tensor();
        const auto other_weight = second_weight.value_or(at::Tensor()), other_bias = second_bias.value_or(at::Tensor());
        const After after = !rectifies ? After::nothing : addend ? After::added : After::rectified;
        const KernelGrid grid(input, by->group_size);
        const auto &kernels = *Kernels::find(input);
        Parts parts = parts_of(grid, {weight, other_weight}, {bias, other_bias}, by->parts);
        for (int32_t part = 0; part < by->parts; ++part) {
            parts.mean[part] = by->means[part]->value.mutable_data_ptr<float>();
            parts.variance[part] = by->variances[part]->value.mutable_data_ptr<float>();
            parts.count[part] = reinterpret_cast<long long *>(by->counts[part]->value.mutable_data_ptr<int64_t>());
        }
        const auto sums = of_groups(grid, input, grid.sizes.chunks), moments = of_groups(grid, input, 1);
        const auto output = at::empty_like(input);
        kernels.launch(Kernels::sums, grid.blocks, grid.block, input.data_ptr(), sums.data_ptr(), grid.sizes);
        kernels.launch(Kernels::moments, settling_blocks(grid, grid.groups), settling, input.data_ptr(),
                       sums.data_ptr(), moments.data_ptr(), parts, grid.sizes, static_cast<float>(by->momentum),
                       static_cast<float>(by->epsilon));
        kernels.launch(Kernels::normalise, grid.blocks, grid.block, input.data_ptr(),
                       other.defined() ? other.data_ptr() : nullptr, moments.data_ptr(), output.data_ptr(), parts, grid.sizes,
                       static_cast<int>(after));
        // Without maps that were added the output says nothing that the input does not.
        context->save_for_backward({input, after == After::added ? output : at::Tensor(), moments, weight, bias, other_weight,
                                    other_bias});
        context->saved_data["after"] = static_cast<int64_t>(after);
        context->saved_data["size"] = by->group_size;
        return output;
    }

    static variable_list backward(AutogradContext *context, variable_list given) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &output = saved[1], &moments = saved[2];
        const int after = static_cast<int>(context->saved_data["after"].toInt());
        const KernelGrid grid(input, context->saved_data["size"].toInt());
        const int32_t count = saved[5].defined() ? 2 : 1;
        const auto &kernels = *Kernels::find(input);
        const auto gradient = by_channel(given[0]);
        Parts parts = parts_of(grid, {saved[3], saved[5]}, {saved[4], saved[6]}, count);
        at::Tensor weights[most_parts], biases[most_parts];
        for (int32_t part = 0; part < count; ++part) {
            weights[part] = at::empty_like(saved[3]);
            biases[part] = at::empty_like(saved[4]);
            parts.weight_gradient[part] = weights[part].mutable_data_ptr<float>();
            parts.bias_gradient[part] = biases[part].mutable_data_ptr<float>();
        }
        const auto sums = of_groups(grid, input, grid.sizes.chunks), means = of_groups(grid, input, 1);
        const auto result = at::empty_like(input);
        const auto beside = after == After::added ? at::empty_like(input) : at::Tensor();
        void *told = output.defined() ? output.data_ptr() : nullptr;
        kernels.launch(Kernels::gradient_sums, grid.blocks, grid.block, gradient.data_ptr(), input.data_ptr(), told,
                       moments.data_ptr(), sums.data_ptr(), parts, grid.sizes, after);
        kernels.launch(Kernels::gradient_means, settling_blocks(grid, count), settling, sums.data_ptr(),
                       means.data_ptr(), parts, grid.sizes);
        kernels.launch(Kernels::gradients, grid.blocks, grid.block, gradient.data_ptr(), input.data_ptr(), told,
                       moments.data_ptr(), means.data_ptr(), result.data_ptr(),
                       beside.defined() ? beside.data_ptr() : nullptr, parts, grid.sizes, after);
        return {result, beside, weights[0], biases[0], weights[1], biases[1], at::Tensor(), at::Tensor()};
    }

private:
    static Parts parts_of(const KernelGrid &grid, std::array<at::Tensor, most_parts> weights,
                          std::array<at::Tensor, most_parts> biases, int32_t count) {
        Parts parts{};
        parts.groups = grid.groups / count;
        for (int32_t part = 0; part < count; ++part) {
            parts.weight[part] = static_cast<const float *>(weights[part].const_data_ptr());
            parts.bias[part] = static_cast<const float *>(biases[part].const_data_ptr());
        }
        return parts;
    }
};

at::Tensor by_kernels(const at::Tensor &input, const OptionalTensor &addend, bool rectifies, const Normalisation &by) {
    // A tensor that is not there has no device, and is not to be handed in as a tensor.
    const auto second = [&](pt_list list) { return by.parts == 2 ? OptionalTensor(list[1]->value) : std::nullopt; };
    return ByKernels::apply(input, addend, by.weights[0]->value, by.biases[0]->value, second(by.weights), second(by.biases),
                            rectifies, &by);
}

at::Tensor by_libtorch(const at::Tensor &input, const OptionalTensor &addend, bool rectifies, const Normalisation &by) {
    {
        const at::NoGradGuard scope;
        for (int32_t part = 0; part < by.parts; ++part) by.counts[part]->value.add_(1);
    }
    // Split, whose gradient is one concatenation; that of a slice is a tensor as large as the whole, once a slice.
    const bool is_one = input.size(0) == by.group_size;
    auto groups = is_one ? std::vector<at::Tensor>{input} : input.split(by.group_size);
    const size_t per_part = groups.size() / by.parts;
    for (size_t index = 0; index < groups.size(); ++index) {
        const size_t part = index / per_part;
        const bool first = index % per_part == 0;
        // On a card cuDNN normalises where it can, as in PyTorch; on the processor the last word says nothing.
        groups[index] = at::batch_norm(groups[index], by.weights[part]->value, by.biases[part]->value,
                                       first ? by.means[part]->value : at::Tensor(),
                                       first ? by.variances[part]->value : at::Tensor(), true, by.momentum, by.epsilon, true);
    }
    auto output = is_one ? groups[0] : at::cat(groups);
    if (addend) output = output + *addend;
    return rectifies ? at::relu(output) : output;
}

}  // namespace

extern "C" {

int32_t pt_batch_norm(const pt_tensor *input, const pt_tensor *weight, const pt_tensor *bias, const pt_tensor *mean,
                      const pt_tensor *variance, double epsilon, pt_result result) {
    return passerby::returning(result, [&] {
        return at::batch_norm(input->value, weight->value, bias->value, mean->value, variance->value, false, 0.0, epsilon,
                              true);
    });
}

int32_t pt_batch_norm_of_groups(const pt_tensor *input, const pt_tensor *addend, bool rectifies, int64_t group_size,
                                pt_list weights, pt_list biases, pt_list means, pt_list variances, pt_list counts,
                                int32_t parts, double momentum, double epsilon, pt_result result) {
    return passerby::returning(result, [&] {
        const Normalisation by{weights, biases, means, variances, counts, parts, group_size, momentum, epsilon};
        const auto other = passerby::optional(addend);
        return (take(input->value, other, rectifies, parts) ? by_kernels : by_libtorch)(input->value, other, rectifies, by);
    });
}

}
