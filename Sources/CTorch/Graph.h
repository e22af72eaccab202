// SPDX-License-Identifier: MIT
//
// Work that a device is given once and then repeats on the same tensors.

#ifndef PASSERBY_CTORCH_GRAPH_H
#define PASSERBY_CTORCH_GRAPH_H

#include <memory>

#include "Guard.h"

namespace passerby {

/// Takes in what the thread gives the device between `begin` and `end`.
class Graph {
public:
    virtual ~Graph() = default;
    virtual void begin() = 0;
    /// After which the work has been done once.
    virtual void end() = 0;
    virtual void repeat() = 0;
};

/// A CUDA graph.
std::unique_ptr<Graph> card_graph();

/// The same on the processor: libtorch's calls, each of which is made again. Nothing is gained by it but that what a
/// card would be given can be tried without one.
std::unique_ptr<Graph> call_list();

}  // namespace passerby

#endif
