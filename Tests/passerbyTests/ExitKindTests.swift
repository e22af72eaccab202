// SPDX-License-Identifier: MIT

import ArgumentParser
import Configuration
import Data
import Experiments
import Foundation
import Layers
import Pipeline
import Reporting
import Retrieval
import Tensor
import Testing
import Training

@testable import passerby

@Suite struct `The exit code of an error` {
    @Test(
        arguments: [
            (PipelineError.unknownStage(name: "adopt", allowed: ["adapt"]), 64),
            (PipelineError.readOnly(path: "/logs"), 69),
            (PipelineError.diskFull(path: "/logs"), 75),
            (PipelineError.corruptManifest(path: "/logs", reason: "torn"), 65),
            (PipelineError.missingArtefact(stage: "adapt", name: "mean"), 70),
            (PipelineError.artefactDiffers(path: "/logs", missing: ["a"], surplus: []), 75),
            (DataError.missingFolder(dataset: "market1501", lookedFor: [], layouts: []), 69),
            (DataError.noSuchSplit(dataset: "m", split: "s", allowed: ["train"]), 64),
            (DataError.noImages(folder: "/data"), 65),
            (SyntheticWorldError.occupied(path: "/data"), 65),
            (SyntheticWorldError.unwritable(path: "/data", reason: "full"), 69),
            (RetrievalError.notEnoughMemory(needed: 2, free: 1), 69),
            (RetrievalError.zeroRow(row: 1), 65),
            (TensorError.operation("add", shapes: [], reason: "no"), 70),
            (TensorError.outOfMemory("add", shapes: [], reason: "no"), 69),
            (TensorError.noFile(path: "/w"), 69),
            (TensorError.unwritable(path: "/w", reason: "no"), 75),
            (TensorError.malformed(path: "/w", format: .safetensors, reason: "no"), 65),
            (LayerError.state(missing: ["a"], unexpected: [], misshapen: []), 65),
            (MethodError.incompleteState(missing: "a"), 65),
            (InitialWeightsError.noFile(path: "/w", published: []), 69),
            (InitialWeightsError.otherContents(path: "/w", expected: "1", found: "2"), 65),
            (WeightFileError.notFinite(path: "/w", []), 65),
            (FeatureFileError.missing(path: "/f", tensor: "ids"), 65),
            (ImportError.noProgram(found: []), 64),
            (ImportError.undecodable("no"), 70),
            (CommandError.unwritable(path: "/f", reason: "no"), 69),
            (CommandError.unknownBackbone(path: "/f"), 65),
            (ChildRunError.failed(command: "run", code: 75), 75),
            (ChildRunError.failed(command: "run", code: 3), 70),
            (ChildRunError.killed(command: "run", signal: 9), 69),
            (ChildRunError.killed(command: "run", signal: 11), 70),
        ] as [(any ReportedError, Int32)])
    func `is that of its kind, and its message is its description`(error: any ReportedError, code: Int32) {
        let failure = Failure(error)
        #expect(failure?.code == code && failure?.message == error.description)
    }

    @Test func `of an experiment's file is that of usage`() {
        let error = #expect(throws: ConfigurationError.self) { try Document.load("/no/such/file.yaml") }
        #expect(error.flatMap { Failure($0) }?.code == 64)
    }

    @Test func `is that of a defect where nobody has named the error`() {
        struct Nameless: Error {}
        let failure = Failure(Nameless())
        #expect(failure?.code == 70 && failure?.message == "unexpected: Nameless()")
    }

    @Test func `is left to the parser where the error is the parser's`() {
        #expect(Failure(ExitCode(65)) == nil)
        let error = #expect(throws: (any Error).self) { try Passerby.parseAsRoot(["run", "--no-such-option"]) }
        #expect(error.map { Failure($0) == nil } == true)
    }

    /// The parser has wrapped what it has found itself.
    @Test func `is that of usage where a command under way finds a wrong argument`() {
        let failure = Failure(ValidationError("x"))
        #expect(failure?.code == 64 && failure?.message == "x")
    }

    @Test func `is one of those that are published`() {
        #expect(ExitKind.allCases.map(\.rawValue) == [64, 65, 69, 70, 75])
    }
}

@Suite struct `Every error type of the modules` {
    /// Thrown and caught within a module, or within a file.
    private static let inner: Set = ["Measured", "NumPyHeaderProblem", "Stop", "TextFileError", "YAMLSyntaxError"]

    /// An error that only says `Error` would end the program as a defect of ours.
    @Test func `says which exit code it stands for`() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources").standardizedFileURL
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
        let swift = try #require(files).filter { $0.pathExtension == "swift" }
        let declaration = /(?:enum|struct|class|extension|actor) (\w+)\s*:\s*([^{]*)/
        var named: Set<Substring> = []
        var errors: Set<Substring> = []
        for file in swift {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: declaration) {
                let protocols = match.2.split { !$0.isLetter }
                if protocols.contains("ReportedError") { named.insert(match.1) }
                if protocols.contains("Error") || protocols.contains("LocalizedError") { errors.insert(match.1) }
            }
        }
        #expect(errors.subtracting(named) == Set(Self.inner.map { $0[...] }))
        #expect(named.count >= 14)
    }
}
