// SPDX-License-Identifier: MIT

internal import CTorch
internal import Foundation

/// libtorch as a part of this process, which computes on one device.
public enum Engine {
    /// Sets the process up for training: freed memory is kept, and so many threads compute.
    ///
    /// The count holds for the calling thread from here on, whatever others ask for, and for every thread that computes
    /// for the first time after this. Products of OpenBLAS always stay on their caller's thread. All tensors but those of
    /// files are made on the device.
    ///
    /// Call once, before the first tensor is made.
    ///
    /// - Parameter isDeterministic: Whether equal inputs give equal bits on a card too, where that is slower.
    /// - Throws: ``TensorError/deviceMissing(_:reason:)``.
    public static func prepare(
        threads: Int, device: Device = .cpu, precision: TrainingPrecision = .fp32, isDeterministic: Bool = true
    ) throws {
        pt_keep_freed_memory()
        try check("prepare", [], pt_set_thread_count(Int32(threads)))
        try require(device)
        guard pt_compute_on(device.card, isDeterministic) == 0 else {
            throw TensorError.deviceMissing(device, reason: lastReason())
        }
        if device != .cpu { try check("prepare", [], pt_allow_tf32(precision == .tf32)) }
        // Written only where they change: other threads may read them.
        if self.device != device { self.device = device }
        if trainingPrecision != precision { trainingPrecision = precision }
    }

    /// Computes products with all bits of their factors, whatever networks train in. Outside ``TrainingPrecision/computing(_:)``.
    package static func withWholeFactors<Result>(_ body: () throws -> Result) throws -> Result {
        guard device != .cpu, trainingPrecision == .tf32 else { return try body() }
        try check("prepare", [], pt_allow_tf32(false))
        defer { _ = pt_allow_tf32(true) }
        return try body()
    }

    /// How many cards there are, for libtorch to compute on.
    ///
    /// - Throws: ``TensorError/deviceMissing(_:reason:)`` where it cannot compute on any.
    public static func cardCount() throws -> Int { try cardCount(for: .cuda(0)) }

    /// Has a body of this thread's take a card's kernels on the processor, slowly, to try what a card would be given.
    package static func emulatingKernels<Result>(_ body: () throws -> Result) rethrows -> Result {
        pt_emulate_kernels(true)
        defer { pt_emulate_kernels(false) }
        return try body()
    }

    private static var cardLibrary: String { String(cString: pt_cuda_library_path()) }
    /// Whether libtorch can compute on cards at all.
    package static var isForCards: Bool { FileManager.default.fileExists(atPath: cardLibrary) }

    /// - Parameter device: What is asked for, for the error.
    private static func cardCount(for device: Device) throws -> Int {
        guard isForCards else {
            throw TensorError.deviceMissing(
                device,
                reason:
                    "this libtorch is for the processor alone (there is no \(cardLibrary)); scripts/setup fetches one for "
                    + "cards where it finds NVIDIA's driver, or with PASSERBY_CUDA=yes")
        }
        var count: Int32 = 0
        guard pt_find_cards(&count) == 0 else { throw TensorError.deviceMissing(device, reason: lastReason()) }
        return Int(count)
    }

    /// Looks whether a device is there, and libtorch can compute on it.
    ///
    /// - Throws: ``TensorError/deviceMissing(_:reason:)``.
    public static func require(_ device: Device) throws {
        guard case .cuda(let card) = device else { return }
        let count = try cardCount(for: device)
        guard card < count else {
            throw TensorError.deviceMissing(
                device,
                reason: count == 0 ? "there is no NVIDIA card, or no driver for it" : "the cards here are 0 to \(count - 1)")
        }
    }

    /// Why a card cannot repeat work as a CUDA graph with this libtorch, see ``DeviceGraph``; nothing where it can.
    public static var graphProblem: String? { pt_find_graphs() == 0 ? nil : lastReason() }

    /// Why libtorch's kernels normalise batches on a card and not ours, which are compiled here where they are not yet; nothing
    /// where ours do. To be asked when something has been computed on the card.
    public static var kernelProblem: String? { pt_find_kernels() == 0 ? nil : lastReason() }

    /// Waits until the device has done what it was given, for whoever measures time.
    public static func finish() throws { try check("finish", [], pt_finish()) }

    /// What tensors are made on; set once, before the first is made.
    public private(set) nonisolated(unsafe) static var device = Device.cpu

    /// What networks compute in while they train; set once, before the first is made.
    public private(set) nonisolated(unsafe) static var trainingPrecision = TrainingPrecision.fp32

    public static var threadCount: Int { Int(pt_thread_count()) }
    public static var version: String { String(cString: pt_version()) }
    /// The file of the library that answers libtorch's fp32 matrix products, by link order; empty where none is found.
    public static var matrixLibrary: String { String(cString: pt_matrix_library()) }

    /// The file of libtorch itself.
    public static var libraryPath: String { String(cString: pt_library_path()) }

    /// The most bytes that this process has had on its card; nothing on the processor.
    public static func peakCardBytes() throws -> Int? {
        guard device != .cpu else { return nil }
        var bytes: Int64 = 0
        try check("peak of memory", [], pt_peak_card_bytes(&bytes))
        return Int(bytes)
    }

    /// Gives back what libtorch keeps of the card's memory without use, and counts ``peakCardBytes()`` from here on.
    public static func forgetPeak() throws { try check("peak of memory", [], pt_forget_peak()) }

    /// The version of the library that convolves on cards, such as 9.20.0; nothing where libtorch has none.
    public static var convolutionLibraryVersion: String? {
        var version: Int64 = 0
        guard isForCards, pt_cudnn_version(&version) == 0, version >= 90_000 else { return nil }
        return "\(version / 10_000).\(version / 100 % 100).\(version % 100)"
    }

    /// How fast libtorch multiplies matrices on a device; in fp32 on the processor on one thread, where OpenBLAS answers it.
    ///
    /// - Returns: Multiplications and additions a second, the best of five products of 2048 rows, 8192 on a card; on the
    ///   processor some 0.3 s in fp32.
    /// - Throws: ``TensorError/deviceMissing(_:reason:)``, and ``TensorError/outOfMemory(_:shapes:reason:)`` where something
    ///   else has taken the card's memory.
    public static func measuredMatrixRate(
        in precision: TrainingPrecision = .fp32, on device: Device = .cpu
    ) throws -> Double {
        try require(device)
        let edge = device == .cpu ? 2048 : 8192
        if device != .cpu { try check("prepare", [], pt_allow_tf32(precision == .tf32)) }
        defer { if device != .cpu { _ = pt_allow_tf32(trainingPrecision == .tf32) } }
        var seconds = 0.0
        let type = precision == .bf16 ? pt_bfloat16 : pt_float32
        try check("product of \(edge) rows", [], pt_product_seconds(device.card, type, Int64(edge), &seconds))
        return Double(2 * edge * edge * edge) / seconds
    }
}
