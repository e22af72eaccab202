// SPDX-License-Identifier: MIT

internal import Pipeline

/// What a journal says, all of its lines taken together.
public struct SweepRecord: Sendable, Equatable {
    /// All trials that were ever begun, in that order; one that failed and was begun again counts once.
    public private(set) var trials: [SweepTrial] = []
    private(set) var hasStudy = false
    /// Trials of the whole journal: other programs may have added studies of their own.
    private var idCount = 0

    /// What the lines say; of a trial that ended, later ones count for nothing.
    init(_ operations: [JournalOperation]) {
        apply(operations)
    }

    /// Takes further lines into account.
    mutating func apply(_ operations: [JournalOperation]) {
        for operation in operations { apply(operation) }
    }

    private mutating func apply(_ operation: JournalOperation) {
        switch operation {
        case .createStudy: hasStudy = true
        case .createTrial(let study, let created):
            defer { idCount += 1 }
            // One without these was added by another program.
            guard study == 0, let digest = created.attributes[Attribute.digest]?.text,
                let assignments = created.attributes[Attribute.assignments]?.items?.compactMap(\.text)
            else { return }
            let again = trials.firstIndex { $0.digest == digest && $0.state == .failed }
            let trial = SweepTrial(
                number: again ?? trials.count, id: idCount, digest: digest, assignments: assignments,
                coordinates: created.coordinates)
            if let again { trials[again] = trial } else { trials.append(trial) }
        case .setAttribute(let trial, let name, let value):
            change(trial) { Attribute.set(name, value, of: &$0) }
        case .report(let trial, let step, let value): change(trial) { $0.reports[step] = value }
        // Of a trial that was given up the value is its last, and ranks it nowhere.
        case .end(let trial, let state, let value, _):
            change(trial) { ($0.state, $0.value) = (state, state == .complete ? value : nil) }
        case .foreign: break
        }
    }

    private mutating func change(_ id: Int, _ body: (inout SweepTrial) -> Void) {
        guard let row = trials.firstIndex(where: { $0.id == id }), trials[row].state == .running else { return }
        body(&trials[row])
    }

    /// Seconds that all trials computed.
    public var seconds: Double { trials.reduce(0) { $0 + $1.seconds } }

    /// The complete trials, the best first, of equals the earlier.
    public func ranking(by objective: Objective) -> [SweepTrial] { trials.ranked(by: objective) }
}

extension [SweepTrial] {
    /// The complete ones, the best first, of equals the earlier.
    func ranked(by objective: Objective) -> [SweepTrial] {
        filter { $0.state == .complete && $0.value != nil }.sorted { left, right in
            guard let a = left.value, let b = right.value, a != b else { return left.number < right.number }
            return objective.prefers(a, to: b)
        }
    }
}

/// Names under which a journal holds what Optuna has no place for.
enum Attribute {
    static let digest = "digest"
    static let assignments = "overrides"
    static let error = "error"
    static let deviation = "deviation"
    private static let replica = "seed "
    private static let time = "seconds "

    /// The name of a replica's value.
    static func value(of seed: Int) -> String { replica + "\(seed)" }

    /// The name of the seconds that a replica took.
    static func seconds(of seed: Int) -> String { time + "\(seed)" }

    static func set(_ name: String, _ value: JSONValue, of trial: inout SweepTrial) {
        if name == error { trial.error = value.text }
        guard let value = value.double else { return }
        if let seed = seed(of: name, after: time) { trial.secondsBySeed[seed] = value }
        if let seed = seed(of: name, after: replica) {
            trial.replicas.removeAll { $0.seed == seed }
            trial.replicas.append(SweepTrial.Replica(seed: seed, value: value))
        }
    }

    private static func seed(of name: String, after prefix: String) -> Int? {
        name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
    }
}
