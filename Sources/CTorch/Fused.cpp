// SPDX-License-Identifier: MIT
//
// Convolutions that add and rectify while their sums are still in registers.
//
// oneDNN can do that, and libtorch exports it as operators of the `mkldnn` namespace, which have no C++ declaration:
// they are looked up by name. Where they are missing, or the processor lacks what they ask for, the plain operators
// follow each other instead. On a card one kernel of ours follows the convolution.

#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>

#include <optional>
#include <string_view>

#include "Kernels.h"

namespace {

using Scalars = c10::List<std::optional<at::Scalar>>;
using OptionalTensor = std::optional<at::Tensor>;
using OptionalName = std::optional<std::string_view>;

using Pointwise = at::Tensor(const at::Tensor &, const at::Tensor &, const OptionalTensor &, at::IntArrayRef,
                             at::IntArrayRef, at::IntArrayRef, int64_t, std::string_view, Scalars, OptionalName);
using PointwiseInPlace = at::Tensor &(at::Tensor &, const at::Tensor &, const at::Tensor &, const OptionalTensor &,
                                      at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, int64_t, std::string_view,
                                      std::optional<at::Scalar>, OptionalName, Scalars, OptionalName);

/// Both operators, where this libtorch has them.
struct Operators {
    c10::TypedOperatorHandle<Pointwise> alone;
    c10::TypedOperatorHandle<PointwiseInPlace> adding;
};

std::optional<Operators> find() {
    auto &dispatcher = c10::Dispatcher::singleton();
    const auto alone = dispatcher.findSchema({"mkldnn::_convolution_pointwise", ""});
    const auto adding = dispatcher.findSchema({"mkldnn::_convolution_pointwise_", "binary"});
    if (!alone || !adding) return std::nullopt;
    return Operators{alone->typed<Pointwise>(), adding->typed<PointwiseInPlace>()};
}

/// Whether they run on this processor with such elements: a trial with a single one.
bool run(const std::optional<Operators> &operators, at::ScalarType type) {
    if (!operators) return false;
    try {
        const auto one = at::ones({1, 1, 1, 1}, type);
        const int64_t pair[] = {1, 1}, none[] = {0, 0};
        operators->alone.call(one, one, std::nullopt, none, pair, pair, 1, "relu", Scalars(), std::nullopt);
        return true;
    } catch (const c10::Error &) {
        return false;
    }
}

/// The operators for elements of a type, or null where plain ones have to do.
const Operators *operators_for(at::ScalarType type) {
    static const auto operators = find();
    static const bool single = run(operators, at::kFloat), half = run(operators, at::kBFloat16);
    return (type == at::kFloat && single) || (type == at::kBFloat16 && half) ? &*operators : nullptr;
}

/// Whether the operator adds to such maps. Where one of them does not lie in memory channel by channel, as a single
/// channel does not, it falls back to an operator that knows float32 alone.
bool can_add(const at::Tensor &maps, const at::Tensor &sum) {
    return sum.scalar_type() == at::kFloat || (maps.suggest_memory_format() == at::MemoryFormat::ChannelsLast &&
                                               sum.suggest_memory_format() == at::MemoryFormat::ChannelsLast);
}

/// Whether a kernel of ours may follow a convolution: what is added lies as its results do.
bool has_kernel(const at::Tensor &x, const at::Tensor &w, const OptionalTensor &bias, const pt_tensor *sum) {
    const auto type = x.scalar_type();
    return bias && bias->scalar_type() == type && w.size(0) % 8 == 0 && passerby::Kernels::for_elements(x) != nullptr &&
           (sum == nullptr || (sum->value.scalar_type() == type &&
                               sum->value.is_contiguous(at::MemoryFormat::ChannelsLast)));
}

/// A convolution whose results a kernel of ours adds up and rectifies.
at::Tensor by_kernel(const at::Tensor &x, const at::Tensor &w, const at::Tensor &bias, pt_tensor *sum, bool relu,
                     at::IntArrayRef strides, at::IntArrayRef paddings, int64_t groups) {
    const auto maps = passerby::by_channel(at::conv2d(x, w, {}, strides, paddings, {1, 1}, groups));
    const auto &output = sum != nullptr ? sum->value : maps;
    const passerby::KernelGrid grid(maps, maps.size(0), maps.size(1));
    passerby::Kernels::for_elements(maps)->launch(
        passerby::Kernels::shift, grid.blocks, grid.block, maps.data_ptr(), sum != nullptr ? output.data_ptr() : nullptr,
        bias.data_ptr(), output.data_ptr(), grid.sizes, static_cast<int>(relu));
    return output;
}

}  // namespace

extern "C" {

int32_t pt_conv2d_fused(const pt_tensor *input, const pt_tensor *weight, const pt_tensor *bias,
                        pt_tensor *sum, bool relu, int64_t stride, int64_t padding, int64_t groups,
                        pt_result result) {
    return passerby::returning(result, [&]() -> at::Tensor {
        at::NoGradGuard scope;
        const auto &x = input->value;
        const auto &w = weight->value;
        const auto b = passerby::optional(bias);
        const int64_t strides[] = {stride, stride}, paddings[] = {padding, padding}, dilations[] = {1, 1};
        if (has_kernel(x, w, b, sum)) return by_kernel(x, w, *b, sum, relu, strides, paddings, groups);
        if (const auto *operators = x.is_cpu() ? operators_for(x.scalar_type()) : nullptr) {
            if (sum == nullptr) {
                return operators->alone.call(x, w, b, paddings, strides, dilations, groups, relu ? "relu" : "none",
                                             Scalars(), std::nullopt);
            }
            if (can_add(x, sum->value)) {
                return operators->adding.call(sum->value, x, w, b, paddings, strides, dilations, groups, "add",
                                              std::nullopt, relu ? OptionalName("relu") : std::nullopt, Scalars(),
                                              std::nullopt);
            }
        }
        auto maps = at::conv2d(x, w, b, strides, at::IntArrayRef(paddings), dilations, groups);
        if (sum != nullptr) maps = sum->value.add_(maps);
        return relu ? at::relu_(maps) : maps;
    });
}

}
