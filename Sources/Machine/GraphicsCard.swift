// SPDX-License-Identifier: MIT

internal import Foundation

/// An NVIDIA card as its driver describes it.
public struct GraphicsCard: Sendable, Equatable, Codable {
    public let number: Int
    public let name: String
    public let totalBytes: Int
    public let freeBytes: Int
    /// Such as `9.0`: which instructions it has.
    public let computeCapability: String
    public let driver: String

    /// Whether an NVIDIA driver is loaded.
    public static var hasDriver: Bool { FileManager.default.fileExists(atPath: "/proc/driver/nvidia/version") }

    /// The cards that `nvidia-smi`, which comes with the driver, knows; none where there is no such program.
    public static var all: [GraphicsCard] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["nvidia-smi", "--query-gpu=\(columns.joined(separator: ","))", "--format=csv,noheader,nounits"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard hasDriver, (try? process.run()) != nil else { return [] }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? cards(text) : []
    }

    /// The card that CUDA gives a number: `CUDA_VISIBLE_DEVICES` may show a process fewer of them, in another order.
    ///
    /// - Returns: Nothing where there is no such card, or where the variable names cards by something else than numbers.
    public static func numbered(_ number: Int) -> GraphicsCard? {
        numbered(number, among: all, shown: ProcessInfo.processInfo.environment["CUDA_VISIBLE_DEVICES"])
    }

    static func numbered(_ number: Int, among cards: [GraphicsCard], shown: String?) -> GraphicsCard? {
        guard let shown else { return cards.first { $0.number == number } }
        let names = shown.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard names.indices.contains(number), let own = Int(names[number]) else { return nil }
        return cards.first { $0.number == own }
    }

    /// What `CUDA_VISIBLE_DEVICES` calls the cards that this process may use, in the order of CUDA's numbers.
    public static var visible: [String] {
        visible(among: all, shown: ProcessInfo.processInfo.environment["CUDA_VISIBLE_DEVICES"])
    }

    static func visible(among cards: [GraphicsCard], shown: String?) -> [String] {
        guard let shown else { return cards.map { "\($0.number)" } }
        // As CUDA has it, what comes after a name that is none is not seen.
        return shown.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.prefix {
            !$0.isEmpty && $0 != "-1"
        }
        .map { $0 }
    }

    private static let columns = ["index", "name", "memory.total", "memory.free", "compute_cap", "driver_version"]

    /// Reads a line a card; what is no number there, such as `[N/A]`, is 0.
    static func cards(_ text: String) -> [GraphicsCard] {
        text.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == columns.count, let number = Int(cells[0]) else { return nil }
            let bytes = { (cell: String) in (Int(cell) ?? 0) << 20 }
            return GraphicsCard(
                number: number, name: cells[1], totalBytes: bytes(cells[2]), freeBytes: bytes(cells[3]),
                computeCapability: cells[4], driver: cells[5])
        }
    }
}
