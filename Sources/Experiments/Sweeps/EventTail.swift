// SPDX-License-Identifier: MIT

internal import Foundation
internal import Pipeline

/// The end of a run's `events.jsonl`, as it grows.
struct EventTail {
    private let url: URL
    private var offset: UInt64 = 0

    init(_ url: URL) {
        self.url = url
    }

    /// What was recorded since the last call, whole lines only; nothing while there is no file.
    ///
    /// A run that goes on may cut off a torn line at its end, which was not read.
    mutating func next() -> [Event] {
        guard let file = try? FileHandle(forReadingFrom: url) else { return [] }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: offset)) != nil, let data = try? file.readToEnd(),
            let end = data.lastIndex(of: UInt8(ascii: "\n"))
        else { return [] }
        let whole = data[...end]
        offset += UInt64(whole.count)
        // A line that is no event is the run's own trouble.
        return whole.split(separator: UInt8(ascii: "\n")).compactMap { line in
            try? JSONFile.decoder().decode(Event.self, from: Data(line))
        }
    }
}
