// SPDX-License-Identifier: MIT

/// The problems that are found while one experiment is decoded and resolved.
///
/// It is passed to every reader and rule, so that a user sees all problems in one go; it is not shared
/// between threads.
public final class ProblemCollector {
    private var reported: [Problem] = []
    private var readers: [MappingReader.State] = []

    /// A collector without problems.
    public init() {}

    /// The problems so far, unknown keys of unfinished readers excepted, in the order in which they were
    /// found.
    public var problems: [Problem] { reported }

    /// Notes a problem; decoding goes on.
    public func report(_ kind: Problem.Kind, at span: SourceSpan, keyPath: String) {
        reported.append(Problem(kind, at: span, keyPath: keyPath))
    }

    /// Notes a problem of a decoded value.
    public func report<Value>(_ kind: Problem.Kind, at located: Located<Value>) {
        report(kind, at: located.span, keyPath: located.keyPath)
    }

    /// Ends the decoding: finishes every reader that is still open, so that no unknown key passes silently.
    ///
    /// - Throws: ``ConfigurationError`` with all problems, where there are any.
    public func check() throws(ConfigurationError) {
        for reader in readers { reader.finish(reportingTo: self) }
        readers = []
        guard reported.isEmpty else { throw ConfigurationError(reported) }
    }

    /// Notes that a node is not of the type that is allowed.
    package func reportType(of node: YAMLNode, expected: String, _ keyPath: String) {
        report(.wrongType(found: node.found, expected: expected), at: node.span, keyPath: keyPath)
    }

    func track(_ reader: MappingReader.State) {
        readers.append(reader)
    }
}
