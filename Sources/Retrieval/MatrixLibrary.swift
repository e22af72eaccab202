// SPDX-License-Identifier: MIT

internal import COpenBLAS

/// Which kernels the matrix library runs, whether better ones are at hand, and how fast it is.
///
/// OpenBLAS picks its kernels once, when the program is loaded, and some versions know no AMD processor with
/// AVX-512: they fall back to kernels of half the speed. The environment variable `OPENBLAS_CORETYPE`, set
/// *before* the program starts, chooses others; the launcher exports what ``recommendedCoreType`` says.
public struct MatrixLibrary: Sendable, Equatable {
    /// The environment variable that chooses kernels, read by the library as it is loaded.
    public static let variable = "OPENBLAS_CORETYPE"

    /// The kernels in force, by OpenBLAS's name for the processor they are made for, such as `Haswell`.
    public let coreType: String
    /// What the variable should say; `nil` where the library chose well.
    public let recommendedCoreType: String?
    /// Threads that a single product would use when nothing else says so.
    public let threadCount: Int

    /// What holds in this process.
    public static var current: MatrixLibrary {
        MatrixLibrary(
            coreType: openblas_get_corename().map { String(cString: $0) } ?? "unknown",
            isAMD: copenblas_processor_is_amd() != 0,
            hasAVX512: copenblas_processor_has_avx512() != 0,
            threadCount: Int(openblas_get_num_threads())
        )
    }

    init(coreType: String, isAMD: Bool, hasAVX512: Bool, threadCount: Int) {
        self.coreType = coreType
        self.threadCount = threadCount
        let usesAVX512 = ["skylakex", "cooperlake", "sapphirerapids"].contains(coreType.lowercased())
        recommendedCoreType = isAMD && hasAVX512 && !usesAVX512 ? "SkylakeX" : nil
    }

    /// How fast single-precision products were.
    public struct Rate: Sendable, Equatable {
        /// Multiplications and additions a second, in the best repetition.
        public let best: Double
        /// Multiplications and additions in all repetitions together.
        public let operations: Double
    }

    /// Measures products of the size that the search uses, on all cores.
    ///
    /// - Parameter repetitions: At least 1, the best of which counts; one takes some 50 ms.
    public func measuredRate(repetitions: Int = 5) -> Rate {
        precondition(repetitions >= 1, "\(repetitions) repetitions")
        let (edge, dimension, workers) = (768, 2048, Workers.all)
        let products = 4 * workers.count
        let factors = [Float](repeating: 0.5, count: edge * dimension)
        let fastest = MatrixProduct.onCallersThreads {
            (0..<repetitions).map { _ in
                ContinuousClock().measure {
                    _ = workers.map(products, scratch: { [Float](repeating: 0, count: edge * edge) }) {
                        _, out in
                        MatrixProduct.square(factors, edge: edge, dimension: dimension, into: &out)
                    }
                }
            }.min()
        }
        let operations = Double(products * 2 * edge * edge * dimension)
        let seconds = fastest.map { $0 / .seconds(1) } ?? .infinity
        return Rate(best: operations / seconds, operations: operations * Double(repetitions))
    }
}

extension MatrixProduct {
    /// `rows · rowsᵀ`, `[edge, edge]`.
    fileprivate static func square(
        _ rows: [Float], edge: Int, dimension: Int, into out: inout [Float]
    ) {
        rows.withUnsafeBufferPointer { rows in
            out.withUnsafeMutableBufferPointer { out in
                guard let start = rows.baseAddress, let out = out.baseAddress else { return }
                let rows = Rows(start: start, count: edge, dimension: dimension)
                multiply(rows, rows, scale: 1, keep: 0, out: out, stride: edge)
            }
        }
    }
}
