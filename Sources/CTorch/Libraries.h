// SPDX-License-Identifier: MIT
//
// What is looked up by name in libraries that are there only where there is a card.

#ifndef PASSERBY_CTORCH_LIBRARIES_H
#define PASSERBY_CTORCH_LIBRARIES_H

#include <dlfcn.h>

#include "Guard.h"

namespace passerby {

/// The path of a file in the folder of another.
inline std::string beside(const std::string &path, const std::string &name) {
    return path.substr(0, path.rfind('/') + 1) + name;
}

/// Where a function lies; becomes a pointer of the type that is asked for.
struct Found {
    void *place;

    template <typename Function>
    operator Function *() const {
        return reinterpret_cast<Function *>(place);
    }
};

/// - Parameter what: What the function is for, where it is missing.
inline Found found_in(void *library, const char *name, const char *what) {
    void *place = dlsym(library, name);
    TORCH_CHECK(place != nullptr, "this libtorch has no ", what, " known here (", name, " is missing)");
    return {place};
}

}  // namespace passerby

#endif
