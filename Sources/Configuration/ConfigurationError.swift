// SPDX-License-Identifier: MIT

public import Reporting

/// Everything that is wrong with an experiment, in the order of the files.
public struct ConfigurationError: ReportedError, Hashable {
    /// The problems, sorted by position, none of them twice.
    public let problems: [Problem]

    /// An error of all that was found.
    ///
    /// - Parameter problems: One or more, in any order.
    public init(_ problems: [Problem]) {
        precondition(!problems.isEmpty, "an error needs at least one problem, found \(problems.count)")
        var seen: Set<Problem> = []
        let distinct = problems.filter { seen.insert($0).inserted }
        self.problems = distinct.sorted { ($0.span, $0.keyPath) < ($1.span, $1.keyPath) }
    }

    public var exitKind: ExitKind { .usage }

    /// One line a problem.
    public var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}
