// SPDX-License-Identifier: MIT

internal import Foundation

/// The event files of one run, open for one session.
final class EventSink {
    private let folder: RunFolder
    private let clock: RunClock
    private let lines: AppendFile
    private let encoder = JSONFile.encoder()
    /// The run's settings by name.
    private let settings: [String: JSONValue]
    private var board: TensorBoardWriter?

    /// Opens `events.jsonl` at its end, without the torn line that a killed process may have left there.
    init(folder: RunFolder, clock: RunClock, settings: [String: JSONValue] = [:]) throws {
        self.folder = folder
        self.settings = settings
        self.clock = clock
        lines = try AppendFile(folder.eventsFile)
        let data = (try? Data(contentsOf: folder.eventsFile, options: .mappedIfSafe)) ?? Data()
        let wholeCount = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        if wholeCount < data.count { try lines.truncate(to: wholeCount) }
    }

    func record(stage: String, epoch: Int, step: Int?, name: String, value: Double) throws {
        let time = (clock.now() * 1000).rounded() / 1000
        try append([Event(time: time, stage: stage, epoch: epoch, step: step, name: name, value: value)])
    }

    /// Adds what another run recorded of a stage, under the name that the stage has here, and the pictures that came along.
    func adopt(_ events: [Event], as stage: String) throws {
        try append(
            events.map { event in
                Event(
                    time: event.time, stage: stage, epoch: event.epoch, step: event.step, name: event.name,
                    value: event.value)
            })
        for (picture, file) in SamplePicture.all(in: folder.samples(of: stage)) {
            try show(file, stage: stage, name: picture.name, epoch: picture.epoch)
        }
    }

    func show(_ picture: [UInt8], stage: String, name: String, epoch: Int) throws {
        try openBoard().write(.picture(picture), tag: "\(stage)/\(name)", step: epoch, time: clock.now())
    }

    private func append(_ events: [Event]) throws {
        var text = Data()
        do {
            for event in events { text += try encoder.encode(event) + Data("\n".utf8) }
        } catch {
            throw PipelineError.cannotEncode(path: lines.path, reason: "\(error)")
        }
        guard !text.isEmpty else { return }
        try lines.append(text)
        let board = try openBoard()
        for event in events { try board.write(event) }
    }

    /// Made with the first value: a session that records nothing leaves no empty file.
    private func openBoard() throws -> TensorBoardWriter {
        if let board { return board }
        let time = clock.now()
        let new = try TensorBoardWriter(folder: folder.url, time: time)
        if !settings.isEmpty {
            try new.write(.settings(settings, began: time), tag: TensorBoardSummary.settingsTag, time: time)
        }
        board = new
        return new
    }

    func synchronise() throws {
        try lines.synchronise()
    }

    // MARK: Restarts

    /// Has TensorBoard drop what is recorded anew. It drops everything of a step and those after it, whatever its tag, so
    /// what stays true is written once more.
    func restart(stage: String, part: String, epoch: Int, step: Int) throws {
        // A log that cannot be read costs curves that are drawn twice, not the run.
        guard let events = try? Event.read(from: folder.eventsFile) else { return }
        let (kept, dropped) = Self.split(events, stage, prefix: part.isEmpty ? "" : "\(part)/")
        let first = dropped.map(\.boardStep).min() ?? .max
        let cut = min(first, step > 0 ? epoch + 1 : epoch)
        let board = try openBoard()
        try board.restart(at: cut, time: clock.now())
        for event in kept where event.boardStep >= cut { try board.write(event) }
        let stages = (try? DurableFile.names(in: folder.stageFolder(""))) ?? []
        for other in stages.sorted() {
            for (picture, file) in SamplePicture.all(in: folder.samples(of: other))
            where picture.epoch >= cut && (other != stage || picture.epoch < epoch) {
                try show(file, stage: other, name: picture.name, epoch: picture.epoch)
            }
        }
    }

    /// What was recorded, each value once as it was last, without what a training recorded after its last state was kept;
    /// and that. Every state is recorded once it is kept.
    private static func split(_ events: [Event], _ stage: String, prefix: String) -> (kept: [Event], dropped: [Event]) {
        let isOwn = { (event: Event) in event.stage == stage && event.name.hasPrefix(prefix) }
        let end = events.lastIndex { isOwn($0) && $0.name.hasPrefix(prefix + "checkpoint/") } ?? -1
        var (kept, dropped) = ([Event](), [Event]())
        var places: [String: Int] = [:]
        for (index, event) in events.enumerated() {
            if index > end, isOwn(event) {
                dropped.append(event)
                continue
            }
            let place = "\(event.boardStep) \(event.stage)/\(event.name)"
            if let earlier = places[place] {
                kept[earlier] = event
            } else {
                places[place] = kept.count
                kept.append(event)
            }
        }
        return (kept, dropped)
    }

    // MARK: Results

    /// Shows what a run came to that has ended, well or not.
    func end(_ result: RunResult) throws {
        let (board, time) = (try openBoard(), clock.now())
        for row in result.rows {
            for (name, value) in row.figures.sorted(by: { $0.key < $1.key }) {
                try board.write(.scalar(Float(value)), tag: "result/\(row.name)/\(name)", time: time)
            }
        }
        if !result.rows.isEmpty { try board.write(.text(result.rows.markdown), tag: "result", time: time) }
        guard !settings.isEmpty else { return }
        try board.write(
            .end(isSuccess: result.status != .failed, time: time), tag: TensorBoardSummary.endTag, time: time)
    }
}

extension Event {
    /// Where it lies on TensorBoard's axis.
    fileprivate var boardStep: Int { step ?? epoch }
}

extension TensorBoardWriter {
    fileprivate func write(_ event: Event) throws {
        try write(
            tag: "\(event.stage)/\(event.name)", step: event.boardStep, value: Float(event.value), time: event.time)
    }
}

extension [ResultRow] {
    /// Every row with every figure that any of them has.
    fileprivate var markdown: String {
        let names = Set(flatMap(\.figures.keys)).sorted()
        let columns = names.map { name in FigureColumn(name, heading: name) { String(format: "%.4g", $0) } }
        return TextGrid(
            headings: ["row"] + names, rows: map { row in [row.name] + columns.map { $0.cell(row.figures) } }, words: 1
        ).text(.markdown)
    }
}
