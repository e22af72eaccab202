// SPDX-License-Identifier: MIT
//
// A small C interface over libtorch: opaque tensors, one status per call, one error text per thread.
//
// Every function that can fail returns 0 on success, 2 where memory was not to be had and 1 otherwise; pt_last_error()
// then holds this thread's message until the thread's next failing call. A tensor returned through `result` belongs to
// the caller, who frees it with pt_free(). Arguments are borrowed. No C++ exception crosses this boundary.

#ifndef PASSERBY_CTORCH_H
#define PASSERBY_CTORCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

typedef struct pt_tensor pt_tensor;
typedef pt_tensor *_Nullable *_Nonnull pt_result;

typedef enum pt_dtype : int32_t {
    pt_float32 = 0, pt_int64 = 1, pt_uint8 = 2, pt_bool = 3, pt_bfloat16 = 4, pt_float64 = 5
} pt_dtype;

const char *pt_last_error(void);

// ---- The process ----------------------------------------------------------------------------------------------

/* Makes glibc keep freed memory instead of giving it back between steps; measured at 0.72 of the step's time. */
void pt_keep_freed_memory(void);
int32_t pt_set_thread_count(int32_t count);
int32_t pt_thread_count(void);
const char *pt_version(void);
/// The file of the library that answers libtorch's single-precision matrix products on the CPU: whichever of those
/// that export `sgemm_` was linked first. Empty where none does.
const char *pt_matrix_library(void);
/// The file of libtorch's CPU library.
const char *pt_library_path(void);

// ---- Devices ------------------------------------------------------------------------------------------------------

/* Where libtorch's CUDA library lies where it is there: beside its CPU library, which the program is linked with, so that
   one program serves machines with a card and without. */
const char *pt_cuda_library_path(void);
/* How many NVIDIA cards libtorch finds; fails where its CUDA library is not beside its CPU library, or cannot be loaded. */
int32_t pt_find_cards(int32_t *count);
/* Has all tensors from now on made on a card, or on the processor where it is negative; before the first of them.
   Deterministic: equal inputs give equal bits, at the cost of slower kernels. */
int32_t pt_compute_on(int32_t card, bool deterministic);
/* Whether a card may round factors of float32 products to 10 bits. */
int32_t pt_allow_tf32(bool allowed);
/* Whether this thread's convolutions and products take bfloat16 factors; returns what it was. */
bool pt_set_half_precision(bool enabled);
/* The card that a tensor is on; negative for the processor. */
int32_t pt_card_of(const pt_tensor *tensor);
/* The tensor on the process's device: itself where it is there. */
int32_t pt_move(const pt_tensor *input, pt_result result);
/* Waits for what the device has been given to do. */
int32_t pt_finish(void);
/* What the device has been given by this thread up to here. */
typedef struct pt_mark pt_mark;
int32_t pt_mark_make(pt_mark *_Nullable *_Nonnull result);
int32_t pt_mark_wait(const pt_mark *mark);
void pt_mark_free(pt_mark *mark);
/* The most bytes that libtorch has taken of the process's card; 0 on the processor. */
int32_t pt_peak_card_bytes(int64_t *bytes);
/* Gives back what libtorch keeps of it without use, and counts the most from here on. */
int32_t pt_forget_peak(void);
/* The number of cuDNN's version; fails where there is no CUDA library. */
int32_t pt_cudnn_version(int64_t *version);
/* The fastest of a few products of two square matrices, on a card, or on the processor where it is negative: seconds. */
int32_t pt_product_seconds(int32_t card, pt_dtype dtype, int64_t edge, double *seconds);

// ---- Graphs -------------------------------------------------------------------------------------------------------

/* Work that the device is given once and then repeats: a CUDA graph on a card, a list of calls on the processor. */
typedef struct pt_graph pt_graph;

/* Fails where libtorch's CUDA library is not there, or its graphs are none that are known here. */
int32_t pt_find_graphs(void);
/* Whether a graph was broken off in a way after which this process cannot go on. */
bool pt_graphs_are_spoilt(void);
/* Takes in all that this thread gives the device from now on; on a card without its being done yet. Until the end,
   elements are neither handed in nor looked at. */
int32_t pt_graph_begin(pt_graph *_Nullable *_Nonnull result);
/* Takes in nothing more; what was taken in has been done once. Where this fails, it has not. */
int32_t pt_graph_end(pt_graph *graph);
/* Does it again, on the same tensors: what is no tensor is as it was, and results lie where they lay. */
int32_t pt_graph_repeat(pt_graph *graph);
/* Where it has not ended, it ends without being done. */
void pt_graph_free(pt_graph *graph);

// ---- Tensors and their data -------------------------------------------------------------------------------------

/* As many tensors as a count beside it says. */
typedef pt_tensor *_Nonnull const *_Nonnull pt_list;

/* Row-major, on the processor, its elements not set yet: they lie from `bytes` on, where there are any. Where the
   process computes on a card, in memory that it can read by itself. */
