// SPDX-License-Identifier: MIT
//
// Elementwise operations, reductions, shape and selection.

#include "Guard.h"

using passerby::returning;

namespace {

at::Tensor apply(pt_unary_op op, const at::Tensor &x) {
    switch (op) {
        case pt_negate: return at::neg(x);
        case pt_exp: return at::exp(x);
        case pt_log: return at::log(x);
        case pt_sqrt: return at::sqrt(x);
        case pt_square: return at::square(x);
        case pt_relu: return at::relu(x);
        case pt_sigmoid: return at::sigmoid(x);
        case pt_softplus: return at::softplus(x);
        case pt_abs: return at::abs(x);
        case pt_detach: return x.detach();
        case pt_sum: return at::sum(x);
        case pt_mean: return at::mean(x);
        case pt_transpose: return at::t(x);
        case pt_channels_last: return x.contiguous(at::MemoryFormat::ChannelsLast);
        case pt_contiguous: return x.contiguous();
        case pt_copy: return at::clone(x);
        case pt_global_average: return at::adaptive_avg_pool2d(x, {1, 1});
    }
    TORCH_CHECK(false, "unknown operation");
}

at::Tensor apply(pt_binary_op op, const at::Tensor &x, const at::Tensor &y) {
    switch (op) {
        case pt_add: return at::add(x, y);
        case pt_subtract: return at::sub(x, y);
        case pt_multiply: return at::mul(x, y);
        case pt_divide: return at::div(x, y);
        case pt_power: return at::pow(x, y);
        case pt_matmul: return at::matmul(x, y);
        case pt_equal: return at::eq(x, y);
    }
    TORCH_CHECK(false, "unknown operation");
}

at::Tensor apply(pt_scalar_op op, const at::Tensor &x, double scalar) {
    switch (op) {
        case pt_add_scalar: return at::add(x, scalar);
        case pt_multiply_scalar: return at::mul(x, scalar);
        case pt_power_scalar: return at::pow(x, scalar);
        case pt_at_least: return at::clamp_min(x, scalar);
        case pt_leaky_relu: return at::leaky_relu(x, scalar);
        case pt_greater_scalar: return at::gt(x, scalar);
    }
    TORCH_CHECK(false, "unknown operation");
}

at::Tensor apply(pt_along_op op, const at::Tensor &x, int64_t dimension) {
    switch (op) {
        case pt_sum_along: return at::sum(x, {dimension}, true);
        case pt_mean_along: return at::mean(x, {dimension}, true);
        case pt_softmax: return at::softmax(x, dimension);
        case pt_log_softmax: return at::log_softmax(x, dimension);
    }
    TORCH_CHECK(false, "unknown operation");
}

/// int64 numbers of 32 bits in the same order as float32 values.
at::Tensor ordered(const at::Tensor &values) {
    // Adding zero makes −0 of +0. Among negative values larger bits are smaller values.
    const auto bits = values.contiguous().add(0.0).view(at::kInt);
    return at::where(bits.lt(0), bits.bitwise_xor(0x7fffffff), bits).to(at::kLong);
}

}  // namespace

