// SPDX-License-Identifier: MIT

/// A way of multiplying matrices that this machine has, and how fast it was.
public struct KernelMeasurement: Sendable, Equatable, Codable {
    /// Which library answers libtorch's products.
    public enum Library: String, Sendable, Codable {
        case openblas
        /// The one inside libtorch: MKL on x86-64.
        case libtorch
    }

    /// The kernels that OpenBLAS was asked for; nil where it chose by itself.
    public let asked: String?
    public let library: Library
    /// The kernels that it then ran.
    public let kernels: String
    /// fp32 multiplications and additions a second in searches.
    public let retrieval: Double
    /// The same in libtorch's products.
    public let training: Double
    /// Whether a product of whole numbers came out exactly.
    public let isRight: Bool

    public init(
        asked: String?, library: Library, kernels: String, retrieval: Double, training: Double, isRight: Bool
    ) {
        self.asked = asked
        self.library = library
        self.kernels = kernels
        self.retrieval = retrieval
        self.training = training
        self.isRight = isRight
    }
}

/// Which matrix kernels to run on this machine: the fastest that were measured.
///
/// Libraries choose kernels by the names of processors that they know, and take a newer one for something much older. They
/// read what the environment asks for as they are loaded, so the choice is made once, kept in a file, and exported before
/// the program starts.
public struct KernelChoice: Sendable, Equatable {
    /// What searches run.
    public let retrieval: KernelMeasurement
    /// What libtorch's products run.
    public let training: KernelMeasurement

    /// A later candidate is chosen only where it is faster by more than this: noise changes no bits.
    public static let margin = 1.1

    /// - Parameter measured: In order of preference, the library's own choice last.
    /// - Returns: nil where nothing was measured to be right.
    public init?(among measured: [KernelMeasurement]) {
        let right = measured.filter(\.isRight)
        guard let kernels = Self.fastest(right.filter { $0.library == .openblas }, \.retrieval) else { return nil }
        retrieval = kernels
        // One process has one set of OpenBLAS's kernels.
        let inside = right.filter { $0.library == .libtorch }
        training = Self.fastest([kernels] + inside, \.training) ?? kernels
    }

    private static func fastest(
        _ measured: [KernelMeasurement], _ rate: KeyPath<KernelMeasurement, Double>
    ) -> KernelMeasurement? {
        measured.dropFirst().reduce(measured.first) { best, next in
            guard let best else { return next }
            return next[keyPath: rate] > margin * best[keyPath: rate] ? next : best
        }
    }

    /// The lines of a file that a shell sources.
    ///
    /// - Parameter libtorch: The library to load first where libtorch's own products are the faster ones.
    public func environment(libtorch: String) -> String {
        var lines = ["# Measured on \(Processor.name): fp32 GFLOP/s of searches and of libtorch's products."]
        for way in retrieval == training ? [retrieval] : [retrieval, training] {
            let rates = [way.retrieval, way.training].map { "\(Int($0 / 1e9))" }.joined(separator: ", ")
            lines.append("# \(way.library.rawValue), kernels \(way.kernels): \(rates)")
        }
        lines.append("OPENBLAS_CORETYPE=\(retrieval.asked ?? "")")
        lines.append("PASSERBY_PRELOAD='\(training.library == .libtorch ? libtorch : "")'")
        return lines.joined(separator: "\n") + "\n"
    }
}
