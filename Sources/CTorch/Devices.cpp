// SPDX-License-Identifier: MIT
//
// The one device that this process's tensors are made on, and what it computes in.

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "Libraries.h"

using passerby::guarded;
using passerby::load_cuda;
using passerby::returning;

struct pt_mark {
    std::optional<c10::Event> event;
};

namespace {

/// Set before the first tensor is made.
at::Device chosen(at::kCPU);

at::Device device_of(int32_t card) {
    return card < 0 ? at::Device(at::kCPU) : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(card));
}

void finish(at::Device device) {
    if (!device.is_cpu()) at::detail::getCUDAHooks().deviceSynchronize(device.index());
}

/// Has this thread compute on a card, through a stream of its own: what goes through the default one cannot be taken in by a
/// graph. Memory that was let go of is only given out to the stream that had it, so that a thread's stays the same.
void use_own_stream(at::Device device) {
    const c10::impl::VirtualGuardImpl streams(device.type());
    streams.setDevice(device);
    if (streams.getStream(device) == streams.getDefaultStream(device)) {
        streams.exchangeStream(streams.getStreamFromGlobalPool(device));
    }
}

/// Has a card compute as is asked for, and shows that it can.
void set_up_card(at::Device device, bool deterministic) {
    load_cuda();
    auto &context = at::globalContext();
    // cuBLAS adds in one order only with a workspace of its own.
    if (deterministic) setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
    context.setDeterministicAlgorithms(deterministic, /*warn_only=*/true);
    // Or else whatever is made without values is filled first.
    context.setDeterministicFillUninitializedMemory(false);
    context.setDeterministicCuDNN(deterministic);
    // Which algorithm is the fastest differs from one measurement to the next, and with it the last bits.
    context.setBenchmarkCuDNN(!deterministic);
    context.lazyInitDevice(at::kCUDA);
    use_own_stream(device);
    // The first tensor shows whether the card can be used at all.
    at::zeros({1}, at::TensorOptions(device)).cpu();
}

/// A copy on the card that is made while the card computes, on a stream of its own; what follows waits for it.
at::Tensor copied_to_card(const at::Tensor &input) {
    const c10::impl::VirtualGuardImpl streams(chosen.type());
    const auto computing = streams.getStream(chosen);
    thread_local const auto copying = streams.getStreamFromGlobalPool(chosen);
    c10::Event end(chosen.type());
    at::Tensor copy;
    {
        const c10::StreamGuard scope(copying);
        copy = input.to(chosen, /*non_blocking=*/true);
        end.record(copying);
    }
    end.block(computing);
    // Its memory is not given away before the computation has let go of it.
    copy.record_stream(computing);
    return copy;
}

}  // namespace

namespace passerby {

at::Device device() noexcept { return chosen; }

void load_cuda() {
    static bool loaded = false;
    if (loaded) return;
    // Its symbols are looked for by name in libraries that it brings along.
    TORCH_CHECK(dlopen(pt_cuda_library_path(), RTLD_NOW | RTLD_GLOBAL) != nullptr, dlerror());
    loaded = true;
}

}  // namespace passerby

extern "C" {

const char *pt_cuda_library_path(void) {
    static const std::string path = passerby::beside(pt_library_path(), "libtorch_cuda.so");
    return path.c_str();
}

int32_t pt_find_cards(int32_t *count) {
    return guarded([&] {
        load_cuda();
        *count = at::detail::getCUDAHooks().getNumGPUs();
    });
}

int32_t pt_compute_on(int32_t card, bool deterministic) {
    return guarded([&] {
        const auto device = device_of(card);
        if (card >= 0) set_up_card(device, deterministic);
        // Written only where it changes: other threads may read it.
        if (chosen != device) chosen = device;
    });
}

int32_t pt_allow_tf32(bool allowed) {
    return guarded([&] {
        at::globalContext().setAllowTF32CuBLAS(allowed);
        at::globalContext().setAllowTF32CuDNN(allowed);
    });
}

bool pt_set_half_precision(bool enabled) {
    const auto type = chosen.type();
    const bool before = at::autocast::is_autocast_enabled(type);
    at::autocast::set_autocast_dtype(type, at::kBFloat16);
    at::autocast::set_autocast_enabled(type, enabled);
    // Rounded copies of weights are shared within a forward pass; the next one may find other weights.
    if (!enabled) at::autocast::clear_cache();
    return before;
}

int32_t pt_card_of(const pt_tensor *tensor) {
    return tensor->value.is_cpu() ? -1 : static_cast<int32_t>(tensor->value.device().index());
}

int32_t pt_move(const pt_tensor *input, pt_result result) {
    return returning(result, [&] {
        const auto &tensor = input->value;
        return tensor.device() == chosen ? tensor : tensor.is_cpu() ? copied_to_card(tensor) : tensor.to(chosen);
    });
}

int32_t pt_finish(void) {
    return guarded([&] { finish(chosen); });
}

int32_t pt_mark_make(pt_mark **result) {
    return guarded([&] {
        auto mark = std::make_unique<pt_mark>();
        if (!chosen.is_cpu()) {
            mark->event.emplace(chosen.type());
            mark->event->record(c10::impl::VirtualGuardImpl(chosen.type()).getStream(chosen));
        }
        *result = mark.release();
    });
}

int32_t pt_mark_wait(const pt_mark *mark) {
    return guarded([&] {
        if (mark->event) mark->event->synchronize();
    });
}

void pt_mark_free(pt_mark *mark) { delete mark; }

int32_t pt_peak_card_bytes(int64_t *bytes) {
    return guarded([&] {
        *bytes = 0;
        if (chosen.is_cpu()) return;
        const auto stats = c10::getDeviceAllocator(chosen.type())->getDeviceStats(chosen.index());
        *bytes = stats.reserved_bytes[static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE)].peak;
    });
}

int32_t pt_forget_peak(void) {
    return guarded([&] {
        if (chosen.is_cpu()) return;
        auto *allocator = c10::getDeviceAllocator(chosen.type());
        allocator->emptyCache();
        allocator->resetPeakStats(chosen.index());
    });
}

int32_t pt_cudnn_version(int64_t *version) {
    return guarded([&] {
        load_cuda();
        *version = at::detail::getCUDAHooks().versionRuntimeCuDNN();
    });
}

int32_t pt_product_seconds(int32_t card, pt_dtype dtype, int64_t edge, double *seconds) {
    return guarded([&] {
        const auto device = device_of(card);
        if (card >= 0) {
            load_cuda();
            at::globalContext().lazyInitDevice(at::kCUDA);
        }
        const at::NoGradGuard scope;
        const auto factor = at::full({edge, edge}, 0.5, at::TensorOptions(device).dtype(passerby::scalar_type(dtype)));
        *seconds = std::numeric_limits<double>::infinity();
        for (int attempt = 0; attempt < 5; ++attempt) {
            finish(device);
            const auto begun = std::chrono::steady_clock::now();
            const auto product = at::matmul(factor, factor);
            finish(device);
            const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
            *seconds = std::min(*seconds, taken.count());
        }
    });
}

}