extern "C" {

int32_t pt_unary(pt_unary_op op, const pt_tensor *input, pt_result result) {
    return returning(result, [&] { return apply(op, input->value); });
}

int32_t pt_binary(pt_binary_op op, const pt_tensor *left, const pt_tensor *right, pt_result result) {
    return returning(result, [&] { return apply(op, left->value, right->value); });
}

int32_t pt_scalar(pt_scalar_op op, const pt_tensor *input, double scalar, pt_result result) {
    return returning(result, [&] { return apply(op, input->value, scalar); });
}

int32_t pt_where(const pt_tensor *mask, const pt_tensor *yes, const pt_tensor *no, pt_result result) {
    return returning(result, [&] { return at::where(mask->value, yes->value, no->value); });
}

int32_t pt_to_dtype(const pt_tensor *input, pt_dtype dtype, pt_result result) {
    return returning(result, [&] { return input->value.to(passerby::scalar_type(dtype)); });
}

int32_t pt_along(pt_along_op op, const pt_tensor *input, int64_t dimension, pt_result result) {
    return returning(result, [&] { return apply(op, input->value, dimension); });
}

int32_t pt_extreme(const pt_tensor *input, int64_t dimension, bool largest, pt_result values, pt_result indices) {
    return passerby::guarded([&] {
        auto found = largest ? at::max(input->value, dimension, true) : at::min(input->value, dimension, true);
        auto first = std::make_unique<pt_tensor>(pt_tensor{std::get<0>(found)});
        *indices = new pt_tensor{std::get<1>(found)};
        *values = first.release();
    });
}

int32_t pt_smallest(const pt_tensor *rows, int64_t count, pt_result values, pt_result columns) {
    return passerby::guarded([&] {
        const auto &input = rows->value;
        TORCH_CHECK(input.dim() == 2 && input.scalar_type() == at::kFloat, "rows of float32 are sorted");
        // No order is promised among equal values: a whole number of 64 bits, the value's before the column's, has none.
        const auto numbers = at::arange(input.size(1), at::TensorOptions(at::kLong).device(input.device()));
        const auto keys = ordered(input).mul_(INT64_C(1) << 32).add_(numbers);
        const auto found = std::get<0>(at::topk(keys, count, 1, /*largest=*/false, /*sorted=*/true));
        auto places = std::make_unique<pt_tensor>(pt_tensor{at::bitwise_and(found, INT64_C(0xffffffff))});
        *values = new pt_tensor{at::gather(input, 1, places->value)};
        *columns = places.release();
    });
}

int32_t pt_reshape(const pt_tensor *input, const int64_t *shape, int32_t rank, pt_result result) {
    return returning(result, [&] { return at::reshape(input->value, at::IntArrayRef(shape, rank)); });
}

int32_t pt_permute(const pt_tensor *input, const int64_t *order, int32_t rank, pt_result result) {
    return returning(result, [&] { return at::permute(input->value, at::IntArrayRef(order, rank)); });
}

int32_t pt_narrow(const pt_tensor *input, int64_t dimension, int64_t start, int64_t length, pt_result result) {
    return returning(result, [&] { return at::narrow(input->value, dimension, start, length); });
}

int32_t pt_concatenate(const pt_tensor *const *parts, int32_t count, int64_t dimension, pt_result result) {
    return returning(result, [&] {
        std::vector<at::Tensor> list;
        list.reserve(count);
        for (int32_t part = 0; part < count; ++part) list.push_back(parts[part]->value);
        return at::cat(list, dimension);
    });
}

int32_t pt_index_select(const pt_tensor *input, int64_t dimension, const pt_tensor *indices, pt_result result) {
    return returning(result, [&] { return at::index_select(input->value, dimension, indices->value); });
}

int32_t pt_index_copy(pt_tensor *destination, int64_t dimension, const pt_tensor *indices, const pt_tensor *source) {
    return passerby::guarded([&] { destination->value.index_copy_(dimension, indices->value, source->value); });
}

int32_t pt_gather(const pt_tensor *input, int64_t dimension, const pt_tensor *indices, pt_result result) {
    return returning(result, [&] { return at::gather(input->value, dimension, indices->value); });
}

int32_t pt_sum_groups(const pt_tensor *input, int64_t dimension, const pt_tensor *groups, int64_t count,
                      pt_result result) {
    return returning(result, [&] {
        auto shape = input->value.sizes().vec();
        shape.at(dimension) = count;
        return at::index_add(at::zeros(shape, input->value.options()), dimension, groups->value, input->value);
    });
}

int32_t pt_one_hot(const pt_tensor *labels, int64_t classes, pt_result result) {
    return returning(result, [&] {
        const auto &numbers = labels->value;
        // A look at elements, which a card would have to be waited for.
        if (numbers.is_cpu() && !passerby::in_graph()) {
            TORCH_CHECK(numbers.numel() == 0 || (numbers.ge(0) & numbers.lt(classes)).all().item<bool>(),
                        "a label is none of the ", classes, " classes 0 to ", classes - 1);
        }
        const auto all = at::arange(classes, numbers.options());
        return numbers.unsqueeze(-1).eq(all).to(at::kFloat);
    });
}

}
