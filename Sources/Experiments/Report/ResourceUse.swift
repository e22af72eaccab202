// SPDX-License-Identifier: MIT

internal import Foundation
internal import Glibc
internal import Tensor

/// What this process takes of the machine, told with every epoch.
struct ResourceUse {
    /// A figure that is recorded.
    enum Figure: String, CaseIterable {
        /// Bytes in memory.
        case memory = "memory/bytes"
        /// Processors that were busy with this process, on average since the last look.
        case processors
        /// The most bytes that it has had on its card.
        case card = "card/bytes"

        var eventName: String { ResourceUse.prefix + rawValue }

        var title: String {
            switch self {
            case .memory: "memory, GiB"
            case .processors: "busy processors"
            case .card: "peak of the card's memory, GiB"
            }
        }

        /// By what a value is divided.
        var unit: Double { self == .processors ? 1 : 1_073_741_824 }
    }

    static let prefix = "use/"

    private var last: (time: Double, busy: Double)

    init() { last = (ProcessInfo.processInfo.systemUptime, Self.processorSeconds()) }

    /// What is known now. A card has to have been asked for by name.
    mutating func figures() -> [(figure: Figure, value: Double)] {
        let now = (time: ProcessInfo.processInfo.systemUptime, busy: Self.processorSeconds())
        var found: [(Figure, Double)] = []
        if let memory = residentMemory() { found.append((.memory, Double(memory))) }
        if now.time > last.time { found.append((.processors, (now.busy - last.busy) / (now.time - last.time))) }
        // A card that does not say costs a figure, not the training.
        if let card = try? Engine.peakCardBytes() { found.append((.card, Double(card))) }
        last = now
        return found
    }

    /// Seconds that all threads of this process were at work, for themselves and in the system.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
