// SPDX-License-Identifier: MIT

import Foundation

/// Makes a folder for the time of `body`, and removes it with everything in it.
func withTemporaryFolder(_ body: (_ path: String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "/passerby-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
}
