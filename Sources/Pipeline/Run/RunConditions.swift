// SPDX-License-Identifier: MIT

/// What the bits of a run's results depend on besides its plan: `conditions.json` in its folder.
public struct RunConditions: Sendable, Codable, Equatable {
    /// Threads that compute.
    public let threads: Int
    /// Processor, libraries and kernels, by name.
    public let facts: [String: String]
    /// What results say that were computed after somebody went on under other conditions.
    public let notes: [String]

    /// Conditions as given.
    public init(threads: Int, facts: [String: String], notes: [String] = []) {
        self.threads = threads
        self.facts = facts
        self.notes = notes
    }

    /// A fact that is another one now.
    public struct Difference: Sendable, Equatable, CustomStringConvertible {
        public let name: String
        public let recorded: String
        public let found: String

        public var description: String { "\(name): \(recorded) then, \(found) now" }
    }

    /// In what other facts differ, by name. One that only either side knows says nothing.
    func differences(from found: [String: String]) -> [Difference] {
        facts.keys.sorted().compactMap { name in
            guard let old = facts[name], let new = found[name], old != new else { return nil }
            return Difference(name: name, recorded: old, found: new)
        }
    }
}

/// The conditions that a process offers to a run.
public struct ConditionsOffer: Sendable {
    private let threads: Int?
    private let usualThreads: Int
    private let facts: [String: String]
    private let acceptsOthers: Bool

    /// - Parameters:
    ///   - threads: The number that was asked for; nil for that of the run that is gone on with.
    ///   - usualThreads: The number for a new run where none was asked for.
    ///   - facts: Processor, libraries and kernels, by name.
    ///   - acceptsOthers: Whether a run may go on with other bits than it began with; its results say so then.
    public init(threads: Int?, usualThreads: Int = 1, facts: [String: String] = [:], acceptsOthers: Bool = false) {
        self.threads = threads
        self.usualThreads = usualThreads
        self.facts = facts
        self.acceptsOthers = acceptsOthers
    }

    /// The conditions of a new run.
    public var fresh: RunConditions { RunConditions(threads: threads ?? usualThreads, facts: facts) }

    /// The conditions under which a run goes on: those that it began with, unless others are accepted.
    ///
    /// - Parameter plan: The run's.
    /// - Throws: ``PipelineError/otherThreads(run:recorded:given:)``, ``PipelineError/otherConditions(run:differences:)``;
    ///   ``PipelineError/corruptFile(path:reason:)``.
    public func conditions(goingOnWith folder: RunFolder, plan: Plan) throws -> RunConditions {
        // Runs from before conditions were kept go on under any.
        guard let recorded = try folder.conditions() else { return fresh }
        let run = folder.name(in: plan)
        let count = threads ?? recorded.threads
        let differences = recorded.differences(from: facts)
        guard !acceptsOthers else {
            let threads = RunConditions.Difference(
                name: "threads", recorded: "\(recorded.threads)", found: "\(count)")
            let all = differences + (count == recorded.threads ? [] : [threads])
            let note =
                all.isEmpty
                ? []
                : [
                    "begun under other conditions, so that its bits cannot be had again: "
                        + all.map(\.description).joined(separator: "; ")
                ]
            return RunConditions(threads: count, facts: facts, notes: recorded.notes + note)
        }
        guard count == recorded.threads else {
            throw PipelineError.otherThreads(run: run, recorded: recorded.threads, given: count)
        }
        guard differences.isEmpty else { throw PipelineError.otherConditions(run: run, differences: differences) }
        return RunConditions(threads: count, facts: facts, notes: recorded.notes)
    }
}
