// SPDX-License-Identifier: MIT

import ArgumentParser
import Foundation
import Reporting
import Tensor
import Testing
import Vocabulary

@testable import passerby

@Suite struct `An output` {
    private let folder: TemporaryHome
    private var path: String { folder.url.path }
    private var features: String { path + "/f.safetensors" }

    init() throws {
        folder = try TemporaryHome()
        try Foundation.Data("features".utf8).write(to: folder.url.appendingPathComponent("f.safetensors"))
    }

    private func problem(_ output: String, endings: [FileEnding]? = nil) -> CommandError? {
        do {
            _ = try OutputPath(output, option: "--out", inputs: ["/nowhere/at/all", features], endings: endings)
            return nil
        } catch {
            return error as? CommandError
        }
    }

    @Test func `is fine in a folder that is there, whether or not it is there itself`() throws {
        #expect(problem(path + "/labels") == nil)
        try Foundation.Data().write(to: folder.url.appendingPathComponent("labels"))
        #expect(problem(path + "/labels") == nil)
    }

    @Test func `is none of the inputs, by whatever name`() throws {
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: path + "/link", withDestinationPath: "f.safetensors")
        try manager.linkItem(atPath: features, toPath: path + "/hard")
        #expect(problem(features)?.description == "--out \(features): the command reads it")
        for other in ["./f.safetensors", "../\(folder.url.lastPathComponent)/f.safetensors", "link", "hard"] {
            let error = problem("\(path)/\(other)")
            #expect(error?.description == "--out \(path)/\(other): the command reads it, as '\(features)'")
            #expect(error?.exitKind == .usage)
        }
    }

    @Test func `is a file in the end, and has a name`() throws {
        try FileManager.default.createDirectory(atPath: path + "/folder", withIntermediateDirectories: false)
        for (name, reason) in [
            ("folder", "it is a folder; a file is wanted"), ("folder/", "it names no file"),
            ("folder/..", "it names no file"),
        ] {
            let error = problem("\(path)/\(name)")
            #expect(error?.description == "--out \(path)/\(name): \(reason)" && error?.exitKind == .usage)
        }
        #expect(problem("/dev/null")?.description == "--out /dev/null: it is there, and no file")
        #expect(problem("")?.description == "--out : it names no file")
    }

    @Test func `has an ending that is known, where that decides the format`() {
        let endings = [FileEnding.safetensors, FileEnding("pth.tar")]
        #expect(problem(path + "/w.safetensors", endings: endings) == nil)
        #expect(problem(path + "/w.pth.tar", endings: endings) == nil)
        #expect(problem(path + "/w.SAFETENSORS", endings: endings) == nil)
        for name in ["w.tar", "w", "wsafetensors"] {
            let error = problem("\(path)/\(name)", endings: endings)
            #expect(
                error?.description
                    == "--out \(path)/\(name): its ending decides the format; allowed: .safetensors, .pth.tar")
            #expect(error?.exitKind == .usage)
        }
    }

    /// The file would be one thing and its name say another.
    @Test func `has no ending of another format than those that are written`() {
        func problem(_ name: String, _ formats: [FileEnding] = [.safetensors]) -> CommandError? {
            do {
                _ = try OutputPath("\(path)/\(name)", option: "--out", inputs: [], formats: formats)
                return nil
            } catch {
                return error as? CommandError
            }
        }
        #expect(problem("labels") == nil && problem("labels.safetensors") == nil && problem(".labels") == nil)
        for (name, ending) in [("labels.npy", "npy"), ("labels.pt", "pt"), ("a.safetensors.csv", "csv")] {
            #expect(
                problem(name)?.description
                    == "--out \(path)/\(name): no .\(ending) file is written here; allowed: .safetensors, or no ending, "
                    + "which means .safetensors")
        }
        let several = [FileEnding.safetensors, .npz, .csv]
        #expect(problem("labels", several) == nil && problem("labels.csv", several) == nil)
        #expect(problem("labels.CSV", several) == nil)
        #expect(
            problem("l.npy", several)?.description
                == "--out \(path)/l.npy: no .npy file is written here; allowed: .safetensors, .npz, .csv, or no ending, "
                + "which means .safetensors")
    }

    @Test func `needs a folder that is there`() {
        let error = problem(path + "/nowhere/x")
        #expect(error?.description == "\(path)/nowhere/x: cannot be written: there is no folder '\(path)/nowhere'")
        #expect(error?.exitKind == .missing)
        let file = problem(features + "/x")
        #expect(
            file?.description == "\(features)/x: cannot be written: '\(features)' is no folder" && file?.exitKind == .missing
        )
    }

    /// `/proc` takes no files from anybody, whoever runs the tests.
    @Test func `needs a folder that can be written`() {
        let error = problem("/proc/x")
        #expect(error?.exitKind == .missing)
        #expect(error?.description.hasPrefix("/proc/x: cannot be written: '/proc': ") == true)
    }

    @Test func `that fails all the same is missing space or rights, and nothing to go on with`() throws {
        let output = try OutputPath(path + "/labels", option: "--out", inputs: [])
        let error = #expect(throws: CommandError.self) {
            try output.write { throw TensorError.unwritable(path: $0, reason: "No space left on device") }
        }
        #expect(error == .unwritable(path: path + "/labels", reason: "No space left on device"))
        #expect(error.flatMap { Failure($0) }?.code == 69)
    }
}

