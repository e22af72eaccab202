// SPDX-License-Identifier: MIT

internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Machine

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What this machine has, how fast it is, and what is missing.",
        discussion: """
            Measures matrix products with all kernels that this processor can run, for some seconds. Exit code 69 where a \
            run could not start.
            """)

    @Flag(help: "Print one JSON document.") var json = false

    func run() throws {
        let findings = try MachineFindings(data: Home().data, logs: Home().logs)
        if json {
            try printJSON(findings, keys: .convertToSnakeCase)
        } else {
            print(findings.text)
        }
        guard findings.missing.isEmpty else { throw CommandError.notReady(findings.missing) }
    }
}

extension MachineFindings {
    fileprivate var text: String {
        let rate = { (operations: Double) in "\(gigas(operations)) GFLOP/s in fp32" }
        let yes = { (has: Bool) in has ? "yes" : "no" }
        let rows = [
            (
                "processor",
                "\(processor.name), \(processor.cores) cores, AVX-512 \(yes(processor.width == .avx512)), "
                    + "bfloat16 \(yes(processor.hasBF16)), AMX \(yes(processor.hasAMX))"
            ),
            ("memory", "\(gibibytes(memory.totalBytes)), \(gibibytes(memory.freeBytes)) free"),
            ("retrieval", "OpenBLAS, kernels for \(matrices.inForce.kernels), \(rate(matrices.inForce.retrieval))"),
            (
                "training",
                "libtorch \(libtorch.version), \(libtorch.threads) threads, "
                    + "\(rate(matrices.inForce.training)) by \((libtorch.matrixLibrary as NSString).lastPathComponent), "
                    + "\(gigas(libtorch.bfloat16Rate)) in bf16"
            ),
            ("cards", cards.isEmpty ? "none" : cards.map(\.text).joined(separator: "; ")),
            ("on cards", onCards),
            ("measured", matrices.measured.map(\.text).joined(separator: "; ")),
            ("data", data.text),
            ("logs", logs.text),
        ]
        let lines = rows.map { $0.0.padding(toLength: 11, withPad: " ", startingAt: 0) + $0.1 }
        return (lines + missing.map { "missing: \($0)" } + hints.map { "hint: \($0)" }).joined(separator: "\n")
    }
}

extension MachineFindings {
    /// What libtorch makes of the cards, or what it lacks for them.
    private var onCards: String {
        let library = libtorch.cudnn.map { "cuDNN \($0)" }
        let rates =
            cardRates.isEmpty
            ? ["not possible: \(libtorch.cardProblem ?? "libtorch finds none")"] : cardRates.map { "\($0)" }
        return (rates + [library].compactMap { $0 }).joined(separator: "; ")
    }
}

extension KernelMeasurement {
    fileprivate var text: String {
        let name = library == .libtorch ? "libtorch's own" : asked ?? "as detected (\(kernels))"
        return "\(name) \(gigas(retrieval)) and \(gigas(training))\(isRight ? "" : ", wrong")"
    }
}

extension GraphicsCard {
    fileprivate var text: String {
        "cuda:\(number) \(name), \(gibibytes(totalBytes)), \(gibibytes(freeBytes)) free, compute capability "
            + "\(computeCapability), driver \(driver)"
    }
}

extension MachineFindings.Folder {
    fileprivate var text: String {
        "\(path)\(exists ? "" : " (not there yet)"), \(isWritable ? "" : "read-only, ")\(gibibytes(freeBytes)) free"
    }
}

private func gibibytes(_ bytes: Int) -> String { String(format: "%.1f GiB", Double(bytes) / 1_073_741_824) }
