// SPDX-License-Identifier: MIT
//
// Compiles kernels for the card at hand.
//
// NVRTC and the driver come with libtorch's CUDA build, as what its library `caffe2_nvrtc` needs: their functions are looked
// up by name there, so that this file needs no header of CUDA's and the program starts without a card.

#include "Kernels.h"

#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

#define PASSERBY_KERNELS(...) const char *const kernels_text = #__VA_ARGS__;

namespace {

#include "NormKernels.h"

constexpr const char *names[] = {"passerby_sums",           "passerby_moments",   "passerby_normalise", "passerby_gradient_sums",
                                 "passerby_gradient_means", "passerby_gradients", "passerby_shift"};

std::string beside(const std::string &path, const std::string &name) { return path.substr(0, path.rfind('/') + 1) + name; }

void *opened(const std::string &path) {
    void *library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    TORCH_CHECK(library != nullptr, dlerror());
    return library;
}

template <typename Function>
Function *found_in(void *library, const char *name) {
    void *place = dlsym(library, name);
    TORCH_CHECK(place != nullptr, "this libtorch has no ", name);
    return reinterpret_cast<Function *>(place);
}

/// CUDA's functions that are used. Each comes to 0 where it has succeeded.
struct Functions {
    void *library = opened(beside(pt_library_path(), "libcaffe2_nvrtc.so"));

    template <typename... Arguments>
    using Call = int(Arguments...);

    Call<void **, const char *, const char *, int, const char *const *, const char *const *> *create =
        found_in<Call<void **, const char *, const char *, int, const char *const *, const char *const *>>(
            library, "nvrtcCreateProgram");
    Call<void *, int, const char *const *> *compile =
        found_in<Call<void *, int, const char *const *>>(library, "nvrtcCompileProgram");
    Call<void *, size_t *> *log_size = found_in<Call<void *, size_t *>>(library, "nvrtcGetProgramLogSize");
    Call<void *, char *> *log = found_in<Call<void *, char *>>(library, "nvrtcGetProgramLog");
    Call<void *, size_t *> *code_size = found_in<Call<void *, size_t *>>(library, "nvrtcGetCUBINSize");
    Call<void *, char *> *code = found_in<Call<void *, char *>>(library, "nvrtcGetCUBIN");
    Call<int *> *device = found_in<Call<int *>>(library, "cuCtxGetDevice");
    Call<int *, int, int> *attribute = found_in<Call<int *, int, int>>(library, "cuDeviceGetAttribute");
    Call<void **, const void *> *load = found_in<Call<void **, const void *>>(library, "cuModuleLoadData");
    Call<void **, void *, const char *> *function =
        found_in<Call<void **, void *, const char *>>(library, "cuModuleGetFunction");
    Call<void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **, void **> *launch =
        found_in<Call<void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void *, void **, void **>>(
            library, "cuLaunchKernel");
    /// A member of `c10::cuda::CUDAStream`, which is a `c10::Stream`.
    void *(*stream)(const c10::Stream *) =
        found_in<void *(const c10::Stream *)>(RTLD_DEFAULT, "_ZNK3c104cuda10CUDAStream6streamEv");

    Functions() { load_builtins(); }

private:
    /// What NVRTC loads by its name alone, from beside itself: no search path need lead there.
    void load_builtins() const {
        int major = 0, minor = 0;
        Dl_info info{};
        if (found_in<Call<int *, int *>>(library, "nvrtcVersion")(&major, &minor) != 0) return;
        if (dladdr(reinterpret_cast<void *>(create), &info) == 0) return;
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
    check(functions().create(&program, text.c_str(), "NormKernels.h", 0, nullptr, nullptr), "nvrtcCreateProgram");
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
        const auto stream = c10::impl::VirtualGuardImpl(device.type()).getStream(device);
        check(functions().launch(kernels[name], grid.x, grid.y, grid.z, block.x, block.y, block.z, 0,
                                 functions().stream(&stream), arguments, nullptr),
              names[name]);
    }

private:
    std::array<void *, count> kernels{};
};

/// A card's kernels, compiled when they are asked for first.
struct Found {
    std::unique_ptr<const CardKernels> kernels;
    std::string problem;

    explicit Found(at::ScalarType type) {
        try {
            const char *wanted = std::getenv("PASSERBY_CARD_KERNELS");
            TORCH_CHECK(wanted == nullptr || std::string(wanted) != "no", "PASSERBY_CARD_KERNELS is no");
            kernels = std::make_unique<const CardKernels>(type);
        } catch (const c10::Error &error) {
            problem = error.what_without_backtrace();
            TORCH_WARN("batches are normalised by libtorch's kernels, which are slower: ", problem);
        }
    }

    /// A process computes on one card.
    static const Found &of(at::ScalarType type) {
        static const Found half(at::kBFloat16), single(at::kFloat);
        return type == at::kFloat ? single : half;
    }
};

}  // namespace

namespace passerby {

const Kernels *Kernels::for_elements(const at::Tensor &elements) {
    const auto type = elements.scalar_type();
    if (type != at::kFloat && type != at::kBFloat16) return nullptr;
    return elements.is_cpu() ? emulated_kernels(type) : Found::of(type).kernels.get();
}

const std::string &kernels_problem(at::ScalarType type) { return Found::of(type).problem; }

}  // namespace passerby

extern "C" {

int32_t pt_find_kernels(void) {
    return passerby::guarded([] {
        passerby::load_cuda();
        for (const auto type : {at::kBFloat16, at::kFloat}) {
            TORCH_CHECK(passerby::kernels_problem(type).empty(), passerby::kernels_problem(type));
        }
    });
}

}
