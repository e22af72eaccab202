// SPDX-License-Identifier: MIT
//
// Normalisation of maps in training: of groups of images, or of each image by itself, followed by a sum and a rectifier.
//
// On a card kernels of ours do all that in one pass, see NormKernels.h; libtorch's take one for every group, one that puts
// groups together, and one for each of what follows, and count statistics at an eighth of the memory's rate.

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <optional>
#include <type_traits>
#include <vector>

#include "Kernels.h"

namespace {

using passerby::After;
using passerby::by_channel;
using passerby::KernelGrid;
using passerby::Kernels;
using passerby::Parts;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

using OptionalTensor = std::optional<at::Tensor>;

constexpr int most_parts = std::extent_v<decltype(Parts::weight)>;

/// Channels that are normalised alike: what each part of the batch is scaled and shifted by, and what of it runs.
struct Channels {
    pt_channels those;
    std::vector<at::Tensor> weights, biases, means, variances, counts;
};

struct Normalisation {
    std::vector<Channels> channels;
    double momentum, epsilon;

    Normalisation(const pt_channels *given, int32_t count, pt_list tensors, double momentum, double epsilon)
        : momentum(momentum), epsilon(epsilon) {
        for (int32_t index = 0; index < count; ++index) {
            auto &next = channels.emplace_back(Channels{given[index], {}, {}, {}, {}, {}});
            for (int32_t part = 0; part < next.those.parts; ++part) {
                if (next.those.weighs) {
                    next.weights.push_back((*tensors++)->value);
                    next.biases.push_back((*tensors++)->value);
                }
                if (next.those.runs) {
                    next.means.push_back((*tensors++)->value);
                    next.variances.push_back((*tensors++)->value);
                    next.counts.push_back((*tensors++)->value);
                }
            }
        }
    }

    /// Weights and biases of all channels: weight after weight, then bias after bias, of those that are normalised alike.
    std::vector<at::Tensor> learned() const {
        std::vector<at::Tensor> all;
        for (const auto &channels : channels) {
            all.insert(all.end(), channels.weights.begin(), channels.weights.end());
            all.insert(all.end(), channels.biases.begin(), channels.biases.end());
        }
        return all;
    }
};

/// Where a channel of the first pixel lies; nothing where there are no maps.
void *place(const at::Tensor &maps, int64_t channel) {
    return maps.defined() ? static_cast<char *>(maps.data_ptr()) + channel * maps.element_size() : nullptr;
}

/// Normalisation by our kernels, and its gradient.
struct ByKernels : torch::autograd::Function<ByKernels> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &given, const OptionalTensor &addend,
                              at::TensorList learned, bool rectifies, const Normalisation *by) {
        const auto input = by_channel(given), other = addend ? by_channel(*addend) : at::Tensor();
        const auto output = at::empty_like(input);
        const int after = !rectifies ? After::nothing : addend ? After::added : After::rectified;
        // Without maps that were added the output says nothing that the input does not.
        variable_list saved{input, addend ? output : at::Tensor()};
        std::vector<int64_t> layout;
        const auto *rest = learned.data();
        for (const auto &channels : by->channels) {
            const auto &those = channels.those;
            saved.push_back(normalise(channels, input, other, output, parts_of(those, input, rest), after, *by));
            layout.insert(layout.end(), {those.first, those.count, those.group_size, those.parts, those.weighs});
        }
        saved.insert(saved.end(), learned.begin(), learned.end());
        context->save_for_backward(std::move(saved));
        context->saved_data["layout"] = std::move(layout);
        context->saved_data["after"] = static_cast<int64_t>(after);
        return output;
    }

    static variable_list backward(AutogradContext *context, variable_list given) {
        const auto saved = context->get_saved_variables();
        const auto layout = context->saved_data["layout"].toIntVector();
        const int after = static_cast<int>(context->saved_data["after"].toInt());
        constexpr size_t numbers = 5;
        const auto *moments = &saved[2], *rest = moments + layout.size() / numbers;
        const auto beside = after == After::added ? at::empty_like(saved[0]) : at::Tensor();
        const Gradients gradients{by_channel(given[0]), saved[0], saved[1], at::empty_like(saved[0]), beside, after};
        variable_list found{gradients.result, beside};
        for (size_t at = 0; at < layout.size(); at += numbers) {
            const pt_channels those{layout[at], layout[at + 1], layout[at + 2], static_cast<int32_t>(layout[at + 3]),
                                    layout[at + 4] != 0, false};
            Parts parts = parts_of(those, saved[0], rest);
            for (auto *kind : {parts.weight_gradient, parts.bias_gradient}) {
                for (int32_t part = 0; those.weighs && part < those.parts; ++part) {
                    found.push_back(at::empty({those.count}, moments->options()));
                    kind[part] = found.back().mutable_data_ptr<float>();
                }
            }
            gradients.find(those, *moments++, parts);
        }
        found.insert(found.end(), {at::Tensor(), at::Tensor()});
        return found;
    }

