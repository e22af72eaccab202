// SPDX-License-Identifier: MIT
//
// Convolution, normalisation by image, pooling, and updates of many tensors at once.

#include <ATen/core/grad_mode.h>

#include "Guard.h"

using passerby::guarded;
using passerby::returning;

namespace {

/// The tensors of those parameters that have a gradient, in order.
struct WithGradient {
    std::vector<at::Tensor> parameters, gradients, means, variances, steps;
};

/// Whether two tensors of one shape order their elements alike in memory; the stride of a length of 1 says nothing.
bool same_layout(const at::Tensor &left, const at::Tensor &right) {
    for (int64_t dimension = 0; dimension < left.dim(); ++dimension) {
        if (left.size(dimension) != 1 && left.stride(dimension) != right.stride(dimension)) return false;
    }
    return left.sizes() == right.sizes();
}

std::vector<at::Tensor> gathered(pt_list list, int32_t count) {
    std::vector<at::Tensor> tensors;
    tensors.reserve(count);
    for (int32_t index = 0; index < count; ++index) tensors.push_back(list[index]->value);
    return tensors;
}

}  // namespace

extern "C" {

int32_t pt_conv2d(const pt_tensor *input, const pt_tensor *weight, const pt_tensor *bias, int64_t stride,
                  int64_t padding, int64_t groups, pt_result result) {
    return returning(result, [&] {
        return at::conv2d(input->value, weight->value, passerby::optional(bias), {stride, stride},
                          at::IntArrayRef{padding, padding}, {1, 1}, groups);
    });
}

int32_t pt_conv_transpose2d(const pt_tensor *input, const pt_tensor *weight, const pt_tensor *bias, int64_t stride,
                            int64_t padding, int64_t output_padding, pt_result result) {
    return returning(result, [&] {
        return at::conv_transpose2d(input->value, weight->value, passerby::optional(bias), {stride, stride},
                                    {padding, padding}, {output_padding, output_padding});
    });
}

int32_t pt_max_pool2d(const pt_tensor *input, int64_t kernel, int64_t stride, int64_t padding, pt_result result) {
    return returning(result, [&] {
        return at::max_pool2d(input->value, {kernel, kernel}, {stride, stride}, {padding, padding});
    });
}

int32_t pt_avg_pool2d(const pt_tensor *input, int64_t kernel, int64_t stride, int64_t padding, bool ceil_mode,
                      bool count_padding, pt_result result) {
    return returning(result, [&] {
        return at::avg_pool2d(input->value, {kernel, kernel}, {stride, stride}, {padding, padding}, ceil_mode,
                              count_padding);
    });
}

int32_t pt_adam_step(pt_list parameters, pt_list means, pt_list variances, pt_list steps, int32_t count, double rate,
                     double beta1, double beta2, double epsilon, double decay) {
    return guarded([&] {
        at::NoGradGuard scope;
        WithGradient chosen;
        for (int32_t index = 0; index < count; ++index) {
            const auto &gradient = parameters[index]->value.grad();
            if (!gradient.defined()) continue;
            // The fused kernel walks all five buffers in memory order, so their layouts have to agree.
            TORCH_CHECK(same_layout(gradient, parameters[index]->value), "parameter ", index,
                        " and its gradient differ in memory layout");
            chosen.parameters.push_back(parameters[index]->value);
            chosen.gradients.push_back(gradient);
            chosen.means.push_back(means[index]->value);
            chosen.variances.push_back(variances[index]->value);
            chosen.steps.push_back(steps[index]->value);
        }
        if (chosen.parameters.empty()) return;
        at::_foreach_add_(chosen.steps, 1);
        at::_fused_adam_(chosen.parameters, chosen.gradients, chosen.means, chosen.variances, {}, chosen.steps, rate,
                         beta1, beta2, decay, epsilon, false, false);
    });
}

int32_t pt_lerp_into(pt_list averages, pt_list values, int32_t count, double weight) {
    return guarded([&] {
        at::NoGradGuard scope;
        at::_foreach_lerp_(gathered(averages, count), gathered(values, count), weight);
    });
}

}
