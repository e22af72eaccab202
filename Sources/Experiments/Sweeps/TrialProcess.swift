// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline
internal import Sweeps

/// The processes that run a sweep's trials.
struct TrialProcess: Sendable {
    let folder: SweepFolder
    let threads: Int
    /// Whether runs may go on under other conditions than they began with.
    let acceptsOtherMachine: Bool
    let interruption: Interruption
    /// What CUDA calls the one card that a trial may use; nil for any.
    var card: String?

    /// Runs a trial with one seed to its end, from where an earlier process left it.
    ///
    /// - Parameters:
    ///   - settings: Assignments of a command line.
    ///   - isEnough: Asked again and again whether the trial is to be given up.
    /// - Returns: Whether it was not.
    /// - Throws: ``ChildRunError``; `Interrupted` once the process has kept its state after a request to stop.
    func run(_ trial: SweepTrial, _ settings: [String], isEnough: () throws -> Bool) throws -> Bool {
        let messages = try AppendFile(folder.messagesFile(of: trial))
        try messages.append(Data("# \(settings.joined(separator: " "))\n".utf8))
        let errors = try FileHandle(forWritingTo: folder.messagesFile(of: trial))
        try errors.seekToEnd()
        // Numbered as the driver numbers them, not by speed.
        let environment = card.map { ["CUDA_VISIBLE_DEVICES": $0, "CUDA_DEVICE_ORDER": "PCI_BUS_ID"] } ?? [:]
        return try TrialCommand(
            words: [folder.experimentFile.path] + settings, name: folder.experiment(of: trial), logs: folder.logs,
            threads: threads, acceptsOtherMachine: acceptsOtherMachine
        ).run(messages: errors, environment: environment, interruption, isEnough: isEnough)
    }

    /// What the last process of a trial said of its end; nil where it said nothing.
    func lastWords(of trial: SweepTrial) -> String? {
        guard let data = try? Data(contentsOf: folder.messagesFile(of: trial)) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        let own = lines.suffix(from: lines.lastIndex { $0.hasPrefix("# ") } ?? lines.startIndex)
        guard let first = own.lastIndex(where: { $0.hasPrefix(Self.mark) }) else { return nil }
        return own[first...].prefix(Self.shownLines).joined(separator: "\n").dropFirst(Self.mark.count).description
    }

    private static let mark = "error: "
    private static let shownLines = 10
}
