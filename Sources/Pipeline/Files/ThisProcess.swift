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

    /// When a process of this machine began, in clock ticks since boot; nil when there is no such process.
    ///
    /// A process number is given again after its owner is gone; number and start together are not.
    static func startTicks(of pid: Int32) -> UInt64? {
        // Field 2 is the program's name in parentheses and may hold anything; 22 is the start (proc(5)).
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let nameEnd = status.lastIndex(of: ")")
        else { return nil }
        let fields = status[status.index(after: nameEnd)...].split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }
}
