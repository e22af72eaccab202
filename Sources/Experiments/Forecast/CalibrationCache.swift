// SPDX-License-Identifier: MIT

public import Foundation
internal import Pipeline

/// What steps took on this machine, kept from one plan to the next: a small file for each kind of work.
public struct CalibrationCache: Sendable {
    private struct Entry: Codable {
        /// What was measured, for whoever looks at the file.
        let work: JSONValue
        let cost: StageCost
    }

    private let folder: URL
    private let machine: [String: String]

    /// - Parameters:
    ///   - folder: Where the files are; made with the first.
    ///   - machine: What the figures depend on besides the work: processor, libraries, threads.
    public init(folder: URL, machine: [String: String]) {
        self.folder = folder
        self.machine = machine
    }

    func cost(of work: JSONValue) -> StageCost? {
        // What cannot be read is measured again.
        guard let data = try? Data(contentsOf: file(of: work)) else { return nil }
        return (try? JSONDecoder().decode(Entry.self, from: data))?.cost
    }

    /// - Throws: ``PipelineError/inputOutput(operation:path:reason:)``.
    func store(_ cost: StageCost, of work: JSONValue) throws {
        let file = file(of: work)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(Entry(work: work, cost: cost)).write(to: file, options: .atomic)
        } catch {
            throw PipelineError.inputOutput(operation: "write", path: file.path, reason: error.localizedDescription)
        }
    }

    private func file(of work: JSONValue) -> URL {
        let facts = JSONValue.object(machine.mapValues { .string($0) })
        let text = JSONValue.object(["machine": facts, "work": work]).canonicalText
        return folder.appendingPathComponent("\(ContentDigest(of: text).hexadecimal.prefix(32)).json")
    }
}
