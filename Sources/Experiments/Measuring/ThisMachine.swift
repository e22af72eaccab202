// SPDX-License-Identifier: MIT

package import Foundation
internal import Machine
internal import Retrieval
package import Tensor

/// Bytes that this process can still take: what the machine gives without swapping, or less where a job's control
/// group is smaller.
package func freeMemory() -> Int {
    min(kibibytes("MemAvailable:", in: "/proc/meminfo") ?? .max, ControlGroup.own.freeMemory ?? .max)
}

/// Bytes that are free on a card; nothing for the processor, and where the driver does not say.
package func freeCardMemory(_ device: Device) -> Int? {
    guard case .cuda(let number) = device, let card = GraphicsCard.numbered(number), card.totalBytes > 0 else { return nil }
    return card.freeBytes
}

/// A folder, or the nearest one above it where it is not there yet: whoever needs it makes it there.
package func nearestFolder(_ folder: URL) -> URL {
    var place = folder.standardizedFileURL
    while place.path != "/", !FileManager.default.fileExists(atPath: place.path) { place.deleteLastPathComponent() }
    return place
}

/// Bytes that are free where a folder is or would be made; nil where nobody knows.
package func freeDisk(_ folder: URL) -> Int? {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: nearestFolder(folder).path)
    return (attributes?[.systemFreeSize] as? NSNumber)?.intValue
}

/// The most bytes that this process has had in memory.
package func peakMemory() -> Int {
    kibibytes("VmHWM:", in: "/proc/self/status") ?? 0
}

/// The bytes that this process has in memory; nil where nobody knows.
func residentMemory() -> Int? { kibibytes("VmRSS:", in: "/proc/self/status") }

private func kibibytes(_ key: String, in file: String) -> Int? {
    let text = try? String(contentsOfFile: file, encoding: .utf8)
    let line = text?.split(separator: "\n").first { $0.hasPrefix(key) }
    // Tabs and spaces, of which a large number leaves none.
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
}

/// What the bits of a result may depend on, besides the number of threads: the device, and libraries by name, wherever they
/// lie.
package func machineFacts(on device: Device) -> [String: String] {
    let facts = [
        "processor": Processor.name, "instructions": instructionSets, "device": "\(device)",
        "libtorch": Engine.version, "matrix_library": (Engine.matrixLibrary as NSString).lastPathComponent,
        "kernels": MatrixLibrary.current.coreType,
    ]
    guard case .cuda(let number) = device, let card = GraphicsCard.numbered(number) else {
        return facts
    }
    return facts.merging(["card": card.name]) { $1 }
}

/// The same with the number of threads.
package func machineFacts(threads: Int, on device: Device) -> [String: String] {
    machineFacts(on: device).merging(["threads": "\(threads)"]) { $1 }
}

/// Instructions for which libraries have kernels of their own: one processor model may offer fewer to a virtual machine.
private var instructionSets: String {
    let flags = Processor.value("flags") ?? Processor.value("Features") ?? ""
    let sets = flags.split(separator: " ").filter { flag in
        ["avx", "fma", "amx", "sve", "asimd", "bf16", "i8mm"].contains { flag.hasPrefix($0) }
    }
    return sets.isEmpty ? "unknown" : sets.sorted().joined(separator: " ")
}
