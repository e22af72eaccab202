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
    /// What it takes on the device; nil where nobody asked.
    public let size: RunSize?

    /// What is known of a run's folder.
    init(_ folder: RunFolder, experiment: String, measuring: Bool) {
        run = RunName(experiment: experiment, run: folder.run)
        started = RunFolder.began(folder.run)
        size = measuring ? RunSize(of: folder.url) : nil
        let result: RunResult?
        do {
            result = try folder.result()
        } catch {
            (state, seconds, final) = (.unreadable, 0, nil)
            return
        }
        state = result.map { Self.state(of: $0, folder) } ?? .new
        seconds = result?.stages.reduce(0) { $0 + ($1.reused ? 0 : $1.seconds) } ?? 0
        final = result?.final
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

/// The bytes of a run's files.
public struct RunSize: Sendable, Equatable, Encodable {
    /// All of them.
    public let bytes: Int
    /// Those of files that the store or another run holds too, which stay when this run is removed.
    public let shared: Int

    init(of folder: URL) {
        var (all, held) = (0, 0)
        for name in FileManager.default.enumerator(atPath: folder.path)?.compactMap({ $0 as? String }) ?? [] {
            var status = stat()
            let path = folder.appendingPathComponent(name).path
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            all += Int(status.st_size)
            if status.st_nlink > 1 { held += Int(status.st_size) }
        }
        (bytes, shared) = (all, held)
    }
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

    /// One line a run below a line of headings; sizes only where they were asked for.
    public var description: String {
        let hasSize = runs.contains { $0.size != nil }
        let words = ["run", "state", "started"]
        let headings = words + ["took"] + columns.map(\.heading) + (hasSize ? ["size", "shared"] : [])
        return TextTable(
            headings: headings,
            rows: runs.map { run in
                [
                    "\(run.run)", run.state.rawValue, run.started.map(RunFolder.readableTime) ?? "",
                    ProgressLine.duration(run.seconds),
                ] + columns.map { $0.cell(run.final?.figures) }
                    + (hasSize ? [TextTable.bytes(run.size?.bytes), TextTable.bytes(run.size?.shared)] : [])
            }, figures: Set(words.count..<headings.count)
        ).description
    }
}
