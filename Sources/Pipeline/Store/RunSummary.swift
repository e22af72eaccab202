// SPDX-License-Identifier: MIT

internal import Foundation

/// What a list of runs says of one.
public struct RunSummary: Sendable, Equatable, Encodable {
    /// Where a run stands.
    public enum State: String, Sendable, Encodable {
        /// It has not begun its first stage.
        case new
        case running, completed, stopped, interrupted, failed
        /// Its process is gone without having said so.
        case killed
        /// Its `result.json` cannot be understood.
        case unreadable
    }

    /// Its name.
    public let run: RunName
    /// Where it stands.
    public let state: State
    /// When it began, in seconds since 1970; nil where its name does not say.
    public let started: Double?
    /// Seconds that its own stages took, reused ones not counted.
    public let seconds: Double
    /// The figures after its last stage.
    public let final: RunResult.Final?
    /// Its seed, and the values that replaced those of its experiment's file; nil and empty where its result does not say.
    public let seed: UInt64?
    public let overrides: [String]
    /// What it takes on the device; nil where nobody asked.
    public let size: RunSize?
    /// What it is at; nil where it is not running.
    public let progress: RunProgress?

    /// What is known of a run's folder.
    ///
    /// - Parameter store: Where stages lie that runs share, to count its files; nil to leave that.
    init(_ folder: RunFolder, experiment: String, measuring store: StageStore?) {
        run = RunName(experiment: experiment, run: folder.run)
        started = RunFolder.began(folder.run)
        size = store.map { RunSize(of: folder, beside: $0) }
        let result: RunResult?
        do {
            result = try folder.result()
        } catch {
            (state, seconds, final, seed, overrides, progress) = (.unreadable, 0, nil, nil, [], nil)
            return
        }
        state = result.map { Self.state(of: $0, folder) } ?? .new
        progress = state == .running ? folder.progress : nil
        seconds = result?.stages.reduce(0) { $0 + ($1.reused ? 0 : $1.seconds) } ?? 0
        final = result?.final
        seed = result?.provenance?.seed
        overrides = result?.provenance?.request.overrides ?? []
    }

    private static func state(of result: RunResult, _ folder: RunFolder) -> State {
        switch result.status {
        case .completed: .completed
        case .stopped: .stopped
        case .interrupted: .interrupted
        case .failed: .failed
        // Written by a process that wanted to go on: only its lock says whether it still does.
        case .running: ProcessLock.liveHolder(in: folder.lockFile) == nil ? .killed : .running
        }
    }
}

extension RunSummary {
    /// The values that replaced the file's, without the seed, which has a column of its own.
    fileprivate var settings: String { overrides.filter { !$0.hasPrefix("seed=") }.joined(separator: " ") }
}

/// Runs as aligned text, newest first.
public struct RunTable: CustomStringConvertible {
    private let runs: [RunSummary]
    private let columns: [FigureColumn]

    /// A table of these runs and of these of their last figures, in their order.
    public init(_ runs: [RunSummary], columns: [FigureColumn]) {
        self.runs = runs
        self.columns = columns
    }

    /// One line a run below a line of headings; sizes only where they were asked for, seeds and settings where any run says
    /// so, and what they are at where any is running.
    public var description: String {
        let hasSize = runs.contains { $0.size != nil }
        let hasSeed = runs.contains { $0.seed != nil }
        let isAtWork = runs.contains { $0.progress != nil }
        let words = ["run", "state", "started"]
        let figures = ["took"] + columns.map(\.heading) + (hasSize ? ["size", "frees"] : [])
        let headings = words + figures + (hasSeed ? ["seed", "settings"] : []) + (isAtWork ? ["now"] : [])
        return TextTable(
            headings: headings,
            rows: runs.map { run in
                [
                    "\(run.run)", run.state.rawValue, run.started.map(RunFolder.readableTime) ?? "",
                    ProgressLine.duration(run.seconds),
                ] + columns.map { $0.cell(run.final?.figures) }
                    + (hasSize ? [TextTable.bytes(run.size?.bytes), TextTable.bytes(run.size?.freed)] : [])
                    + (hasSeed ? [run.seed.map { "\($0)" } ?? "", run.settings] : [])
                    + (isAtWork ? [run.progress?.text ?? ""] : [])
            }, figures: Set(words.count..<(words.count + figures.count + (hasSeed ? 1 : 0)))
        ).description
    }
}
