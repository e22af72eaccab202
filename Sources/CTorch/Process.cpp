// SPDX-License-Identifier: MIT

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <malloc.h>
#include <torch/headeronly/version.h>

#include "Guard.h"

namespace passerby {

std::string &last_error() noexcept {
    thread_local std::string message;
    return message;
}

void remember(const char *message) noexcept {
    try {
        last_error() = message;
    } catch (...) {
        last_error().clear();
    }
}

namespace {

/// Keeps OpenBLAS, where it is there, from sharing a product out.
///
/// Its number of threads is one setting of the whole process, and rounding depends on it: who changes it while others
/// compute changes their results. So there is one value, for all and always: one thread, with which a product does not
/// depend on the number of processors either. Convolutions and loops are shared out by libtorch itself.
bool keep_products_on_their_threads() {
    using Get = int (*)();
    using Set = void (*)(int);
    const auto get = reinterpret_cast<Get>(dlsym(RTLD_DEFAULT, "openblas_get_num_threads"));
    const auto set = reinterpret_cast<Set>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
    // OpenBLAS over OpenMP sets that library's count for this thread too, so it is left alone where nothing is to do.
    if (get != nullptr && set != nullptr && get() != 1) set(1);
    return true;
}

}  // namespace

void settle_threads() {
    [[maybe_unused]] static const bool products = keep_products_on_their_threads();
    // A thread takes libtorch's count over at its first loop, which may come after its first convolution and after
    // another thread has asked for another count. Asking for the count makes it do so now.
    [[maybe_unused]] thread_local const int count = at::get_num_threads();
}

at::ScalarType scalar_type(pt_dtype dtype) {
    switch (dtype) {
        case pt_float32: return at::kFloat;
        case pt_int64: return at::kLong;
        case pt_uint8: return at::kByte;
        case pt_bool: return at::kBool;
        case pt_bfloat16: return at::kBFloat16;
        case pt_float64: return at::kDouble;
    }
    TORCH_CHECK(false, "unknown element type ", static_cast<int>(dtype));
}

/// The file that an address was loaded from; empty where nobody knows.
static const char *file_of(const void *address) {
    Dl_info place = {};
    return address != nullptr && dladdr(address, &place) != 0 && place.dli_fname != nullptr ? place.dli_fname : "";
}

}  // namespace passerby

extern "C" {

const char *pt_last_error(void) { return passerby::last_error().c_str(); }

void pt_keep_freed_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    // More arenas than threads that allocate in bulk only spread the same memory over more free lists.
    mallopt(M_ARENA_MAX, 2);
}

int32_t pt_set_thread_count(int32_t count) {
    return passerby::guarded([&] { at::set_num_threads(count); });
}

int32_t pt_thread_count(void) { return at::get_num_threads(); }

const char *pt_version(void) { return TORCH_VERSION; }

const char *pt_matrix_library(void) { return passerby::file_of(dlsym(RTLD_DEFAULT, "sgemm_")); }

const char *pt_library_path(void) { return passerby::file_of(reinterpret_cast<void *>(&at::get_num_threads)); }

}
