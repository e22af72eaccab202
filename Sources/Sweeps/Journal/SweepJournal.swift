// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

/// The state of a sweep: a file that only grows, one operation a line, in the format of Optuna's journal storage, so that
/// Optuna's programs can open it.
///
/// Whoever works on the sweep reads and appends under a lock, for the moment that this takes: processes and threads of any
/// number of machines that see the folder. A line that a killed process has left without its end counts for nothing, and the
/// next to write cuts it off.
public struct SweepJournal: Sendable {
    let folder: SweepFolder
    private let clock: RunClock
    private let interruption: Interruption
    private let worker: String

    /// - Parameter interruption: What ends the wait for others.
    init(_ folder: SweepFolder, clock: RunClock = .system, interruption: Interruption = Interruption()) {
        self.folder = folder
        self.clock = clock
        self.interruption = interruption
        worker = UUID().uuidString
    }

    /// Now, for what is written down.
    var now: Double { clock.now() }

    /// What the journal says now; nothing where there is none.
    ///
    /// - Throws: ``SweepError/corruptJournal(path:line:reason:)``.
    func record() throws -> SweepRecord { try SweepRecord(operations(of: text())) }

    /// Reads and appends while nobody else does.
    ///
    /// - Parameter body: Handed what the journal says, and a way to append lines, whole and flushed when it returns, which
    ///   answers what the journal says then.
    /// - Throws: ``SweepError/corruptJournal(path:line:reason:)``; device errors; what `body` throws; `Interrupted`.
    func transaction<Result>(
        _ body: (_ record: SweepRecord, _ append: ([JournalOperation]) throws -> SweepRecord) throws -> Result
    ) throws -> Result {
        try DurableFile.makeFolders(folder.url)
        let lock = try self.lock()
        defer { withExtendedLifetime(lock) {} }
        let text = try self.text()
        let whole = wholeLines(of: text)
        var isTorn = whole.count < text.count
        var record = try SweepRecord(operations(of: text))
        return try body(record) { added in
            let lines = added.map { $0.json(by: worker).canonicalText + "\n" }.joined()
            let file = try AppendFile(folder.journalFile)
            if isTorn { try file.truncate(to: whole.count) }
            isTorn = false
            try file.append(Data(lines.utf8))
            try file.synchronise()
            record.apply(added)
            return record
        }
    }

    /// Seconds between two looks at a lock that another has.
    private static let patience = 0.02

    private func lock() throws -> ProcessLock {
        while true {
            do {
                return try ProcessLock(folder.journalLock, now: clock.now())
            } catch PipelineError.locked {
                try interruption.check()
                clock.sleep(Self.patience)
            }
        }
    }

    private func text() throws -> Data {
        guard DurableFile.lstatSucceeds(folder.journalFile) else { return Data() }
        return try DurableFile.contents(of: folder.journalFile)
    }

    private func wholeLines(of text: Data) -> Data {
        text.prefix(through: text.lastIndex(of: UInt8(ascii: "\n")) ?? text.startIndex - 1)
    }

    private func operations(of text: Data) throws -> [JournalOperation] {
        try wholeLines(of: text).split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
            guard let value = try? JSONValue(text: String(decoding: line, as: UTF8.self)) else {
                throw corrupt(line: index + 1, "not JSON")
            }
            guard let operation = JournalOperation(value) else {
                throw corrupt(line: index + 1, "no operation of a journal")
            }
            return operation
        }
    }

    private func corrupt(line: Int, _ reason: String) -> SweepError {
        .corruptJournal(path: folder.journalFile.path, line: line, reason: reason)
    }
}
