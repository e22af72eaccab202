// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Foundation
internal import Retrieval
internal import Tensor

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What this machine has, how fast it is, and what is missing.",
        discussion: "Measures matrix products for about a second. Exit code 69 where a run could not start.")

    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let findings = try Findings()
        if json {
            try printJSON(findings, keys: .convertToSnakeCase)
        } else {
            print(findings.text)
        }
        guard findings.missing.isEmpty else { throw CommandError.notReady(findings.missing) }
    }
}

/// What the doctor found; the JSON document of `passerby doctor --json`.
private struct Findings: Encodable {
    struct Processor: Encodable {
        let name: String
        let cores: Int
        let hasAVX512: Bool
        let hasBF16: Bool
    }

    struct Memory: Encodable {
        let totalBytes: Int
        let freeBytes: Int
    }

    /// A library that multiplies matrices, and its rate in fp32.
    struct Matrices: Encodable {
        let library: String
        let kernels: String
        let recommendedKernels: String?
        let operationsPerSecond: Double
    }

    struct Libtorch: Encodable {
        let version: String
        let threads: Int
        let matrixLibrary: String
        let operationsPerSecond: Double
    }

    struct Folder: Encodable {
        let path: String
        let exists: Bool
        let isWritable: Bool
        let freeBytes: Int
    }

    let processor: Processor
    let memory: Memory
    let openblas: Matrices
    let libtorch: Libtorch
    let data: Folder
    let logs: Folder
    /// What to mend before a run can start.
    let missing: [String]
    /// What would make it faster.
    let hints: [String]

    init() throws {
        let flags = processorValue("flags")?.split(separator: " ").map(String.init) ?? []
        processor = Processor(
            name: processorValue("model name") ?? "unknown", cores: ProcessInfo.processInfo.activeProcessorCount,
            hasAVX512: flags.contains("avx512f"), hasBF16: flags.contains("avx512_bf16"))
        memory = Memory(totalBytes: Int(ProcessInfo.processInfo.physicalMemory), freeBytes: freeMemory())
        let library = MatrixLibrary.current
        openblas = Matrices(
            library: "OpenBLAS", kernels: library.coreType, recommendedKernels: library.recommendedCoreType,
            operationsPerSecond: library.measuredRate().best)
        try Engine.prepare(threads: processor.cores)
        libtorch = Libtorch(
            version: Engine.version, threads: Engine.threadCount, matrixLibrary: Engine.matrixLibrary,
            operationsPerSecond: try Engine.measuredMatrixRate())
        data = Folder(Home().data)
        logs = Folder(Home().logs)
        missing = logs.isWritable ? [] : ["\(logs.path): runs cannot be written here; give another place with --logs"]
        hints = Self.hints(library)
    }

    private static func hints(_ library: MatrixLibrary) -> [String] {
        library.recommendedCoreType.map {
            [
                "OpenBLAS runs kernels for \(library.coreType); this processor's are \($0): set "
                    + "\(MatrixLibrary.variable)=\($0) before the program starts, as the launcher ./passerby does"
            ]
        } ?? []
    }

    var text: String {
        let rate = { (operations: Double) in "\(Int((operations / 1e9).rounded())) GFLOP/s in fp32" }
        let yes = { (has: Bool) in has ? "yes" : "no" }
        let rows = [
            ("processor", "\(processor.name), \(processor.cores) cores, AVX-512 \(yes(processor.hasAVX512)), "
                + "bfloat16 \(yes(processor.hasBF16))"),
            ("memory", "\(gibibytes(memory.totalBytes)), \(gibibytes(memory.freeBytes)) free"),
            ("retrieval", "OpenBLAS, kernels for \(openblas.kernels), \(rate(openblas.operationsPerSecond))"),
            ("training", "libtorch \(libtorch.version), \(libtorch.threads) threads, \(rate(libtorch.operationsPerSecond))"
                + " by \((libtorch.matrixLibrary as NSString).lastPathComponent)"),
            ("data", data.text),
            ("logs", logs.text),
        ]
        let lines = rows.map { $0.0.padding(toLength: 11, withPad: " ", startingAt: 0) + $0.1 }
        return (lines + missing.map { "missing: \($0)" } + hints.map { "hint: \($0)" }).joined(separator: "\n")
    }
}

extension Findings.Folder {
    /// What is known of a folder, or of the place where a run would make it.
    fileprivate init(_ url: URL) {
        path = url.path
        exists = FileManager.default.fileExists(atPath: path)
        isWritable = FileManager.default.isWritableFile(atPath: nearestFolder(url).path)
        freeBytes = freeDisk(url) ?? 0
    }

    fileprivate var text: String {
        "\(path)\(exists ? "" : " (not there yet)"), \(isWritable ? "" : "read-only, ")\(gibibytes(freeBytes)) free"
    }
}

private func gibibytes(_ bytes: Int) -> String { String(format: "%.1f GiB", Double(bytes) / 1_073_741_824) }
