// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A run folder` {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
    }

    /// 2026-01-31 09:45:00 UTC.
    static let now = 1_769_852_700.0

    /// Gives the same words again and again, one of them twice in a row.
    struct Repeating: RandomNumberGenerator {
        var calls = 0
        mutating func next() -> UInt64 {
            calls += 1
            return calls <= 2 ? 0x00AB_00AB_00AB_00AB : 0x1234_1234_1234_1234
        }
    }

    @Test func `is named by its moment, under its experiment`() throws {
        #expect(RunFolder.timestamp(Self.now + 0.25) == "20260131-094500.250")
        let folder = try Counting(experiment: "visda/base").create(in: scratch.url, now: Self.now)
        #expect(folder.run.hasPrefix("20260131-094500.000-") && folder.run.count == 24)
        #expect(folder.url.path == scratch.url.path + "/visda/base/" + folder.run)
        #expect(names(in: folder.url) == ["experiment.yaml", "plan.json"])
        #expect(try text(folder.experimentFile) == "seed: 1\n")
        #expect(try folder.plan() == Counting(experiment: "visda/base").plan)
        #expect(try folder.result() == nil)
    }

    @Test func `takes another name where its own is taken`() throws {
        let plan = try Counting().plan
        var generator = Repeating()
        let runs = try (0..<2).map { _ in
            try RunFolder.create(
                in: scratch.url, plan: plan, experiment: "", now: Self.now, using: &generator)
        }
        #expect(runs.map(\.run) == ["20260131-094500.000-00ab", "20260131-094500.000-1234"])
    }

    @Test func `cannot be made where a file is in the way`() throws {
        let logs = scratch.url.appendingPathComponent("logs")
        try Data().write(to: logs)
        let error = #expect(throws: PipelineError.self) { try Counting().create(in: logs) }
        #expect(
            error?.description == """
                \(logs.path)/count: cannot create a run folder: Not a directory. \
                Name a writable folder with --logs
                """)
    }

    @Test(arguments: [
        (ENOSPC, PipelineError.diskFull(path: "/x")), (EDQUOT, .diskFull(path: "/x")),
        (EROFS, .readOnly(path: "/x")), (EACCES, .readOnly(path: "/x")),
        (EIO, .inputOutput(operation: "write", path: "/x", reason: "Input/output error")),
    ])
    func `names what the system refuses`(code: Int32, error: PipelineError) {
        #expect(DurableFile.failure("write", "/x", code: code) == error)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func `says so when the disk is full`() throws {
        let file = try AppendFile(URL(fileURLWithPath: "/dev/full"))
        let error = #expect(throws: PipelineError.self) { try file.append(Data("x".utf8)) }
        #expect(
            error?.description
                == "/dev/full: no space left on the device. Free some and continue with --resume")
    }

    @Test(
        arguments: [
            (CocoaError.Code.fileWriteOutOfSpace, PipelineError.diskFull(path: "/x")),
            (.fileWriteVolumeReadOnly, .readOnly(path: "/x")), (.fileWriteNoPermission, .readOnly(path: "/x")),
            (.fileNoSuchFile, nil),
        ] as [(CocoaError.Code, PipelineError?)])
    func `knows what Foundation calls the same`(code: CocoaError.Code, error: PipelineError?) {
        let cause = CocoaError(code, userInfo: [NSFilePathErrorKey: "/x"])
        #expect(PipelineError(cause: cause) == error)
        #expect(PipelineError(cause: Killed()) == nil)
    }
}
