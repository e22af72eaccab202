// SPDX-License-Identifier: MIT
//
// Tensors, their elements, and autograd.

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <cstring>

#include "Guard.h"

using passerby::guarded;
using passerby::returning;

extern "C" {

int32_t pt_unset(pt_dtype dtype, const int64_t *shape, int32_t rank, void **bytes, pt_result result) {
    return returning(result, [&] {
        passerby::refuse_in_graph("a tensor of given elements");
        auto tensor = at::empty(
            at::IntArrayRef(shape, rank),
            at::TensorOptions(passerby::scalar_type(dtype)).pinned_memory(!passerby::device().is_cpu()));
        *bytes = tensor.mutable_data_ptr();
        return tensor;
    });
}

int32_t pt_copy_memory(void *target, const void *source, int64_t byte_count) {
    return guarded([&] {
        // One thread reads and writes a fraction of what memory gives; a card waits for a batch meanwhile.
        at::parallel_for(0, byte_count, 1 << 20, [&](int64_t begin, int64_t end) {
            std::memcpy(static_cast<char *>(target) + begin, static_cast<const char *>(source) + begin, end - begin);
        });
    });
}

int32_t pt_full(double value, pt_dtype dtype, const int64_t *shape, int32_t rank, pt_result result) {
    return returning(result, [&] {
        return at::full(at::IntArrayRef(shape, rank), value,
                        at::TensorOptions(passerby::scalar_type(dtype)).device(passerby::device()));
    });
}

int32_t pt_zeros_like(const pt_tensor *other, pt_result result) {
    return returning(result, [&] { return at::zeros_like(other->value.detach()); });
}

void pt_free(pt_tensor *tensor) { delete tensor; }

int32_t pt_rank(const pt_tensor *tensor) { return static_cast<int32_t>(tensor->value.dim()); }

void pt_shape(const pt_tensor *tensor, int64_t *shape) {
    auto sizes = tensor->value.sizes();
    std::copy(sizes.begin(), sizes.end(), shape);
}

pt_dtype pt_dtype_of(const pt_tensor *tensor) {
    switch (tensor->value.scalar_type()) {
        case at::kLong: return pt_int64;
        case at::kByte: return pt_uint8;
        case at::kBool: return pt_bool;
        case at::kBFloat16: return pt_bfloat16;
        case at::kDouble: return pt_float64;
        default: return pt_float32;
    }
}

int32_t pt_copy_to_bytes(const pt_tensor *tensor, void *bytes, int64_t byte_count) {
    return guarded([&] {
        passerby::refuse_in_graph("a look at elements");
        auto rows = tensor->value.detach().contiguous().cpu();
        TORCH_CHECK(static_cast<int64_t>(rows.nbytes()) == byte_count, "the tensor has ", rows.nbytes(),
                    " bytes, the destination ", byte_count);
        if (byte_count > 0) std::memcpy(bytes, rows.const_data_ptr(), byte_count);
    });
}

int32_t pt_all_finite(const pt_tensor *tensor, bool *finite) {
    return guarded([&] {
        passerby::refuse_in_graph("a look at elements");
        *finite = at::isfinite(tensor->value.detach()).all().item<bool>();
    });
}

int32_t pt_copy_into(pt_tensor *destination, const pt_tensor *source) {
    return guarded([&] {
        TORCH_CHECK(destination->value.sizes() == source->value.sizes(), "the shapes differ");
        at::NoGradGuard scope;
        destination->value.copy_(source->value);
    });
}

bool pt_set_gradient_recording(bool recording) {
    bool before = at::GradMode::is_enabled();
    at::GradMode::set_enabled(recording);
    return before;
}

int32_t pt_set_requires_gradient(pt_tensor *tensor, bool required) {
    return guarded([&] { tensor->value.requires_grad_(required); });
}

bool pt_requires_gradient(const pt_tensor *tensor) { return tensor->value.requires_grad(); }

int32_t pt_backward(const pt_tensor *loss, bool again) {
    return guarded([&] { loss->value.backward({}, /*retain_graph=*/again); });
}

int32_t pt_gradient(const pt_tensor *tensor, pt_result result) {
    return guarded([&] {
        const auto &gradient = tensor->value.grad();
        *result = gradient.defined() ? new pt_tensor{gradient} : nullptr;
    });
}

void pt_drop_gradient(pt_tensor *tensor) { tensor->value.mutable_grad().reset(); }

}
