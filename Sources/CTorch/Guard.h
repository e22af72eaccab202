// SPDX-License-Identifier: MIT
//
// What every entry point shares: the handle's definition and the guard that stops exceptions.

#ifndef PASSERBY_CTORCH_GUARD_H
#define PASSERBY_CTORCH_GUARD_H

#include <ATen/ATen.h>

#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "CTorch.h"

struct pt_tensor {
    at::Tensor value;
};

namespace passerby {

/// This thread's last error text.
std::string &last_error() noexcept;

/// Stores the text, or a fixed one where even that needs memory that is not there.
void remember(const char *message) noexcept;

/// Fixes by how many threads this thread's loops and products are shared, before the first of them; costs nothing after.
void settle_threads();

/// The status of a failed call: 2 where memory was not to be had, else 1. libtorch's allocator for the CPU has no class
/// of its own for that, nor has what CUDA and cuBLAS ask the driver for by themselves.
inline int32_t status_of(const char *message) noexcept {
    for (const char *words : {"can't allocate memory", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED"}) {
        if (std::strstr(message, words) != nullptr) return 2;
    }
    return 1;
}

/// Runs the body; an exception becomes a status and this thread's error text.
template <typename Body>
int32_t guarded(Body body) noexcept {
    try {
        settle_threads();
        body();
        return 0;
    } catch (const c10::OutOfMemoryError &error) {
        remember(error.what_without_backtrace());
        return 2;
    } catch (const c10::Error &error) {
        remember(error.what_without_backtrace());
        return status_of(error.what_without_backtrace());
    } catch (const std::bad_alloc &error) {
        remember(error.what());
        return 2;
    } catch (const std::exception &error) {
        remember(error.what());
    } catch (...) {
        remember("an exception that is not a std::exception");
    }
    return 1;
}

/// Runs a body that makes one tensor and hands it to the caller.
template <typename Body>
int32_t returning(pt_result result, Body body) noexcept {
    return guarded([&] { *result = new pt_tensor{body()}; });
}

inline c10::optional<at::Tensor> optional(const pt_tensor *tensor) {
    return tensor == nullptr ? c10::optional<at::Tensor>() : c10::optional<at::Tensor>(tensor->value);
}

at::ScalarType scalar_type(pt_dtype dtype);

/// What tensors are made on.
at::Device device() noexcept;

/// Has libtorch's CUDA library in this process; fails where it is not there.
void load_cuda();

/// Whether this thread's work is taken in by a graph.
bool in_graph() noexcept;

/// Fails there.
void refuse_in_graph(const char *what);

}  // namespace passerby

#endif
