// SPDX-License-Identifier: MIT

internal import Foundation

/// The limits that a job or container lives under, in both versions of Linux's control groups.
///
/// A group's limit holds for all groups below it, so the least of a path's limits counts.
public struct ControlGroup: Sendable {
    /// Folders of the groups that limit processor time, from this process's own to the outermost.
    private let processorFolders: [String]
    /// The same for memory.
    private let memoryFolders: [String]

    /// That of this process.
    public static let own = ControlGroup(
        groups: (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)) ?? "", mount: "/sys/fs/cgroup")

    /// - Parameters:
    ///   - groups: The text of `/proc/self/cgroup`: lines of `number:controllers:path`.
    ///   - mount: The folder where the groups lie.
    init(groups: String, mount: String) {
        var (processor, memory): ([String], [String]) = ([], [])
        for line in groups.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { continue }
            let controllers = parts[1].split(separator: ",").map(String.init)
            // Version 2 has one tree for all; beside version 1 it may lie in a folder of its own.
            let roots = controllers.isEmpty ? ["", "/unified"] : ["/\(parts[1])"] + controllers.map { "/\($0)" }
            let folders = roots.flatMap { Self.folders(of: parts[2], below: mount + $0) }
            if controllers.isEmpty || controllers.contains("cpu") { processor += folders }
            if controllers.isEmpty || controllers.contains("memory") { memory += folders }
        }
        (processorFolders, memoryFolders) = (processor, memory)
    }

    /// A group's folder and those above it. In a container the path may be one that only the host knows; then the mount
    /// itself is the group.
    private static func folders(of path: String, below root: String) -> [String] {
        var parts = path.split(separator: "/")
        var folders = [root]
        while !parts.isEmpty {
            folders.append(root + "/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return folders
    }

    /// Processors whose time the quota comes to, rounded up; nil where there is no quota.
    public var processorQuota: Int? {
        processorFolders.compactMap { folder -> Double? in
            if let text = Self.text("\(folder)/cpu.max") {
                let parts = text.split(separator: " ").map { Double($0) }
                guard parts.count == 2, let quota = parts[0], let period = parts[1], period > 0 else { return nil }
                return quota / period
            }
            guard let quota = Self.number("\(folder)/cpu.cfs_quota_us"), quota > 0,
                let period = Self.number("\(folder)/cpu.cfs_period_us"), period > 0
            else { return nil }
            return Double(quota) / Double(period)
        }.min().map { max(1, Int($0.rounded(.up))) }
    }

    /// Bytes that the limit leaves; nil where there is no limit.
    public var freeMemory: Int? {
        memoryFolders.compactMap { folder -> Int? in
            let limit = Self.number("\(folder)/memory.max") ?? Self.number("\(folder)/memory.limit_in_bytes")
            let used = Self.number("\(folder)/memory.current") ?? Self.number("\(folder)/memory.usage_in_bytes")
            // Version 1 says "no limit" with the largest number of whole pages.
            guard let limit, let used, limit < Int.max / 2 else { return nil }
            return max(0, limit - used + Self.filesThatCanGo(folder))
        }.min()
    }

    /// Bytes of files that are kept in memory and count as used, though the kernel drops them when it needs room.
    private static func filesThatCanGo(_ folder: String) -> Int {
        let lines = text("\(folder)/memory.stat")?.split(separator: "\n") ?? []
        // Version 1 has the sum over the groups below under a name of its own.
        let sums = ["total_inactive_file ", "inactive_file "].compactMap { name in
            lines.first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) }
        }
        return sums.first ?? 0
    }

    private static func text(_ path: String) -> String? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }
}
