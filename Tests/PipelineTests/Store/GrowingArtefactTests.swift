// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Pipeline

@Suite struct `An artefact that grows over attempts` {
    private let scratch: Scratch
    private let plan: Plan
    private let stage: StageFolder
    private let origin = ContentDigest(of: "a generator")

    init() throws {
        scratch = try Scratch(isInMemory: true)
        let images = StagePlan(
            name: "translate", method: "draw", settings: [:], inputs: [StagePlan.data],
            outputs: [Artefact(name: "images", kind: .images), Artefact(name: "weights", kind: .weights)])
        plan = try Plan(experiment: "draw", seed: 1, dataDigest: ContentDigest(of: "data"), stages: [images])
        stage = StageFolder(url: scratch.url.appendingPathComponent("translate"), plan: images, key: plan.key(of: images))
    }

    private var folder: URL { stage.partial.appendingPathComponent("images") }

    private func open(from origin: ContentDigest? = nil, _ allowed: Set<String> = ["a/1", "a/2", "b"]) throws
        -> GrowingArtefact
    {
        try GrowingArtefact(at: folder, from: origin ?? self.origin, holding: allowed)
    }

    private func write(_ names: [String], to artefact: GrowingArtefact) throws {
        for name in names { try artefact.write(Data("of \(name)".utf8), as: name) }
    }

    private func content() throws -> [String: String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { !DurableFile.isFolder(folder.appendingPathComponent($0)) }
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try text(folder.appendingPathComponent($0))) })
    }

    @Test func `goes on with the files of the attempt before, which alone is left of it`() throws {
        try stage.prepare()
        try write(["a/1", "b"], to: open())
        try Data().write(to: stage.partial.appendingPathComponent("weights"))
        let before = try inode(folder.appendingPathComponent("a/1"))
        // As a kill leaves what is being written.
        try Data("of".utf8).write(to: folder.appendingPathComponent("a/.2.partial"))

        try stage.prepare()
        #expect(names(in: stage.partial) == [".images.origin", "images"])
        let artefact = try open()
        #expect(artefact.names == ["a/1", "b"])
        try write(["a/2"], to: artefact)
        try artefact.check()
        #expect(try content() == ["a/1": "of a/1", "a/2": "of a/2", "b": "of b"])
        #expect(try inode(folder.appendingPathComponent("a/1")) == before)
    }

    @Test func `is begun anew from another origin`() throws {
        try stage.prepare()
        try write(["a/1"], to: open())
        try stage.prepare()
        #expect(try open(from: ContentDigest(of: "another")).names == [] && content() == [:])
        // The first one's files are gone, too.
        #expect(try open().names == [])
    }

    @Test func `holds nothing that is not allowed`() throws {
        try stage.prepare()
        try write(["a/1", "b"], to: open())
        #expect(try open(from: nil, ["b", "c"]).names == ["b"] && content() == ["b": "of b"])
    }

    @Test func `is not mistaken for one that is taken over`() throws {
        try stage.prepare()
        try write(["a/1"], to: open())
        try stage.prepare(goesOn: false)
        #expect(names(in: stage.partial) == [])
    }

    @Test func `is checked for what somebody else has done to it`() throws {
        try stage.prepare()
        let artefact = try open()
        try write(["a/1", "a/2", "b"], to: artefact)
        try artefact.check()
        try FileManager.default.removeItem(at: folder.appendingPathComponent("a/2"))
        try Data().write(to: folder.appendingPathComponent("c"))
        let error = #expect(throws: PipelineError.self) { try artefact.check() }
        #expect(
            error?.description
                == "\(folder.path): somebody else has changed it meanwhile; 1 file gone: a/2; 1 file not this stage's: c. "
                + "Continue with --resume, which makes what is missing")
        #expect(try open().names == ["a/1", "b"])
    }

    /// Whatever write fails, each file that is there is whole, and the next attempt needs to make only the others.
    @Test func `has whole files after any failure`() throws {
        let names = ["a/1", "a/2", "b"]
        func attempt(_ faults: WriteFaults) throws {
            try WriteFaults.$current.withValue(faults) {
                try stage.prepare()
                let artefact = try open()
                try write(names.filter { !artefact.names.contains($0) }, to: artefact)
            }
        }
        let counter = WriteFaults { _ in false }
        try attempt(counter)
        #expect(counter.count > 10)
        for number in 1...counter.count {
            try FileManager.default.removeItem(at: stage.url)
            #expect(throws: PipelineError.self) { try attempt(WriteFaults { $0 == number }) }
            let made = exists(folder) ? try content().filter { !$0.key.contains(".") } : [:]
            for (name, text) in made { #expect(text == "of \(name)") }
            let inodes = try made.keys.map { try inode(folder.appendingPathComponent($0)) }
            try attempt(WriteFaults { _ in false })
            #expect(try content() == Dictionary(uniqueKeysWithValues: names.map { ($0, "of \($0)") }))
            #expect(try made.keys.map { try inode(folder.appendingPathComponent($0)) } == inodes)
        }
    }
}