/// What each command does first: none of these has anything that it could work on.
@Suite struct `A command that writes` {
    private func failure(_ command: any ParsableCommand) -> Failure? {
        var command = command
        do {
            try command.run()
            return nil
        } catch {
            return Failure(error)
        }
    }

    private let file = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"

    @Test func `refuses an output before any work`() throws {
        let nowhere = file + "/x"
        let commands: [any ParsableCommand] = [
            try Cluster.parse(["--features", file, "--out", nowhere]),
            try Metrics.parse(["--features", file, "--submission", nowhere]),
            try ConvertWeights.parse([file, nowhere + ".pth"]),
        ]
        for command in commands {
            let found = failure(command)
            #expect(found?.code == 69)
            #expect(found?.message.contains("cannot be written: there is no folder '\(file)'") == true)
        }
    }

    @Test func `refuses a name of another format`() throws {
        // Of a folder of its own: others come and go in that of all tests.
        let images = file + "-images"
        try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: images) }
        try Foundation.Data("image".utf8).write(to: URL(fileURLWithPath: images + "/a.jpg"))
        let commands: [any ParsableCommand] = [
            try Cluster.parse(["--features", file, "--out", file + ".npy"]),
            try Extract.parse(["--weights", file, "--images", images, "--out", file + ".npy"]),
        ]
        for command in commands {
            let found = failure(command)
            #expect(
                found?.code == 64 && found?.message.contains("file is written here; allowed: .safetensors, ") == true,
                "\(String(describing: found))")
        }
    }

    @Test func `refuses its own input as output`() throws {
        try Foundation.Data("features".utf8).write(to: URL(fileURLWithPath: file))
        try Foundation.Data("weights".utf8).write(to: URL(fileURLWithPath: file + ".pth"))
        defer { for path in [file, file + ".pth"] { try? FileManager.default.removeItem(atPath: path) } }
        let commands: [any ParsableCommand] = [
            try Cluster.parse(["--features", file, "--out", file]),
            try Metrics.parse(["--features", file, "--submission", file]),
            try ConvertWeights.parse([file + ".pth", file + ".pth"]),
        ]
        for command in commands {
            let found = failure(command)
            #expect(found?.code == 64 && found?.message.hasSuffix(": the command reads it") == true)
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "features")
    }

    @Test func `makes its folder where it can, and refuses a file in its place`() throws {
        try OutputFolder.check(URL(fileURLWithPath: file + "/logs/deep"), option: "--logs")
        #expect(!FileManager.default.fileExists(atPath: file))
        try Foundation.Data().write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let there = failure(try Synthesise.parse([file]))
        #expect(there?.message == "FOLDER \(file): it is no folder" && there?.code == 64)
        let below = failure(try Synthesise.parse([file + "/world"]))
        #expect(below?.message == "FOLDER \(file)/world: '\(file)' is no folder" && below?.code == 64)
    }
}
