// SPDX-License-Identifier: MIT

public import Foundation
import Synchronization
public import Testing

/// A Python that has a package, which scripts/python-with installs once where it can.
public struct Python: Sendable {
    private let package: String
    private let version: String

    public init(with package: String, _ version: String) {
        self.package = package
        self.version = version
    }

    /// By package and version; nil where there is none. One test installs while others wait.
    private static let found = Mutex<[String: String?]>([:])

    /// The path of its program, or nothing, and the reason among what the tests say.
    public func path() throws -> String? {
        try Self.found.withLock { known in
            if let path = known["\(package) \(version)"] { return path }
            let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appendingPathComponent("scripts/python-with")
            let ended = try runToEnd([script.path, package, version])
            let path = ended.code == 0 ? ended.output.trimmingCharacters(in: .newlines) : nil
            if path == nil { print(ended.messages) }
            known["\(package) \(version)"] = .some(path)
            return path
        }
    }

    /// Runs it to its end.
    public func run(
        _ arguments: [String], in folder: URL? = nil
    ) throws -> (code: Int32, output: String, messages: String) {
        let path = try #require(try path(), "a test with it has the trait 'needs'")
        return try runToEnd([path] + arguments, in: folder)
    }

    fileprivate var reason: Comment { "there is no Python with \(package) \(version), and none can be installed" }
}

extension Trait where Self == ConditionTrait {
    /// Has a test run where there is such a Python, and shown as skipped elsewhere.
    public static func needs(_ python: Python) -> Self { .enabled(python.reason) { try python.path() != nil } }
}
