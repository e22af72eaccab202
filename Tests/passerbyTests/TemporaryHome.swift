// SPDX-License-Identifier: MIT

import Foundation
import Testing

/// A folder with an experiment of every stage, `tiny.yaml`, in which the program itself is run; removed with the value.
final class TemporaryHome {
    let url = URL(fileURLWithPath: NSTemporaryDirectory() + "passerby-\(UUID().uuidString)")

    var logs: URL { url.appendingPathComponent("logs") }

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try """
        data:
          location:
            synthetic:
              source: {identities: 6, images: 6, cameras: 3}
              target: {identities: 6, fewest_images: 4, most_images: 6, singletons: 2, validation_identities: 4,
                       queries: 2, gallery: 4, distractors: 4, cameras: 3}
              width: 32
              height: 32
        image: {height: 32, width: 32}
        backbone: resnet18
        stages:
          - pretrain: {name: direct, images: source, networks: 1, epochs: 2, iterations: 5, batch: 8, warmup: 0,
                       milestones: [], padding: 2, auto_augment: false, evaluate_every: 0}
          - translate: {epochs: 2, iterations: 4, batch: 4, constant_epochs: 1, decay_epochs: 1, padding: 2, pool: 6,
                        instances: 2, generator_channels: 4, generator_blocks: 1, discriminator_channels: 4}
          - pretrain: {epochs: 2, iterations: 3, batch: 8, warmup: 1, milestones: [1], padding: 2}
          - adapt: {epochs: 2, iterations: 3, batch: 8, padding: 2, k1: 6, k2: 2, eps: 0.7, min_samples: 2}
          - postprocess:
              camera: {epochs: 1, iterations: 3, batch: 8, warmup: 0, milestones: [], padding: 2}
              rerank: {k1: 6, k2: 2}
        """.write(to: url.appendingPathComponent("tiny.yaml"), atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - limit: Blocks of 1024 bytes that a file may have; nil for any number.
    ///   - file: Where its output goes instead of here; nil for nowhere else.
    ///   - environment: What is other in its environment than in this process's.
    func passerby(
        _ arguments: [String], limit: Int? = nil, into file: String? = nil, environment: [String: String] = [:]
    ) throws -> (code: Int32, output: Data, messages: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let limiting = limit.map { "ulimit -f \($0); " } ?? ""
        let redirection = file.map { " > '\($0)'" } ?? ""
        process.arguments = ["-c", "\(limiting)exec \"$0\" \"$@\"\(redirection)", try Self.program().path] + arguments
        process.currentDirectoryURL = url
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["PASSERBY_HOME": url.path, "XDG_CACHE_HOME": url.path]) { $1 }.merging(environment) { $1 }
        let (output, messages) = (Pipe(), url.appendingPathComponent("messages"))
        try Data().write(to: messages)
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: messages)
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, text, try String(contentsOf: messages, encoding: .utf8))
    }

    /// The program that was built with the tests, beside their bundle.
    static func program() throws -> URL {
        let bundle = try #require(CommandLine.arguments.first { $0.contains(".xctest") })
        let range = try #require(bundle.range(of: ".xctest"))
        return URL(fileURLWithPath: String(bundle[..<range.lowerBound])).deletingLastPathComponent()
            .appendingPathComponent("passerby")
    }
}
