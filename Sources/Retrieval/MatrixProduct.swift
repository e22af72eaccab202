// SPDX-License-Identifier: MIT

internal import COpenBLAS
internal import Synchronization

// Shapes: M left rows · N right rows · D dimensions.

/// Products of row tables by OpenBLAS, one thread a call; the callers are the threads.
enum MatrixProduct {
    /// The library's thread count is a setting of the whole process. This mirrors it, so that the last of
    /// several searches at a time puts it back for whoever else multiplies matrices here.
    private static let setting = Mutex<(callers: Int, threads: Int32)>((0, 1))

    /// Runs a computation during which every product stays on its caller's thread.
    ///
    /// With a fixed division into blocks, the bits of a product then do not depend on the number of threads.
    static func onCallersThreads<Value>(_ body: () -> Value) -> Value {
        setting.withLock { setting in
            if setting.callers == 0 {
                setting.threads = openblas_get_num_threads()
                openblas_set_num_threads(1)
            }
            setting.callers += 1
        }
        defer {
            setting.withLock { setting in
                setting.callers -= 1
                if setting.callers == 0 { openblas_set_num_threads(setting.threads) }
            }
        }
        return body()
    }

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
        cblas_sdot(Int32(dimension), left, 1, right, 1)
    }
}