int32_t pt_unset(pt_dtype dtype, const int64_t *shape, int32_t rank, void *_Nullable *_Nonnull bytes, pt_result result);
/* Bytes of plain memory, by all threads that compute. */
int32_t pt_copy_memory(void *target, const void *source, int64_t byte_count);
int32_t pt_full(double value, pt_dtype dtype, const int64_t *shape, int32_t rank, pt_result result);
/* A tensor of zeros with the other's shape, type and memory layout. */
int32_t pt_zeros_like(const pt_tensor *other, pt_result result);
void pt_free(pt_tensor *tensor);

int32_t pt_rank(const pt_tensor *tensor);
void pt_shape(const pt_tensor *tensor, int64_t *shape);
pt_dtype pt_dtype_of(const pt_tensor *tensor);
/* Copies the elements in row-major order of the shape, whatever the memory layout. */
int32_t pt_copy_to_bytes(const pt_tensor *tensor, void *bytes, int64_t byte_count);
int32_t pt_all_finite(const pt_tensor *tensor, bool *finite);

int32_t pt_copy_into(pt_tensor *destination, const pt_tensor *source);

// ---- Autograd ----------------------------------------------------------------------------------------------------

/* Switches gradient recording of this thread; returns what it was. */
bool pt_set_gradient_recording(bool recording);
int32_t pt_set_requires_gradient(pt_tensor *tensor, bool required);
bool pt_requires_gradient(const pt_tensor *tensor);
/* `again`: what was recorded is kept for another time. */
int32_t pt_backward(const pt_tensor *loss, bool again);
/* `result` is null where there is no gradient. */
int32_t pt_gradient(const pt_tensor *tensor, pt_result result);
void pt_drop_gradient(pt_tensor *tensor);

// ---- Elementwise ---------------------------------------------------------------------------------------------------

typedef enum pt_unary_op : int32_t {
    pt_negate, pt_exp, pt_log, pt_sqrt, pt_square, pt_relu, pt_sigmoid, pt_softplus, pt_abs,
    pt_detach, pt_sum, pt_mean, pt_transpose, pt_channels_last, pt_contiguous, pt_copy, pt_global_average
} pt_unary_op;
int32_t pt_unary(pt_unary_op op, const pt_tensor *input, pt_result result);

typedef enum pt_binary_op : int32_t {
    pt_add, pt_subtract, pt_multiply, pt_divide, pt_power, pt_matmul, pt_equal
} pt_binary_op;
int32_t pt_binary(pt_binary_op op, const pt_tensor *left, const pt_tensor *right, pt_result result);

typedef enum pt_scalar_op : int32_t {
    pt_add_scalar, pt_multiply_scalar, pt_power_scalar, pt_at_least, pt_leaky_relu, pt_greater_scalar
} pt_scalar_op;
int32_t pt_scalar(pt_scalar_op op, const pt_tensor *input, double scalar, pt_result result);

int32_t pt_where(const pt_tensor *mask, const pt_tensor *yes, const pt_tensor *no, pt_result result);
int32_t pt_to_dtype(const pt_tensor *input, pt_dtype dtype, pt_result result);

// ---- Along a dimension -----------------------------------------------------------------------------------------------

typedef enum pt_along_op : int32_t { pt_sum_along, pt_mean_along, pt_softmax, pt_log_softmax } pt_along_op;
/* The sums keep the dimension with length 1. */
int32_t pt_along(pt_along_op op, const pt_tensor *input, int64_t dimension, pt_result result);
/* Largest (or smallest) values with the dimension kept, and their indices. */
int32_t pt_extreme(const pt_tensor *input, int64_t dimension, bool largest, pt_result values, pt_result indices);
/* The `count` smallest values of each row of float32 [R, N], smallest first and equal ones by column, and their columns. */
int32_t pt_smallest(const pt_tensor *rows, int64_t count, pt_result values, pt_result columns);

// ---- Shape and selection ----------------------------------------------------------------------------------------------

int32_t pt_reshape(const pt_tensor *input, const int64_t *shape, int32_t rank, pt_result result);
int32_t pt_permute(const pt_tensor *input, const int64_t *order, int32_t rank, pt_result result);
/* A view of `length` entries from `start`. */
int32_t pt_narrow(const pt_tensor *input, int64_t dimension, int64_t start, int64_t length, pt_result result);
int32_t pt_concatenate(const pt_tensor *_Nonnull const *_Nonnull parts, int32_t count, int64_t dimension,
                       pt_result result);
int32_t pt_index_select(const pt_tensor *input, int64_t dimension, const pt_tensor *indices, pt_result result);
/* Overwrites the entries of a dimension that int64 indices name, each once. */
int32_t pt_index_copy(pt_tensor *destination, int64_t dimension, const pt_tensor *indices, const pt_tensor *source);
int32_t pt_gather(const pt_tensor *input, int64_t dimension, const pt_tensor *indices, pt_result result);
/* Sums over the entries of a dimension that have the same group, int64 in 0 ..< count; the dimension gets length count. */
int32_t pt_sum_groups(const pt_tensor *input, int64_t dimension, const pt_tensor *groups, int64_t count,
                      pt_result result);
