// SPDX-License-Identifier: MIT

public import Foundation
public import Pipeline

/// A sweep in its folder: trials are claimed, told of and ended here, by any number of processes at a time.
public struct Study: Sendable {
    /// What a process that asks for work is to do.
    public enum Claim {
        /// Work on this trial, whose lock is held; it may have been begun before.
        case trial(SweepTrial, ProcessLock)
        /// Others work on all that is left.
        case allTaken
        /// Every trial has ended that there is to be.
        case finished
    }

    public let sweep: Sweep
    public let folder: SweepFolder
    private let journal: SweepJournal

    /// A sweep in its folder below that of all runs; nothing is read or written.
    ///
    /// - Parameter interruption: What ends the wait for other processes.
    public init(
        _ sweep: Sweep, logs: URL, interruption: Interruption = Interruption(), clock: RunClock = .system
    ) {
        self.sweep = sweep
        folder = SweepFolder(of: sweep.name, in: logs)
        journal = SweepJournal(folder, clock: clock, interruption: interruption)
    }

    /// What the journal says now.
    ///
    /// - Throws: ``SweepError/notBegun(sweep:folder:)``, ``SweepError/corruptJournal(path:line:reason:)``.
    public func record() throws -> SweepRecord {
        let record = try journal.record()
        guard record.hasStudy else { throw SweepError.notBegun(sweep: sweep.name, folder: folder.url.path) }
        return record
    }

    // MARK: Its beginning

    /// Makes the folder, or looks whether the trials in it came from the same sweep.
    ///
    /// - Parameters:
    ///   - identity: All that makes trials comparable.
    ///   - experiment: The file that trials run, as YAML.
    /// - Throws: ``SweepError/changed(folder:differences:)``; device errors.
    public func begin(identity: JSONValue, experiment: String) throws {
        try journal.transaction { record, append in
            if DurableFile.lstatSucceeds(folder.manifestFile) {
                let recorded = try JSONFile.read(JSONValue.self, from: folder.manifestFile)
                let differences = recorded.differences(from: identity)
                guard !differences.isEmpty else { return }
                guard record.permits(differences) else {
                    throw SweepError.changed(folder: folder.url.path, differences: differences)
                }
            }
            try DurableFile.replace(folder.experimentFile, with: Data(experiment.utf8))
            if !record.hasStudy {
                _ = try append([.createStudy(name: sweep.name, direction: sweep.objective.direction)])
            }
            try JSONFile.write(identity, to: folder.manifestFile)
        }
    }

    // MARK: Trials

    /// The next trial for whoever asks: one that was begun and that nobody works on, else a new one.
    public func claim() throws -> Claim {
        try journal.transaction { record, append in
            var isTaken = false
            for trial in record.trials where trial.state == .running {
                if let lock = try lock(trial) { return .trial(trial, lock) }
                isTaken = true
            }
            guard hasBudget(after: record), let point = sweep.nextPoint(after: record.trials) else {
                return isTaken ? .allTaken : .finished
            }
            let begun = try append([begin(point.settings.map(\.assignment), at: point.coordinates)])
            guard let trial = begun.trials.last, let lock = try lock(trial) else {
                preconditionFailure("trial \(record.trials.count + 1) was just begun, and is not there or another's")
            }
            return .trial(trial, lock)
        }
    }

    private func begin(_ assignments: [String], at coordinates: [String: Double]) -> JournalOperation {
        let distributions = sweep.space.dimensions.filter { coordinates[$0.key] != nil }.map { ($0.key, $0.distribution) }
        return .createTrial(
            study: 0,
            .init(
                time: journal.now, distributions: Dictionary(distributions) { $1 }, coordinates: coordinates,
                attributes: [
                    Attribute.digest: .string(SweepTrial.digest(of: assignments)),
                    Attribute.assignments: .array(assignments.map { .string($0) }),
                ]))
    }

    /// Begins all trials again that failed, for whoever asks next.
    ///
    /// In the journal each is another with the same settings; here it takes its predecessor's number and folder.
    ///
    /// - Returns: How many there are.
    public func retryFailed() throws -> Int {
        try journal.transaction { record, append in
            let failed = record.trials.filter { $0.state == .failed }
            guard !failed.isEmpty else { return 0 }
            _ = try append(failed.map { begin($0.assignments, at: $0.coordinates) })
            return failed.count
        }
    }

