// SPDX-License-Identifier: MIT
//
// What every entry point shares: the handle's definition and the guard that stops exceptions.

#ifndef PASSERBY_CTORCH_GUARD_H
#define PASSERBY_CTORCH_GUARD_H

#include <ATen/ATen.h>

#include <exception>
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

/// Runs the body; an exception becomes status 1 and this thread's error text.
template <typename Body>
int32_t guarded(Body body) noexcept {
    try {
        body();
        return 0;
    } catch (const c10::Error &error) {
        remember(error.what_without_backtrace());
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

}  // namespace passerby

#endif
