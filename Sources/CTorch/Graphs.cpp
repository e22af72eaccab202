// SPDX-License-Identifier: MIT
//
// Work that the device is given once and then repeats.

#include "Graph.h"

using passerby::guarded;

struct pt_graph {
    std::unique_ptr<passerby::Graph> value;
    bool is_open = false;
};

namespace {

thread_local bool is_taking = false;

void close(pt_graph &graph) {
    graph.is_open = false;
    is_taking = false;
}

}  // namespace

namespace passerby {

bool in_graph() noexcept { return is_taking; }

void refuse_in_graph(const char *what) {
    TORCH_CHECK(!is_taking, what, " cannot be part of a graph: it would be the same whenever that is repeated");
}

}  // namespace passerby

extern "C" {

int32_t pt_graph_begin(pt_graph **result) {
    return guarded([&] {
        auto graph = std::make_unique<pt_graph>();
        graph->value = passerby::device().is_cpu() ? passerby::call_list() : passerby::card_graph();
        graph->value->begin();
        graph->is_open = true;
        is_taking = true;
        *result = graph.release();
    });
}

int32_t pt_graph_end(pt_graph *graph) {
    return guarded([&] {
        close(*graph);
        graph->value->end();
    });
}

int32_t pt_graph_repeat(pt_graph *graph) {
    return guarded([&] { graph->value->repeat(); });
}

void pt_graph_free(pt_graph *graph) {
    if (graph->is_open) close(*graph);
    delete graph;
}

}
