// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Machine

/// A made-up tree of control groups.
private struct Tree: ~Copyable {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent("cgroup-\(UUID().uuidString)")

    init(_ files: [String: String]) throws {
        for (path, text) in files {
            let file = root.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func group(_ groups: String) -> ControlGroup { ControlGroup(groups: groups, mount: root.path) }
}

@Suite struct `The processors of a process` {
    private static let none = ControlGroup(groups: "", mount: "/nowhere")

    @Test(arguments: [
        ("Name:\tpasserby\nCpus_allowed_list:\t0-3,8\n", 5), ("Cpus_allowed_list:\t1\n", 1),
        ("Cpus_allowed_list:\t0-1,4-5,127\n", 5),
    ])
    func `are those that its affinity allows`(status: String, count: Int) {
        #expect(Processors.count(status: status, group: Self.none, installed: 128) == count)
    }

    @Test func `are all that are installed where nobody says otherwise`() {
        #expect(Processors.count(status: "", group: Self.none, installed: 6) == 6)
        #expect(Processors.count(status: "Cpus_allowed_list:\tx\n", group: Self.none, installed: 6) == 6)
    }

    @Test func `are no more than the quota of its group, part of one being one`() throws {
        // 150 ms of processor time in every 100 ms.
        let tree = try Tree(["job/cpu.max": "150000 100000\n"])
        let status = "Cpus_allowed_list:\t0-7\n"
        #expect(Processors.count(status: status, group: tree.group("0::/job\n"), installed: 8) == 2)
        let small = try Tree(["job/cpu.max": "20000 100000\n"])
        #expect(Processors.count(status: status, group: small.group("0::/job\n"), installed: 8) == 1)
    }

    @Test func `are at least one here`() {
        #expect(Processors.available >= 1)
    }
}

@Suite struct `A control group` {
    @Test func `has the least of the quotas on its path`() throws {
        let tree = try Tree([
            "outer/cpu.max": "200000 100000\n", "outer/job/cpu.max": "max 100000\n", "other/cpu.max": "10000 100000\n",
        ])
        #expect(tree.group("0::/outer/job\n").processorQuota == 2)
        #expect(tree.group("0::/outer/job/step\n").processorQuota == 2)
    }

    @Test func `has none where no group says so`() throws {
        let tree = try Tree(["cpu.max": "max 100000\n", "memory.max": "max\n", "memory.current": "5\n"])
        #expect(tree.group("0::/\n").processorQuota == nil)
        #expect(tree.group("0::/\n").freeMemory == nil)
    }

    @Test func `is the mount itself where a container sees only that`() throws {
        let tree = try Tree(["cpu.max": "300000 100000\n"])
        #expect(tree.group("0::/what/only/the/host/knows\n").processorQuota == 3)
    }

    @Test func `is read in the first version too`() throws {
        let tree = try Tree([
            "cpu,cpuacct/job/cpu.cfs_quota_us": "250000\n", "cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
            "memory/job/memory.limit_in_bytes": "1000\n", "memory/job/memory.usage_in_bytes": "700\n",
            "memory/job/memory.stat": "cache 300\ninactive_file 5\ntotal_inactive_file 200\n",
        ])
        let group = tree.group("4:memory:/job\n3:cpu,cpuacct:/job\n")
        #expect(group.processorQuota == 3)
        // 1000 − 700, and 200 of files that can go.
        #expect(group.freeMemory == 500)
    }

    @Test func `of the first version without a quota has none`() throws {
        let tree = try Tree([
            "cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n",
            "memory/memory.limit_in_bytes": "9223372036854771712\n", "memory/memory.usage_in_bytes": "700\n",
        ])
        let group = tree.group("4:memory:/\n3:cpu:/\n")
        #expect(group.processorQuota == nil)
        #expect(group.freeMemory == nil)
    }

    @Test func `leaves of its memory what is not used or can go`() throws {
        let tree = try Tree([
            "job/memory.max": "1000\n", "job/memory.current": "1200\n", "job/memory.stat": "anon 900\ninactive_file 300\n",
        ])
        #expect(tree.group("0::/job\n").freeMemory == 100)
    }
}
