// SPDX-License-Identifier: MIT
//
// Compiles kernels for the card at hand.
//
// NVRTC and the driver come with libtorch's CUDA build, as what its library `caffe2_nvrtc` needs: their functions are looked
// up by name there, so that this file needs no header of CUDA's and the program starts without a card.

#include <c10/core/impl/VirtualGuardImpl.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#include "Kernels.h"
#include "Libraries.h"

namespace {

using passerby::beside;
using passerby::Found;

#define PASSERBY_KERNELS(...) #__VA_ARGS__
constexpr const char *kernels_text =
#include "KernelArguments.h"
#include "KernelElements.h"
#include "KernelRows.h"
#include "NormKernels.h"
#include "NormGradientKernels.h"
#include "PadKernels.h"
#include "PoolKernels.h"
    ;
#undef PASSERBY_KERNELS

#define NAMED(kernel) "passerby_" #kernel,
constexpr const char *names[] = {PASSERBY_EACH_KERNEL(NAMED)};
#undef NAMED

void *opened(const std::string &path) {
    void *library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    TORCH_CHECK(library != nullptr, dlerror());
    return library;
}

/// CUDA's functions that are used. Each comes to 0 where it has succeeded.
struct Functions {
    void *library = opened(beside(pt_library_path(), "libcaffe2_nvrtc.so"));

    int (*create)(void **program, const char *text, const char *name, int, const char *const *, const char *const *) =
        found("nvrtcCreateProgram");
    int (*compile)(void *program, int count, const char *const *options) = found("nvrtcCompileProgram");
    int (*log_size)(void *program, size_t *) = found("nvrtcGetProgramLogSize");
    int (*log)(void *program, char *) = found("nvrtcGetProgramLog");
    int (*code_size)(void *program, size_t *) = found("nvrtcGetCUBINSize");
    int (*code)(void *program, char *) = found("nvrtcGetCUBIN");
    int (*device)(int *) = found("cuCtxGetDevice");
    int (*attribute)(int *, int attribute, int device) = found("cuDeviceGetAttribute");
    int (*load)(void **module, const void *code) = found("cuModuleLoadData");
    int (*function)(void **, void *module, const char *name) = found("cuModuleGetFunction");
    int (*launch)(void *function, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned shared_bytes,
                  void *stream, void **arguments, void **) = found("cuLaunchKernel");

    Functions() { load_builtins(); }

private:
    Found found(const char *name) const { return passerby::found_in(library, name, "compiler for cards that is"); }

    /// What NVRTC loads by its name alone, from beside itself: no search path need lead there.
    void load_builtins() const {
        int (*version)(int *, int *) = found("nvrtcVersion");
        int major = 0, minor = 0;
        Dl_info info{};
        if (version(&major, &minor) != 0 || dladdr(reinterpret_cast<void *>(create), &info) == 0) return;
        const auto name = "libnvrtc-builtins.so." + std::to_string(major) + "." + std::to_string(minor);
        dlopen(beside(info.dli_fname, name).c_str(), RTLD_NOW | RTLD_GLOBAL);
    }
};

const Functions &functions() {
    static const Functions all;
    return all;
}

void check(int status, const char *what) {
    TORCH_CHECK(status == 0, what, " failed with ", status);
}

/// The card's compute capability, as NVRTC names it.
std::string architecture() {
    constexpr int major = 75, minor = 76;
    int device = 0, numbers[2] = {0, 0};
    check(functions().device(&device), "cuCtxGetDevice");
    check(functions().attribute(&numbers[0], major, device), "cuDeviceGetAttribute");
    check(functions().attribute(&numbers[1], minor, device), "cuDeviceGetAttribute");
    return "sm_" + std::to_string(numbers[0]) + std::to_string(numbers[1]);
}

std::vector<char> compiled(const char *element, const std::string &architecture) {
    void *program = nullptr;
    const auto text = std::string("#define KERNEL extern \"C\" __global__\n#define ELEMENT ") + element + "\n" + kernels_text;
    check(functions().create(&program, text.c_str(), "kernels", 0, nullptr, nullptr), "nvrtcCreateProgram");
    const std::string target = "--gpu-architecture=" + architecture;
    const char *const options[] = {target.c_str(), "--std=c++17"};
    size_t size = 0;
    if (functions().compile(program, 2, options) != 0) {
        check(functions().log_size(program, &size), "nvrtcGetProgramLogSize");
        std::vector<char> log(size + 1);
        check(functions().log(program, log.data()), "nvrtcGetProgramLog");
        TORCH_CHECK(false, "NVRTC for ", architecture, ": ", log.data());
    }
    check(functions().code_size(program, &size), "nvrtcGetCUBINSize");
    std::vector<char> code(size);
    check(functions().code(program, code.data()), "nvrtcGetCUBIN");
    return code;
}

class CardKernels : public passerby::Kernels {
public:
    explicit CardKernels(at::ScalarType type) {
        const auto code = compiled(type == at::kFloat ? "float" : "unsigned short", architecture());
        void *module = nullptr;
        check(functions().load(&module, code.data()), "cuModuleLoadData");
        for (int name = 0; name < count; ++name) {
            check(functions().function(&kernels[name], module, names[name]), names[name]);
        }
    }

protected:
    void give(Name name, passerby::Edges grid, passerby::Edges block, void **arguments) const override {
        const auto device = passerby::device();
        const c10::impl::VirtualGuardImpl streams(device.type());
        void *stream = streams.getStreamNativeHandle(streams.getStream(device));
        check(functions().launch(kernels[name], grid.x, grid.y, grid.z, block.x, block.y, block.z, 0, stream, arguments,
                                 nullptr),
              names[name]);
    }

private:
    std::array<void *, count> kernels{};
};

/// A card's kernels, compiled when they are asked for first, or why there are none.
struct Compiled {
    std::unique_ptr<const CardKernels> kernels;
    std::string problem;

    explicit Compiled(at::ScalarType type) {
        try {
            const char *wanted = std::getenv("PASSERBY_CARD_KERNELS");
            TORCH_CHECK(wanted == nullptr || std::string(wanted) != "no", "PASSERBY_CARD_KERNELS is no");
            kernels = std::make_unique<const CardKernels>(type);
        } catch (const c10::Error &error) {
            problem = error.what_without_backtrace();
        }
    }

    /// A process computes on one card.
    static const Compiled &of(at::ScalarType type) {
        static const Compiled half(at::kBFloat16), single(at::kFloat);
        return type == at::kFloat ? single : half;
    }
};

}  // namespace

namespace passerby {

const Kernels *Kernels::for_elements(const at::Tensor &elements) {
    const auto type = elements.scalar_type();
    if (type != at::kFloat && type != at::kBFloat16) return nullptr;
    if (elements.is_cpu()) return emulated_kernels(type);
    const auto &found = Compiled::of(type);
    if (found.kernels == nullptr) {
        TORCH_WARN_ONCE("batches are normalised by libtorch's kernels, which are slower: ", found.problem);
    }
    return found.kernels.get();
}

}  // namespace passerby

extern "C" {

int32_t pt_find_kernels(void) {
    return passerby::guarded([] {
        passerby::load_cuda();
        for (const auto type : {at::kBFloat16, at::kFloat}) {
            TORCH_CHECK(Compiled::of(type).kernels != nullptr, Compiled::of(type).problem);
        }
    });
}

}
