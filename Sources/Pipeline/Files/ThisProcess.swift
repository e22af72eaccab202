// SPDX-License-Identifier: MIT

internal import Foundation

/// What tells this process from all others on all machines.
enum ThisProcess {
    /// The machine's own name, without asking the network for it.
    static let host: String = {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// Seconds since the machine's start, those included in which it slept.
    static func secondsSinceBoot() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The count of processes that this one's number belongs to: a container has its own.
    static let namespace = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")

    /// What Linux calls this run of this machine, from its start to its end; all of its containers have the same.
    static let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))
        .map { String($0.prefix { !$0.isNewline }) }

    /// What can be seen of a process of this machine.
    struct Status {
        /// When it began, in clock ticks since boot.
        ///
        /// A process number is given again after its owner is gone; number and start together are not.
        let startTicks: UInt64
        /// Whether all that is left of it is its number, until the one that began it asks how it ended.
        let hasEnded: Bool
    }

    /// The status of a process; nil when there is none of this number, or its owner alone may see it.
    static func status(of pid: Int32) -> Status? {
        // Field 2 is the program's name in parentheses and may hold anything; 3 is the state, 22 the start (proc(5)).
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let nameEnd = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: nameEnd)...].split(separator: " ")
        guard fields.count > 19, let startTicks = UInt64(fields[19]) else { return nil }
        return Status(startTicks: startTicks, hasEnded: ["Z", "X"].contains(fields[0]))
    }

    /// When a process of this machine began, in clock ticks since boot; nil when that cannot be seen.
    static func startTicks(of pid: Int32) -> UInt64? { status(of: pid)?.startTicks }
}
