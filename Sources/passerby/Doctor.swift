// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Foundation
internal import Machine
internal import Retrieval
internal import Tensor

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What this machine has, how fast it is, and what is missing.",
        discussion: """
            Measures matrix products with all kernels that this processor can run, for some seconds. Exit code 69 where a \
            run could not start.
            """)

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
        let width: InstructionSet.Width
        let hasBF16: Bool
        let hasAMX: Bool
    }

    struct Memory: Encodable {
        let totalBytes: Int
        let freeBytes: Int
    }

    struct Libtorch: Encodable {
        let version: String
        let threads: Int
        let matrixLibrary: String
    }

    /// How fast matrices are multiplied, in fp32 multiplications and additions a second.
    struct Matrices: Encodable {
        /// What this process runs.
        let inForce: KernelMeasurement
        /// All that this machine has.
        let measured: [KernelMeasurement]
        /// The part of the fastest rate that is reached.
        let retrievalShare: Double
        let trainingShare: Double
        /// What the instruction set gives searches at the least; nil where the processor's frequency is not known.
        let expected: Double?

        /// Below these parts something is wrong, and not only uneven.
        static let (fullShare, expectedShare) = (0.9, 0.5)
    }

    struct Folder: Encodable {
        let path: String
        let exists: Bool
        let isWritable: Bool
        let freeBytes: Int
    }

    let processor: Processor
    let memory: Memory
    let matrices: Matrices
    let libtorch: Libtorch
    let data: Folder
    let logs: Folder
    /// What to mend before a run can start.
    let missing: [String]
    /// What would make it faster.
    let hints: [String]

    init() throws {
        let instructions = InstructionSet.current
        processor = Processor(
            name: Machine.Processor.name, cores: Processors.available, width: instructions.width,
            hasBF16: instructions.hasBF16, hasAMX: instructions.hasAMX)
        memory = Memory(totalBytes: Int(ProcessInfo.processInfo.physicalMemory), freeBytes: freeMemory())
        matrices = Matrices(inForce: try KernelSurvey.own(), all: KernelSurvey().measured)
        libtorch = Libtorch(
            version: Engine.version, threads: Engine.threadCount, matrixLibrary: Engine.matrixLibrary)
        data = Folder(Home().data)
        logs = Folder(Home().logs)
        missing = (logs.isWritable ? [] : ["\(logs.path): runs cannot be written here; give another place with --logs"])
            + (matrices.inForce.isRight ? [] : ["OpenBLAS's kernels for \(matrices.inForce.kernels) multiply wrongly here"])
        hints = matrices.hints
    }

    var text: String {
        let rate = { (operations: Double) in "\(gigas(operations)) GFLOP/s in fp32" }
        let yes = { (has: Bool) in has ? "yes" : "no" }
        let rows = [
            ("processor", "\(processor.name), \(processor.cores) cores, AVX-512 \(yes(processor.width == .avx512)), "
                + "bfloat16 \(yes(processor.hasBF16)), AMX \(yes(processor.hasAMX))"),
            ("memory", "\(gibibytes(memory.totalBytes)), \(gibibytes(memory.freeBytes)) free"),
            ("retrieval", "OpenBLAS, kernels for \(matrices.inForce.kernels), \(rate(matrices.inForce.retrieval))"),
            ("training", "libtorch \(libtorch.version), \(libtorch.threads) threads, "
                + "\(rate(matrices.inForce.training)) by \((libtorch.matrixLibrary as NSString).lastPathComponent)"),
            ("measured", matrices.measured.map(\.text).joined(separator: "; ")),
            ("data", data.text),
            ("logs", logs.text),
        ]
        let lines = rows.map { $0.0.padding(toLength: 11, withPad: " ", startingAt: 0) + $0.1 }
        return (lines + missing.map { "missing: \($0)" } + hints.map { "hint: \($0)" }).joined(separator: "\n")
    }
}

extension Findings.Matrices {
    fileprivate init(inForce: KernelMeasurement, all: [KernelMeasurement]) {
        let best = { (rate: KeyPath<KernelMeasurement, Double>) in
            (all + [inForce]).filter(\.isRight).map { $0[keyPath: rate] }.max() ?? inForce[keyPath: rate]
        }
        let share = { (rate: KeyPath<KernelMeasurement, Double>) in inForce[keyPath: rate] / best(rate) }
        self.inForce = inForce
        measured = all
        (retrievalShare, trainingShare) = (share(\.retrieval), share(\.training))
        expected = Machine.Processor.frequency.map {
            $0 * InstructionSet.current.operationsPerCycle * Double(Processors.available)
        }
    }

    fileprivate var hints: [String] {
        var hints: [String] = []
        if min(retrievalShare, trainingShare) < Self.fullShare, let choice = KernelChoice(among: measured) {
            hints.append(
                "other kernels are faster: start with the launcher ./passerby, which sets "
                    + "\(MatrixLibrary.variable)=\(choice.retrieval.asked ?? choice.retrieval.kernels)"
                    + (choice.training.library == .libtorch ? " and has libtorch's own library multiply for training" : ""))
        }
        if let expected, inForce.retrieval < Self.expectedShare * expected {
            hints.append(
                "this processor should do \(gigas(expected)) GFLOP/s or more: either other processes use it now, or the "
                    + "matrix library does not know it; a newer OpenBLAS may")
        }
        return hints
    }
}

extension KernelMeasurement {
    fileprivate var text: String {
        let name = library == .libtorch ? "libtorch's own" : asked ?? "as detected (\(kernels))"
        return "\(name) \(gigas(retrieval)) and \(gigas(training))\(isRight ? "" : ", wrong")"
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

private func gigas(_ operations: Double) -> Int { Int((operations / 1e9).rounded()) }