    /// Notes what one of a trial's runs came to.
    public func add(_ replica: SweepTrial.Replica, seconds: Double, to trial: SweepTrial) throws -> SweepTrial {
        try append(
            [
                // The value last: with it the run counts as done.
                .setAttribute(trial: trial.id, name: Attribute.seconds(of: replica.seed), value: .number(seconds)),
                .setAttribute(trial: trial.id, name: Attribute.value(of: replica.seed), value: .number(replica.value)),
            ], to: trial)
    }

    /// Ends a trial by the mean of its replicas, of which there is one at least.
    public func complete(_ trial: SweepTrial) throws -> SweepTrial {
        let values = trial.replicas.map(\.value)
        precondition(!values.isEmpty, "trial \(trial.number) has \(values.count) values")
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation = trial.deviation.map {
            JournalOperation.setAttribute(trial: trial.id, name: Attribute.deviation, value: .number($0))
        }
        let end = JournalOperation.end(trial: trial.id, .complete, value: mean, time: journal.now)
        return try append((deviation.map { [$0] } ?? []) + [end], to: trial)
    }

    /// Notes what a trial's run recorded at an epoch.
    ///
    /// - Returns: What all other trials recorded until now.
    public func report(_ value: Double, at epoch: Int, of trial: SweepTrial) throws -> [[Int: Double]] {
        try journal.transaction { record, append in
            if record.trials.first(where: { $0.id == trial.id })?.reports[epoch] != value {
                _ = try append([.report(trial: trial.id, step: epoch, value: value)])
            }
            return record.trials.filter { $0.id != trial.id }.map(\.reports)
        }
    }

    /// Ends a trial that was given up.
    ///
    /// - Parameters:
    ///   - last: The last value that it recorded; nil for none.
    ///   - seconds: What its run computed until then.
    public func prune(_ trial: SweepTrial, last: Double?, seed: Int, seconds: Double) throws -> SweepTrial {
        try append(
            [
                .setAttribute(trial: trial.id, name: Attribute.seconds(of: seed), value: .number(seconds)),
                .end(trial: trial.id, .pruned, value: last, time: journal.now),
            ], to: trial)
    }

    /// Ends a trial that failed.
    ///
    /// - Parameter reason: Why, for people.
    public func fail(_ trial: SweepTrial, _ reason: String) throws -> SweepTrial {
        try append(
            [
                .setAttribute(trial: trial.id, name: Attribute.error, value: .string(reason)),
                .end(trial: trial.id, .failed, value: nil, time: journal.now),
            ], to: trial)
    }

    /// Appends lines of a trial, all or none of them.
    ///
    /// - Returns: The trial as the journal has it then.
    private func append(_ operations: [JournalOperation], to trial: SweepTrial) throws -> SweepTrial {
        try journal.transaction { _, append in
            guard let changed = try append(operations).trials.first(where: { $0.id == trial.id }) else {
                preconditionFailure("trial \(trial.number) is no longer in the journal")
            }
            return changed
        }
    }

    /// The right to work on a trial; nil where another has it.
    private func lock(_ trial: SweepTrial) throws -> ProcessLock? {
        try DurableFile.makeFolders(folder.folder(of: trial))
        do {
            return try ProcessLock(folder.lockFile(of: trial), now: journal.now)
        } catch PipelineError.locked {
            return nil
        }
    }

    private func hasBudget(after record: SweepRecord) -> Bool {
        record.trials.count < (sweep.budget.trials ?? .max) && !sweep.budget.isSpent(by: record.seconds)
    }
}

extension SweepRecord {
    /// Whether what differs has had no effect yet: there is no trial, or none has ended and only what they are to be ranked
    /// by is another.
    fileprivate func permits(_ differences: [JSONDifference]) -> Bool {
        if trials.isEmpty, !differences.contains(where: { $0.path == "objective.direction" }) { return true }
        return trials.allSatisfy { $0.state == .running && $0.replicas.isEmpty }
            && differences.allSatisfy { ["objective.row", "objective.figure"].contains($0.path) }
    }
}
