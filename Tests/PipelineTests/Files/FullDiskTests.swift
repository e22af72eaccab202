// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

/// Needs an empty file system of 96 KiB, which only the superuser can make:
/// `mount -t tmpfs -o size=96k tmpfs FOLDER`, then `PASSERBY_SMALL_DISK=FOLDER swift test`.
private let smallDisk = ProcessInfo.processInfo.environment["PASSERBY_SMALL_DISK"]

@Suite(.enabled(if: smallDisk != nil, "PASSERBY_SMALL_DISK names no small file system"), .serialized)
struct `A run on a full disk` {
    @Test(arguments: 0...23)
    func `says so, and ends with the same figures once there is space`(takenPages: Int) throws {
        let root = URL(fileURLWithPath: try #require(smallDisk)).appendingPathComponent("run")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let filler = root.appendingPathComponent("filler")
        try Data(count: takenPages * 4096).write(to: filler)
        let counting = try Counting()
        let sharing = StageSharing(store: StageStore(logs: root))

        var folder: RunFolder?
        var status = RunResult.Status.running
        do {
            let made = try counting.create(in: root)
            folder = made
            status = try counting.orchestrator(made, sharing: sharing).run().status
        } catch PipelineError.diskFull {
            status = .failed
        }
        #expect(try folder?.result().map { $0.status == .completed } ?? false == (status == .completed))
        try FileManager.default.removeItem(at: filler)

        let found = status == .completed ? folder : try? RunFolder.resumable(in: root, plan: counting.plan)
        let result = try counting.orchestrator(found ?? counting.create(in: root), sharing: sharing).run()
        #expect(result.status == .completed && result.rows.map { $0.figures["mAP"] } == [0.06, 0.09, 0.1])
    }
}
