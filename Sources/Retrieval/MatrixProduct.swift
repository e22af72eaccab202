// SPDX-License-Identifier: MIT

internal import COpenBLAS

// Shapes: M left rows · N right rows · D dimensions.

/// Products of row tables by OpenBLAS, each on its caller's thread; the callers are the threads.
///
/// With a fixed division into blocks, the bits of a product then do not depend on the number of threads.
enum MatrixProduct {
    /// The library's thread count is one setting of the whole process, and the bits of everybody's products depend on
    /// it, those of a training beside a search too. So it is set to 1 once, never back, and the tensor engine does the
    /// same before it computes anything.
    private static let onOneThread: Void = {
        // Over OpenMP the library also sets the calling thread's count for others, so it is left alone where it can be.
        if openblas_get_num_threads() != 1 { openblas_set_num_threads(1) }
    }()

    /// One factor of a product: rows that follow each other in memory.
    struct Rows {
        let start: UnsafePointer<Float>
        let count: Int
        let dimension: Int
    }

    /// `out ← scale · left · rightᵀ + keep · out`.
    ///
    /// - Parameters:
    ///   - left: `[M, D]`.
    ///   - right: `[N, D]`.
    ///   - out: `[M, N]` inside rows of `stride` values.
    static func multiply(
        _ left: Rows, _ right: Rows, scale: Float, keep: Float, out: UnsafeMutablePointer<Float>, stride: Int
    ) {
        onOneThread
        precondition(
            left.dimension == right.dimension, "\(left.dimension) meets \(right.dimension) dimensions")
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans,
            Int32(left.count), Int32(right.count), Int32(left.dimension),
            scale, left.start, Int32(left.dimension), right.start, Int32(right.dimension),
            keep, out, Int32(stride)
        )
    }

    /// The inner product of two vectors of `dimension` values.
    static func dot(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, dimension: Int) -> Float {
        onOneThread
        return cblas_sdot(Int32(dimension), left, 1, right, 1)
    }
}
