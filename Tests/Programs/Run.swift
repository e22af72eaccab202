// SPDX-License-Identifier: MIT

public import Foundation

/// Runs a program to its end, found as a shell finds it.
///
/// What it says goes into a file: it may say more than a pipe holds while its output is read.
///
/// - Parameters:
///   - command: The program and its arguments.
///   - folder: Where it runs; nil for where the tests do.
public func runToEnd(
    _ command: [String], in folder: URL? = nil
) throws -> (code: Int32, output: String, messages: String) {
    let words = FileManager.default.temporaryDirectory.appendingPathComponent("messages-\(UUID().uuidString)")
    try Data().write(to: words)
    defer { try? FileManager.default.removeItem(at: words) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    if let folder { process.currentDirectoryURL = folder }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: words)
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
        process.terminationStatus, String(decoding: text, as: UTF8.self), try String(contentsOf: words, encoding: .utf8)
    )
}
