// SPDX-License-Identifier: MIT

internal import CTorch

/// libtorch as a part of this process.
public enum Engine {
    /// Sets the process up for training: freed memory is kept, and so many threads compute.
    ///
    /// The count holds for the calling thread from here on, whatever others ask for, and for every thread that computes
    /// for the first time after this. Products of OpenBLAS always stay on their caller's thread.
    ///
    /// Call once, before the first tensor is made.
    public static func prepare(threads: Int) throws {
        pt_keep_freed_memory()
        try check("prepare", [], pt_set_thread_count(Int32(threads)))
    }

    public static var threadCount: Int { Int(pt_thread_count()) }
    public static var version: String { String(cString: pt_version()) }
    /// The file of the library that answers libtorch's fp32 matrix products, by link order; empty where none is found.
    public static var matrixLibrary: String { String(cString: pt_matrix_library()) }

    /// The file of libtorch itself.
    public static var libraryPath: String { String(cString: pt_library_path()) }

    /// How fast libtorch multiplies matrices in fp32: on one thread where OpenBLAS answers it.
    ///
    /// - Returns: Multiplications and additions a second, the best of five products of 2048 rows; some 0.3 s.
    public static func measuredMatrixRate() throws -> Double {
        let edge = 2048
        let factor = try Tensor.full(0.5, shape: [edge, edge], type: .float32)
        let best = try (0..<5).map { _ in
            try ContinuousClock().measure { _ = try factor.matmul(factor) }
        }.min()
        return Double(2 * edge * edge * edge) / (best.map { $0 / .seconds(1) } ?? .infinity)
    }
}
