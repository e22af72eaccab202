// SPDX-License-Identifier: MIT

internal import Foundation

/// Bytes that this machine can still give without swapping.
func freeMemory() -> Int {
    kibibytes("MemAvailable:", in: "/proc/meminfo") ?? .max
}

/// The most bytes that this process has had in memory.
func peakMemory() -> Int {
    kibibytes("VmHWM:", in: "/proc/self/status") ?? 0
}

private func kibibytes(_ key: String, in file: String) -> Int? {
    let text = try? String(contentsOfFile: file, encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix(key) }
    return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
}

/// Prints a value as the one JSON document of standard output.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