/* float32 [N, classes] from int64 [N]. */
int32_t pt_one_hot(const pt_tensor *labels, int64_t classes, pt_result result);
int32_t pt_reflection_pad(const pt_tensor *input, int64_t padding, pt_result result);

// ---- Layers -----------------------------------------------------------------------------------------------------------

int32_t pt_conv2d(const pt_tensor *input, const pt_tensor *weight, const pt_tensor *_Nullable bias, int64_t stride,
                  int64_t padding, int64_t groups, pt_result result);
/* Convolution, then ReLU where asked, in one pass over memory where oneDNN has one, or cuDNN. Where there is a sum, it is
   increased by the convolution in place, and the result shares its elements. Records no gradient. */
int32_t pt_conv2d_fused(const pt_tensor *input, const pt_tensor *weight, const pt_tensor *_Nullable bias,
                        pt_tensor *_Nullable sum, bool relu, int64_t stride, int64_t padding, int64_t groups,
                        pt_result result);
int32_t pt_conv_transpose2d(const pt_tensor *input, const pt_tensor *weight, const pt_tensor *_Nullable bias,
                            int64_t stride, int64_t padding, int64_t output_padding, pt_result result);
/* By statistics that are given, for inference. */
int32_t pt_batch_norm(const pt_tensor *input, const pt_tensor *weight, const pt_tensor *bias, const pt_tensor *mean,
                      const pt_tensor *variance, double epsilon, pt_result result);
/* Neighbouring channels that are normalised alike in training. The batch has so many equal consecutive parts, and each part
   groups of consecutive images, which are normalised by statistics of their own. A part has a weight and a bias where the
   channels weigh; where they run, it has running statistics, which its first group updates, and a count of batches. Channels
   that do not run are those of single images. */
typedef struct {
    int64_t first, count;
    int64_t group_size;
    int32_t parts;
    bool weighs, runs;
} pt_channels;
/* All channels in their order. `tensors` has, for each part of each: weight, bias, mean, variance, count, or those of them that
   there are. To the result other maps may be added, and it may be rectified. */
int32_t pt_normalise(const pt_tensor *input, const pt_tensor *_Nullable addend, bool rectifies, const pt_channels *channels,
                     int32_t count, pt_list tensors, double momentum, double epsilon, pt_result result);
/* Fails where the card's kernels for that cannot be had. Something has been computed on the card before. */
int32_t pt_find_kernels(void);
/* Whether this thread takes them on the processor too, slowly, to try what a card would be given. */
void pt_emulate_kernels(bool asked);
/* float32 [N, C]: of each map of `input`, [N, C, H, W], (mean of max(x, 1e-6)^power)^(1/power); `power` has one element. */
int32_t pt_generalised_mean(const pt_tensor *input, const pt_tensor *power, pt_result result);
int32_t pt_max_pool2d(const pt_tensor *input, int64_t kernel, int64_t stride, int64_t padding, pt_result result);
/* `ceil_mode` keeps a last window that is only partly filled; `count_padding` divides by the kernel's whole area. */
int32_t pt_avg_pool2d(const pt_tensor *input, int64_t kernel, int64_t stride, int64_t padding, bool ceil_mode,
                      bool count_padding, pt_result result);

// ---- Many tensors at once ------------------------------------------------------------------------------------------------

/* One step of Adam with L2 decay added to the gradient; tensors without a gradient are left alone. */
int32_t pt_adam_step(pt_list parameters, pt_list means, pt_list variances, pt_list steps, int32_t count, double rate,
                     double beta1, double beta2, double epsilon, double decay);
/* averages += weight · (values − averages). */
int32_t pt_lerp_into(pt_list averages, pt_list values, int32_t count, double weight);

// ---- Elements as files hold them ----------------------------------------------------------------------------------

typedef enum pt_stored : int32_t {
    pt_stored_float64, pt_stored_float32, pt_stored_float16, pt_stored_bfloat16,
    pt_stored_int64, pt_stored_int32, pt_stored_int16, pt_stored_int8, pt_stored_uint8, pt_stored_bool
} pt_stored;

int32_t pt_uninitialised(pt_dtype dtype, const int64_t *shape, int32_t rank, pt_result result);
/* The elements of a contiguous tensor, to be overwritten; null where there are none. Valid as long as the tensor. */
void *_Nullable pt_bytes(pt_tensor *tensor);
/* A converted copy of elements in row-major order. */
int32_t pt_from_stored(const void *bytes, pt_stored type, pt_dtype dtype, const int64_t *shape, int32_t rank,
                       pt_result result);
/* Shares the elements of `storage`; the caller has checked that shape, strides and offset stay within it. */
int32_t pt_view(const pt_tensor *storage, const int64_t *shape, const int64_t *strides, int32_t rank, int64_t offset,
                pt_result result);
/* The checksum of zip files: polynomial 0x04C11DB7, reflected. */
uint32_t pt_crc32(const void *bytes, int64_t count);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