private:
    /// - Parameter learned: Where the weights of these channels begin, then those of the next.
    static Parts parts_of(const pt_channels &those, const at::Tensor &input, const at::Tensor *&learned) {
        Parts parts{};
        parts.groups = static_cast<int>(input.size(0) / those.group_size / those.parts);
        if (!those.weighs) return parts;
        for (int32_t part = 0; part < those.parts; ++part) {
            parts.weight[part] = learned[part].const_data_ptr<float>();
            parts.bias[part] = learned[those.parts + part].const_data_ptr<float>();
        }
        learned += 2 * those.parts;
        return parts;
    }

    /// - Returns: The groups' moments.
    static at::Tensor normalise(const Channels &channels, const at::Tensor &input, const at::Tensor &addend,
                                const at::Tensor &output, Parts parts, int after, const Normalisation &by) {
        const auto &those = channels.those;
        for (int32_t part = 0; those.runs && part < those.parts; ++part) {
            parts.mean[part] = channels.means[part].mutable_data_ptr<float>();
            parts.variance[part] = channels.variances[part].mutable_data_ptr<float>();
            parts.count[part] = reinterpret_cast<long long *>(channels.counts[part].mutable_data_ptr<int64_t>());
        }
        const KernelGrid grid(input, those.group_size, those.count);
        const auto &kernels = *Kernels::for_elements(input);
        const auto sums = grid.of_groups(input, grid.sizes.chunks), moments = grid.of_groups(input, 1);
        void *first = place(input, those.first);
        kernels.launch(Kernels::sums, grid.blocks, grid.block, first, sums.data_ptr(), grid.sizes);
        kernels.launch(Kernels::moments, grid.settling_blocks(grid.groups), KernelGrid::settling, first, sums.data_ptr(),
                       moments.data_ptr(), parts, grid.sizes, static_cast<float>(by.momentum), static_cast<float>(by.epsilon));
        kernels.launch(Kernels::normalise, grid.blocks, grid.block, first, place(addend, those.first), moments.data_ptr(),
                       place(output, those.first), parts, grid.sizes, after);
        return moments;
    }

    /// Of all channels: what is given and what is to be found. The gradient of what was added is `beside`.
    struct Gradients {
        at::Tensor given, input, output, result, beside;
        int after;

        void find(const pt_channels &those, const at::Tensor &moments, const Parts &parts) const {
            const KernelGrid grid(input, those.group_size, those.count);
            const auto &kernels = *Kernels::for_elements(input);
            const auto sums = grid.of_groups(input, grid.sizes.chunks), means = grid.of_groups(input, 1);
            void *gradient = place(given, those.first), *normal = place(input, those.first);
            void *told = place(output, those.first);
            kernels.launch(Kernels::gradient_sums, grid.blocks, grid.block, gradient, normal, told, moments.data_ptr(),
                           sums.data_ptr(), parts, grid.sizes, after);
            kernels.launch(Kernels::gradient_means, grid.settling_blocks(grid.groups), KernelGrid::settling, sums.data_ptr(),
                           means.data_ptr(), parts, grid.sizes);
            if (those.weighs && parts.groups > 1) {
                kernels.launch(Kernels::learned_gradients, grid.settling_blocks(those.parts), KernelGrid::settling,
                               means.data_ptr(), parts, grid.sizes);
            }
            kernels.launch(Kernels::gradients, grid.blocks, grid.block, gradient, normal, told, moments.data_ptr(),
                           means.data_ptr(), place(result, those.first), place(beside, those.first), parts, grid.sizes, after);
        }
    };
};

