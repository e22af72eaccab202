// SPDX-License-Identifier: MIT

internal import Foundation

/// The processors that this process may use.
public enum Processors {
    /// How many: those that its affinity allows, or fewer where the control group of its job or container gives it less
    /// time than that. Part of one counts as one.
    ///
    /// - Returns: 1 or more, the same for the life of the process.
    public static let available = count(
        status: (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? "", group: .own,
        installed: ProcessInfo.processInfo.processorCount)

    /// - Parameter status: The text of `/proc/self/status`, with a line such as `Cpus_allowed_list: 0-3,8`.
    static func count(status: String, group: ControlGroup, installed: Int) -> Int {
        let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
        let allowed = line.flatMap { line in
            line.split(separator: ":").last.map { countOfRanges($0.filter { !$0.isWhitespace }) }
        }
        return max(1, min(allowed.flatMap { $0 > 0 ? $0 : nil } ?? installed, group.processorQuota ?? .max))
    }

    /// The numbers in a list such as `0-3,8`: five.
    private static func countOfRanges(_ list: String) -> Int {
        list.split(separator: ",").reduce(0) { sum, range in
            let ends = range.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, last >= first else { return sum }
            return sum + last - first + 1
        }
    }
}
