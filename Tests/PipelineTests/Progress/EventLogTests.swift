// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `A log of events` {
    let scratch: Scratch
    let time = ManualTime()
    let folder: RunFolder

    init() throws {
        scratch = try Scratch()
        folder = RunFolder(url: scratch.url)
    }

    func log() throws -> EventLog {
        EventLog(stage: "adapt", sink: try EventSink(folder: folder, clock: time.clock))
    }

    @Test func `is one object a line`() throws {
        let log = try log()
        time.seconds = 0.5
        try log.record(epoch: 1, step: 20, name: "loss", value: 1.25)
        try log.record(epoch: 1, name: "mAP", value: .nan)
        #expect(
            try text(folder.eventsFile) == """
                {"epoch":1,"name":"loss","stage":"adapt","step":20,"time":1769852700.5,"value":1.25}
                {"epoch":1,"name":"mAP","stage":"adapt","time":1769852700.5,"value":"nan"}

                """)
        let events = try Event.read(from: folder.eventsFile)
        #expect(events.map(\.name) == ["loss", "mAP"] && events[1].value.isNaN && events[1].step == nil)
    }

    @Test(arguments: ["", "{\"epoch\":2,\"na"])
    func `goes on after its last whole line`(tail: String) throws {
        try log().record(epoch: 1, name: "loss", value: 1)
        let whole = try text(folder.eventsFile)
        try Data((whole + tail).utf8).write(to: folder.eventsFile)
        #expect(try Event.read(from: folder.eventsFile).map(\.epoch) == [1])
        try log().record(epoch: 2, name: "loss", value: 2)
        #expect(try Event.read(from: folder.eventsFile).map(\.epoch) == [1, 2])
    }

    @Test func `may consist of a torn line alone`() throws {
        try Data("{\"ep".utf8).write(to: folder.eventsFile)
        #expect(try Event.read(from: folder.eventsFile) == [])
        try log().record(epoch: 0, name: "loss", value: 1)
        #expect(try Event.read(from: folder.eventsFile).count == 1)
    }

    @Test func `says which line is damaged`() throws {
        try log().record(epoch: 1, name: "loss", value: 1)
        let whole = try text(folder.eventsFile)
        try Data((whole + "oops\n" + whole).utf8).write(to: folder.eventsFile)
        let path = folder.eventsFile.path
        #expect(throws: PipelineError.corruptFile(path: path, reason: "line 2 is no event")) {
            try Event.read(from: folder.eventsFile)
        }
    }
}
