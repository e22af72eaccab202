// SPDX-License-Identifier: MIT
//
// A graph of a card's, by libtorch's `at::cuda::CUDAGraph`.
//
// The class lives in libtorch's CUDA library, which is loaded by name where there is a card (see Devices.cpp), and its
// header needs CUDA's: so its members are looked up by their names in that library.

#include <c10/core/CachingDeviceAllocator.h>

#include <atomic>
#include <utility>

#include "Graph.h"
#include "Libraries.h"

namespace {

using Pool = std::pair<unsigned long long, unsigned long long>;

/// `cudaStreamCaptureModeGlobal`: meanwhile no thread may do what would wait for the card.
constexpr int whole_process = 0;

passerby::Found found(const char *name) { return passerby::found_in(RTLD_DEFAULT, name, "CUDA graphs that are"); }

/// The members that are used; equal in libtorch 2.11 and 2.13.
struct Members {
    void (*construct)(void *, bool keep) = found("_ZN2at4cuda9CUDAGraphC1Eb");
    void (*destroy)(void *) = found("_ZN2at4cuda9CUDAGraphD1Ev");
    void (*begin)(void *, Pool, int mode) =
        found("_ZN2at4cuda9CUDAGraph13capture_beginESt4pairIyyE21cudaStreamCaptureMode");
    void (*end)(void *) = found("_ZN2at4cuda9CUDAGraph11capture_endEv");
    void (*replay)(void *) = found("_ZN2at4cuda9CUDAGraph6replayEv");
};

const Members &members() {
    static const Members all;
    return all;
}

/// Whether CUDA has broken off what a graph took in. libtorch's allocator then goes on as if something were taken in for ever:
/// memory of batches is not used again.
std::atomic<bool> spoilt{false};

class CardGraph : public passerby::Graph {
public:
    CardGraph() { members().construct(object, false); }

    void begin() override {
        // Its tensors come from memory of its own, which nothing else gets as long as it lives. Meanwhile libtorch gives none
        // back that it keeps for others, that of a graph which was forgotten among it: that is done before.
        c10::getDeviceAllocator(at::kCUDA)->emptyCache();
        members().begin(object, Pool(0, 0), whole_process);
        taking = true;
    }

    void end() override {
        leave();
        // So far the card was only told.
        members().replay(object);
    }

    void repeat() override { members().replay(object); }

    ~CardGraph() override {
        try {
            if (taking) leave();
        } catch (...) {
            // What was refused while it was taken in is known already.
        }
        members().destroy(object);
    }

private:
    void leave() {
        taking = false;
        try {
            members().end(object);
        } catch (...) {
            spoilt = true;
            throw;
        }
    }

    /// Several times the size that it has.
    alignas(64) unsigned char object[4096];
    bool taking = false;
};

}  // namespace

namespace passerby {

std::unique_ptr<Graph> card_graph() { return std::make_unique<CardGraph>(); }

}  // namespace passerby

extern "C" {

bool pt_graphs_are_spoilt(void) { return spoilt; }

int32_t pt_find_graphs(void) {
    return passerby::guarded([] {
        passerby::load_cuda();
        members();
    });
}

}
