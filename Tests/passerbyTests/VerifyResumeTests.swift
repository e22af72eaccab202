// SPDX-License-Identifier: MIT

import Foundation
import Pipeline
import Testing

@testable import passerby

/// The short version of `scripts/check-resume`, which kills the quickstart twenty times.
@Suite(.serialized) struct `passerby verify-resume` {
    let home: TemporaryHome

    init() throws {
        home = try TemporaryHome()
    }

    @Test func `kills every stage, goes on, and certifies equal bits`() throws {
        let (code, output, messages) = try home.passerby(
            ["verify-resume", "tiny.yaml", "--kills", "10", "--kill-seed", "3", "--threads", "1", "--json"])
        #expect(code == 0, "\(messages)")
        let certificate = try JSONDecoder().decode(ResumeCertificate.self, from: output)
        #expect(certificate.isPassed)
        #expect(certificate.kills.count == 10)
        // Some were gone on with from within an epoch.
        #expect(certificate.kills.contains { $0.resumedAt?.step != nil })
        let states = certificate.stages.map { stage in stage.digests.keys.filter { $0.hasPrefix("state") }.sorted() }
        #expect(states == [["state"], ["state"], ["state network-1", "state network-2"], ["state"], ["state"]])
        let folder = home.logs.appendingPathComponent("\(certificate.run)")
        let written = try Data(contentsOf: folder.appendingPathComponent("resume-certificate.json"))
        #expect(try JSONDecoder().decode(ResumeCertificate.self, from: written) == certificate)
    }

    @Test func `says what it cannot begin with`() throws {
        let misspelt = try home.passerby(["verify-resume", "tiny.yaml", "adapt.epoch=3"])
        #expect(misspelt.code == 64 && misspelt.messages.contains("did you mean 'epochs'?"))
        let elsewhere = try home.passerby(["verify-resume", "tiny.yaml", "data.location={folder: /nowhere/at/all}"])
        #expect(elsewhere.code == 69 && elsewhere.messages.contains("/nowhere/at/all"))
        let none = try home.passerby(["verify-resume", "tiny.yaml", "--kills", "0"])
        #expect(none.code == 64)
        #expect(none.messages.contains("'0' is invalid for '--kills <kills>': allowed: a whole number, 1 to 10000"))
        #expect(!FileManager.default.fileExists(atPath: home.logs.path))
    }
}
