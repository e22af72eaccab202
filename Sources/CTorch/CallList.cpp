// SPDX-License-Identifier: MIT
//
// A graph of the processor's: the calls that reach its kernels, with the tensors that they were made with.
//
// It keeps to the rules of a CUDA graph. What is no tensor is the same in every repetition, results lie where they lay the
// first time, and a call that looks at elements, or whose result's shape depends on them, is refused.

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include <optional>
#include <vector>

#include "Graph.h"

namespace {

using Values = std::vector<c10::IValue>;

/// Below differentiation and above the kernels, and used by nothing in libtorch's C++ library.
constexpr auto key = c10::DispatchKey::Fake;

struct Call {
    c10::OperatorHandle operation;
    Values operands, results;
};

thread_local std::vector<Call> *noted = nullptr;

template <typename Body>
void for_each_tensor(const c10::IValue &value, Body body) {
    if (value.isTensor() && value.toTensor().defined()) body(value.toTensor());
    if (value.isTensorList()) {
        for (const at::Tensor &tensor : value.toTensorVector()) body(tensor);
    }
}

bool share_memory(const at::Tensor &left, const Values &values) {
    bool shared = false;
    for (const auto &value : values) {
        for_each_tensor(value, [&](const at::Tensor &right) { shared = shared || left.is_alias_of(right); });
    }
    return shared;
}

void refuse_what_depends_on_elements(const c10::OperatorHandle &operation) {
    for (const auto tag : {at::Tag::data_dependent_output, at::Tag::dynamic_output_shape}) {
        TORCH_CHECK(!operation.hasTag(tag), operation.operator_name(), " cannot be part of a graph");
    }
}

Values last(const torch::jit::Stack &stack, size_t count) { return Values(stack.end() - count, stack.end()); }

void note(const c10::OperatorHandle &operation, c10::DispatchKeySet, torch::jit::Stack *stack) {
    refuse_what_depends_on_elements(operation);
    auto operands = last(*stack, operation.schema().arguments().size());
    {
        const c10::impl::ExcludeDispatchKeyGuard once(key);
        operation.callBoxed(stack);
    }
    // Another shape of what is there: no kernel, and done for good.
    if (operation.hasTag(at::Tag::inplace_view)) return;
    noted->push_back({operation, std::move(operands), last(*stack, operation.schema().returns().size())});
}

/// What a repeated call came to takes the place of what it came to first; in-place results and views are there already.
void replace(const c10::IValue &old, const c10::IValue &fresh, const Values &operands) {
    std::vector<at::Tensor> sources;
    for_each_tensor(fresh, [&](const at::Tensor &tensor) { sources.push_back(tensor); });
    size_t index = 0;
    for_each_tensor(old, [&](const at::Tensor &tensor) {
        const auto &source = sources.at(index++);
        if (!share_memory(tensor, operands)) tensor.copy_(source);
    });
}

class CallList : public passerby::Graph {
public:
    void begin() override {
        // Registered with the first list: no other process is to have it.
        static const auto registration = c10::Dispatcher::singleton().registerFallback(
            key, c10::KernelFunction::makeFromBoxedFunction<&note>(), "passerby");
        TORCH_CHECK(noted == nullptr, "a graph within a graph");
        noted = &calls;
        noting.emplace(key);
    }

    void end() override { stop(); }

    void repeat() override {
        const at::AutoDispatchBelowADInplaceOrView kernels;
        for (const auto &call : calls) {
            torch::jit::Stack stack = call.operands;
            call.operation.callBoxed(&stack);
            for (size_t index = 0; index < stack.size(); ++index) {
                replace(call.results[index], stack[index], call.operands);
            }
        }
    }

    ~CallList() override { stop(); }

private:
    std::vector<Call> calls;
    std::optional<c10::impl::IncludeDispatchKeyGuard> noting;

    void stop() {
        if (!noting) return;
        noting.reset();
        noted = nullptr;
    }
};

}  // namespace

namespace passerby {

std::unique_ptr<Graph> call_list() { return std::make_unique<CallList>(); }

}  // namespace passerby
