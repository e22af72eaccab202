// SPDX-License-Identifier: MIT
//
// A card's kernels on the processor: block after block, with a thread of its own for each of a block's. Nothing is gained by
// it but that what a card would be given can be tried without one.

#include <barrier>
#include <cstring>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "Kernels.h"

namespace {

/// What CUDA gives its kernels.
struct Place {
    unsigned x, y, z;
};

thread_local Place threadIdx, blockIdx;
Place blockDim, gridDim;
std::unique_ptr<std::barrier<>> gate;
/// One grid at a time.
std::mutex one;

void __syncthreads() { gate->arrive_and_wait(); }

struct alignas(16) uint4 {
    unsigned x, y, z, w;
};

struct alignas(16) float4 {
    float x, y, z, w;
};

float __uint_as_float(unsigned bits) {
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

unsigned __float_as_uint(float value) {
    unsigned bits;
    std::memcpy(&bits, &value, sizeof bits);
    return bits;
}

#define __device__
// Of one block at a time.
#define __shared__ static
#define __launch_bounds__(...)
#define KERNEL inline
#define PASSERBY_KERNELS(...) __VA_ARGS__

using namespace passerby;

#include "KernelElements.h"

namespace half {
#define ELEMENT unsigned short
#include "KernelRows.h"
#include "NormKernels.h"
#include "NormGradientKernels.h"
#include "PadKernels.h"
#include "PoolKernels.h"
#undef ELEMENT
}  // namespace half

namespace single {
#define ELEMENT float
#include "KernelRows.h"
#include "NormKernels.h"
#include "NormGradientKernels.h"
#include "PadKernels.h"
#include "PoolKernels.h"
#undef ELEMENT
}  // namespace single

/// A block's threads, which run all blocks of a grid.
template <typename Body>
void run(passerby::Edges grid, passerby::Edges block, Body body) {
    const std::lock_guard alone(one);
    const unsigned count = block.x * block.y;
    blockDim = {block.x, block.y, block.z};
    gridDim = {grid.x, grid.y, grid.z};
    gate = std::make_unique<std::barrier<>>(count);
    std::barrier end(count);
    std::vector<std::thread> threads;
    for (unsigned index = 0; index < count; ++index) {
        threads.emplace_back([&, index] {
            threadIdx = {index % block.x, index / block.x, 0};
            for (unsigned number = 0; number < grid.x * grid.y * grid.z; ++number) {
                blockIdx = {number % grid.x, number / grid.x % grid.y, number / grid.x / grid.y};
                body();
                end.arrive_and_wait();
            }
        });
    }
    for (auto &thread : threads) thread.join();
}

template <typename Value>
Value copied(const void *place) {
    Value value;
    std::memcpy(&value, place, sizeof value);
    return value;
}

template <typename... Parameters>
void call(void (*kernel)(Parameters...), void **arguments) {
    [&]<size_t... indices>(std::index_sequence<indices...>) {
        kernel(copied<Parameters>(arguments[indices])...);
    }(std::index_sequence_for<Parameters...>());
}

class EmulatedKernels : public passerby::Kernels {
public:
    explicit EmulatedKernels(bool is_single) : is_single(is_single) {}

protected:
    void give(Name name, passerby::Edges grid, passerby::Edges block, void **arguments) const override {
        const auto either = [&](auto of_halves, auto of_singles) {
            run(grid, block, [&] { is_single ? call(of_singles, arguments) : call(of_halves, arguments); });
        };
#define NAMED(kernel) \
    case kernel: return either(&half::passerby_##kernel, &single::passerby_##kernel);
        switch (name) {
            PASSERBY_EACH_KERNEL(NAMED)
            case count: break;
        }
#undef NAMED
    }

private:
    const bool is_single;
};

thread_local bool is_asked_for = false;

}  // namespace

namespace passerby {

const Kernels *emulated_kernels(at::ScalarType type) {
    static const EmulatedKernels halves(false), singles(true);
    return !is_asked_for ? nullptr : type == at::kFloat ? &singles : &halves;
}

}  // namespace passerby

extern "C" {

void pt_emulate_kernels(bool asked) { is_asked_for = asked; }

}
