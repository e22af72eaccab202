// SPDX-License-Identifier: MIT
//
// Elements as files hold them: their types, and views of a storage.

#include "Guard.h"

using passerby::returning;

namespace {

at::ScalarType scalar_type(pt_stored type) {
    switch (type) {
        case pt_stored_float64: return at::kDouble;
        case pt_stored_float32: return at::kFloat;
        case pt_stored_float16: return at::kHalf;
        case pt_stored_bfloat16: return at::kBFloat16;
        case pt_stored_int64: return at::kLong;
        case pt_stored_int32: return at::kInt;
        case pt_stored_int16: return at::kShort;
        case pt_stored_int8: return at::kChar;
        // A file's truth values may be any byte; a bool of C++ may not.
        case pt_stored_uint8:
        case pt_stored_bool: return at::kByte;
    }
    TORCH_CHECK(false, "unknown stored type ", static_cast<int>(type));
}

}  // namespace

extern "C" {

int32_t pt_uninitialised(pt_dtype dtype, const int64_t *shape, int32_t rank, pt_result result) {
    return returning(result, [&] { return at::empty(at::IntArrayRef(shape, rank), passerby::scalar_type(dtype)); });
}

void *_Nullable pt_bytes(pt_tensor *tensor) { return tensor->value.mutable_data_ptr(); }

int32_t pt_from_stored(const void *bytes, pt_stored type, pt_dtype dtype, const int64_t *shape, int32_t rank,
                       pt_result result) {
    return returning(result, [&] {
        // Only read: the converted copy is the caller's.
        auto stored = at::from_blob(const_cast<void *>(bytes), at::IntArrayRef(shape, rank), scalar_type(type));
        return type == pt_stored_bool ? stored.ne(0) : stored.to(passerby::scalar_type(dtype), false, true);
    });
}

int32_t pt_view(const pt_tensor *storage, const int64_t *shape, const int64_t *strides, int32_t rank, int64_t offset,
                pt_result result) {
    return returning(result, [&] {
        return storage->value.as_strided(at::IntArrayRef(shape, rank), at::IntArrayRef(strides, rank), offset);
    });
}

}
