// SPDX-License-Identifier: MIT

internal import Foundation
internal import Retrieval
internal import Tensor

/// Bytes that this process can still take: what the machine gives without swapping, or less where a job's control
/// group is smaller.
func freeMemory() -> Int {
    min(kibibytes("MemAvailable:", in: "/proc/meminfo") ?? .max, freeInControlGroup() ?? .max)
}

/// What the limit of this process's control group (version 2) leaves; nothing where there is no limit.
private func freeInControlGroup() -> Int? {
    guard let groups = try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8),
        let path = groups.split(separator: "\n").first(where: { $0.hasPrefix("0::") })?.dropFirst(3)
    else { return nil }
    let bytes = { (name: String) in
        (try? String(contentsOfFile: "/sys/fs/cgroup\(path)/\(name)", encoding: .utf8))
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    guard let limit = bytes("memory.max"), let used = bytes("memory.current") else { return nil }
    return max(0, limit - used)
}

/// A folder, or the nearest one above it where it is not there yet: whoever needs it makes it there.
func nearestFolder(_ folder: URL) -> URL {
    var place = folder.standardizedFileURL
    while place.path != "/", !FileManager.default.fileExists(atPath: place.path) { place.deleteLastPathComponent() }
    return place
}

/// Bytes that are free where a folder is or would be made; nil where nobody knows.
func freeDisk(_ folder: URL) -> Int? {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: nearestFolder(folder).path)
    return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
}

/// The most bytes that this process has had in memory.
func peakMemory() -> Int {
    kibibytes("VmHWM:", in: "/proc/self/status") ?? 0
}

private func kibibytes(_ key: String, in file: String) -> Int? {
    let text = try? String(contentsOfFile: file, encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix(key) }
    // Tabs and spaces, of which a large number leaves none.
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
}

/// A property of the first processor, such as `model name` or `flags`.
func processorValue(_ key: String) -> String? {
    let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix(key) }
    return line?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
}

/// What the bits of a result may depend on.
func machineFacts(threads: Int) -> [String: String] {
    [
        "processor": processorValue("model name") ?? "unknown", "threads": "\(threads)",
        "libtorch": Engine.version, "matrix_library": Engine.matrixLibrary, "kernels": MatrixLibrary.current.coreType,
    ]
}

/// Prints a value as the one JSON document of standard output.
func printJSON(_ value: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .useDefaultKeys) throws {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = keys
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
