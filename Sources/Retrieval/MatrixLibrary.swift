// SPDX-License-Identifier: MIT

internal import COpenBLAS
public import Machine

/// Which kernels the matrix library runs, which it could run, and how fast it is.
///
/// OpenBLAS picks its kernels once, as it is loaded, by the names of processors that it knows. A version older than the
/// processor may fall back to kernels of a quarter of the speed. ``variable``, set *before* the program starts, chooses
/// others.
public struct MatrixLibrary: Sendable, Equatable {
    /// The environment variable that chooses kernels.
    public static let variable = "OPENBLAS_CORETYPE"

    /// The kernels in force, by OpenBLAS's name for the processor they are made for, such as `Haswell`.
    public let coreType: String

    /// What holds in this process.
    public static var current: MatrixLibrary {
        MatrixLibrary(coreType: openblas_get_corename().map { String(cString: $0) } ?? "unknown")
    }

    /// Kernels that a processor of this kind can run and that may be its fastest, the likeliest first.
    public static func candidates(for instructions: InstructionSet) -> [String] {
        #if arch(x86_64)
        switch instructions.width {
        case .avx512: ["SkylakeX", "Haswell"]
        case .avx2: ["Haswell", "Zen"]
        case .narrow: ["Nehalem"]
        }
        #else
        ["NEOVERSEN1", "ARMV8"]
        #endif
    }

    /// How fast single-precision products were.
    public struct Rate: Sendable, Equatable {
        /// Multiplications and additions a second, in the best repetition.
        public let best: Double
        /// Multiplications and additions in all repetitions together.
        public let operations: Double
        /// Whether the products, whose values are whole numbers below 2²⁴, were exact.
        public let isRight: Bool
    }

    /// Measures products of the size that the search uses, on all cores.
    ///
    /// - Parameter repetitions: At least 1, the best of which counts; one takes some 50 ms.
    public func measuredRate(repetitions: Int = 5) -> Rate {
        precondition(repetitions >= 1, "\(repetitions) repetitions")
        let (edge, dimension, workers) = (Workers.usualBlockLength, 2048, Workers.all)
        let products = 4 * workers.count
        let factors = Self.wholeNumbers(edge, dimension)
        var last: [Float] = []
        let fastest = (0..<repetitions).map { _ in
            ContinuousClock().measure {
                let made = workers.map(products, scratch: { [Float](repeating: 0, count: edge * edge) }) {
                    task, out -> [Float] in
                    MatrixProduct.square(factors, edge: edge, dimension: dimension, into: &out)
                    return task == products - 1 ? out : []
                }
                last = made.last ?? []
            }
        }.min()
        let operations = Double(products * 2 * edge * edge * dimension)
        let seconds = fastest.map { $0 / .seconds(1) } ?? .infinity
        return Rate(
            best: operations / seconds, operations: operations * Double(repetitions),
            isRight: Self.isSquare(last, of: factors, edge: edge, dimension: dimension))
    }

    /// Rows of whole numbers from −7 to 7: sums of 2048 of their products are exact in whatever order.
    private static func wholeNumbers(_ edge: Int, _ dimension: Int) -> [Float] {
        (0..<edge * dimension).map { place in Float((place / dimension * 31 + place % dimension * 17) % 15 - 7) }
    }

    /// Holds every 37th row, the last too, against inner products summed one by one.
    private static func isSquare(_ out: [Float], of rows: [Float], edge: Int, dimension: Int) -> Bool {
        guard out.count == edge * edge else { return false }
        return (Array(stride(from: 0, to: edge, by: 37)) + [edge - 1]).allSatisfy { left in
            (0..<edge).allSatisfy { right in
                let product = (0..<dimension).reduce(Float(0)) { sum, column in
                    sum + rows[left * dimension + column] * rows[right * dimension + column]
                }
                return product == out[left * edge + right]
            }
        }
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
