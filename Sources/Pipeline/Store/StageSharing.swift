// SPDX-License-Identifier: MIT

internal import Foundation

/// How a run shares its stages with other runs.
public struct StageSharing: Sendable {
    /// What a run does when another process computes the same stage.
    public enum WhenBusy: Sendable {
        /// Waits, and then takes the result.
        case wait
        /// Ends with ``PipelineError/locked(path:holder:)``.
        case leave
    }

    /// Where the stages are.
    public let store: StageStore
    /// Whether the run takes nothing from the store; it puts its own there all the same, in the place of others.
    public let isFresh: Bool
    /// What the run does when another process computes the same stage.
    public let whenBusy: WhenBusy

    /// A way of sharing.
    public init(store: StageStore, isFresh: Bool = false, whenBusy: WhenBusy = .wait) {
        self.store = store
        self.isFresh = isFresh
        self.whenBusy = whenBusy
    }
}

/// The sharing of one stage of a running run.
struct SharedStage {
    /// Seconds between two looks at a stage that another process works on.
    static let pollInterval = 1.0

    let sharing: StageSharing
    let stage: StageFolder
    let run: RunName
    let log: URL
    let events: EventSink
    let progress: ProgressReporter
    let clock: RunClock

    /// The stage's result from the store, or nil when it has to be computed.
    ///
    /// An entry whose files are not those of its manifest is reported and removed.
    ///
    /// - Throws: ``PipelineError/diskFull(path:)``, which working the stage out would meet too. Any other trouble
    ///   is reported, and the stage has to be computed.
    func reuse() throws -> StageManifest? {
        guard !sharing.isFresh else { return nil }
        do {
            return try stage.adopt(sharing.store.entry(stage.plan, stage.key)) { recorded in
                try events.adopt(recorded, as: stage.plan.name)
            }
        } catch PipelineError.diskFull(let path) {
            throw PipelineError.diskFull(path: path)
        } catch let error as PipelineError {
            guard case .corruptManifest = error else {
                progress.warn("cannot reuse a stored result: \(error)")
                return nil
            }
            progress.warn("\(error); removing it from the store and running the stage")
            // One that stays is found again, and reported again.
            try? sharing.store.remove(stage.key)
            return nil
        }
    }

    /// Puts the result into the store; a run does not fail where that does.
    func publish() {
        do {
            try sharing.store.publish(stage, log: log, replacing: sharing.isFresh)
        } catch {
            progress.warn("other runs cannot reuse this stage: \(error)")
        }
    }

    /// The right to work the stage out, once no other process has it; nil where the store cannot be written to,
    /// when all that can happen is that two do the same work.
    ///
    /// - Throws: ``PipelineError/locked(path:holder:)`` when the run is to leave; ``Interrupted``.
    func lock(_ interruption: Interruption) throws -> ProcessLock? {
        let file = sharing.store.lockFile(of: stage.key)
        var told: LockHolder?
        while true {
            do {
                try DurableFile.makeFolders(sharing.store.folder)
                return try ProcessLock(file, run: run, now: clock.now())
            } catch PipelineError.locked(let path, let holder) {
                guard sharing.whenBusy == .wait else { throw PipelineError.locked(path: path, holder: holder) }
                if told != holder { progress.warn("\(holder) works on the same stage; waiting for it") }
                told = holder
                try interruption.check()
                clock.sleep(Self.pollInterval)
            } catch let error as PipelineError {
                progress.warn("other runs cannot see that this stage is being worked on: \(error)")
                return nil
            }
        }
    }
}