/// Whether the kernels take such maps.
bool take(const at::Tensor &maps, const OptionalTensor &addend, bool rectifies, const Normalisation &by) {
    return Kernels::for_elements(maps) != nullptr &&
           (!addend || (rectifies && addend->scalar_type() == maps.scalar_type())) &&
           std::all_of(by.channels.begin(), by.channels.end(), [](const Channels &channels) {
               const auto &those = channels.those;
               return those.parts <= most_parts && those.first % 8 == 0 && those.count % 8 == 0;
           });
}

at::Tensor by_kernels(const at::Tensor &input, const OptionalTensor &addend, bool rectifies, const Normalisation &by) {
    const auto learned = by.learned();
    return ByKernels::apply(input, addend, at::TensorList(learned), rectifies, &by);
}

at::Tensor by_batch(const at::Tensor &input, const Channels &channels, const Normalisation &by) {
    const auto &those = channels.those;
    {
        const at::NoGradGuard scope;
        for (auto count : channels.counts) count.add_(1);
    }
    // Split, whose gradient is one concatenation; that of a slice is a tensor as large as the whole, once a slice.
    const bool is_one = input.size(0) == those.group_size;
    auto groups = is_one ? std::vector<at::Tensor>{input} : input.split(those.group_size);
    const size_t per_part = groups.size() / those.parts;
    for (size_t index = 0; index < groups.size(); ++index) {
        const size_t part = index / per_part;
        const bool first = index % per_part == 0;
        // On a card cuDNN normalises where it can, as in PyTorch; on the processor the last word says nothing.
        groups[index] = at::batch_norm(groups[index], channels.weights[part], channels.biases[part],
                                       first ? channels.means[part] : at::Tensor(),
                                       first ? channels.variances[part] : at::Tensor(), true, by.momentum, by.epsilon, true);
    }
    return is_one ? groups[0] : at::cat(groups);
}

at::Tensor by_instance(const at::Tensor &input, const Channels &channels, const Normalisation &by) {
    const bool weighs = channels.those.weighs;
    // Not group_norm, whose channels-last kernel subtracts squares of means from means of squares: its roundings
    // are a hundred times larger where means are not zero. This one copies the maps, and is still faster.
    return at::instance_norm(input, weighs ? channels.weights[0] : OptionalTensor(),
                             weighs ? channels.biases[0] : OptionalTensor(), {}, {}, true, 0.0, by.epsilon, true)
        .contiguous(input.suggest_memory_format());
}

at::Tensor by_libtorch(const at::Tensor &input, const OptionalTensor &addend, bool rectifies, const Normalisation &by) {
    const bool is_one = by.channels.size() == 1;
    std::vector<at::Tensor> found;
    for (const auto &channels : by.channels) {
        const auto &those = channels.those;
        const auto maps = is_one ? input
                                 : input.slice(1, those.first, those.first + those.count)
                                       .contiguous(at::MemoryFormat::ChannelsLast);
        found.push_back((those.runs ? by_batch : by_instance)(maps, channels, by));
    }
    auto output = is_one ? found[0] : at::cat(found, 1);
    if (addend) output = output + *addend;
    return rectifies ? at::relu(output) : output;
}

}  // namespace

extern "C" {

int32_t pt_batch_norm(const pt_tensor *input, const pt_tensor *weight, const pt_tensor *bias, const pt_tensor *mean,
                      const pt_tensor *variance, double epsilon, pt_result result) {
    return passerby::returning(result, [&] {
        return at::batch_norm(input->value, weight->value, bias->value, mean->value, variance->value, false, 0.0, epsilon,
                              true);
    });
}

int32_t pt_normalise(const pt_tensor *input, const pt_tensor *addend, bool rectifies, const pt_channels *channels,
                     int32_t count, pt_list tensors, double momentum, double epsilon, pt_result result) {
    return passerby::returning(result, [&] {
        const Normalisation by(channels, count, tensors, momentum, epsilon);
        const auto other = passerby::optional(addend);
        return (take(input->value, other, rectifies, by) ? by_kernels : by_libtorch)(input->value, other, rectifies, by);
    });
}

}
