// SPDX-License-Identifier: MIT

public import Foundation

/// The folder `LOGS/sweeps/NAME/`, which holds everything that is known about one sweep.
public struct SweepFolder: Sendable {
    /// The folder of all runs.
    public let logs: URL
    /// The sweep's name.
    public let name: String

    /// A folder as given; nothing is read.
    public init(of sweep: String, in logs: URL) {
        self.logs = logs
        name = sweep
    }

    /// The folder.
    public var url: URL { logs.appendingPathComponent(experiment) }
    /// What its trials have in common; written last when a sweep is begun.
    public var manifestFile: URL { url.appendingPathComponent("sweep.json") }
    /// The experiment that all trials vary, the sweep's fixed settings among its own; trials run this file.
    public var experimentFile: URL { url.appendingPathComponent("experiment.yaml") }
    /// One operation a line, as Optuna's journal storage has them.
    public var journalFile: URL { url.appendingPathComponent("journal.log") }
    /// What it has come to, as a page.
    public var pageFile: URL { url.appendingPathComponent("sweep.html") }
    /// The process that reads and writes the journal, for the moment that this takes.
    var journalLock: URL { url.appendingPathComponent("journal.lock") }

    private var experiment: String { "sweeps/\(name)" }

    /// What the runs of a trial are filed under.
    public func experiment(of trial: SweepTrial) -> String { "\(experiment)/\(trial.digest)" }

    /// The folder that the runs of a trial lie in.
    public func folder(of trial: SweepTrial) -> URL { url.appendingPathComponent(trial.digest) }

    /// What the processes of a trial say.
    public func messagesFile(of trial: SweepTrial) -> URL { folder(of: trial).appendingPathComponent("messages.txt") }

    /// The process that works on a trial.
    public func lockFile(of trial: SweepTrial) -> URL { folder(of: trial).appendingPathComponent("trial.lock") }
}
