// SPDX-License-Identifier: MIT

import Configuration
import Foundation
import Testing

@testable import Experiments

@Suite struct `The listing of an experiment's settings` {
    private func lines(_ files: [String: String], _ overrides: [String] = []) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("listing-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        let listing = SettingsListing(try Experiment(path: folder.path + "/x.yaml", name: "x", overrides: overrides))
        return listing.text.replacing(folder.path + "/", with: "").split(separator: "\n").map(String.init)
    }

    /// The lines of a key, blanks made one.
    private func line(_ key: String, _ lines: [String]) -> [String] {
        lines.filter { $0.trimmingCharacters(in: .whitespaces).hasPrefix("\(key): ") }
            .map { $0.split(separator: " ").joined(separator: " ") }
    }

    private let base = """
        data: {location: {synthetic: {gap: 0.5}}}
        image: {height: 64, width: 32}
        backbone: resnet18
        stages:
          - pretrain: {images: source, epochs: 3}
        """

    @Test func `says of every value where it comes from`() throws {
        let lines = try lines(["x.yaml": base], ["seed=2", "pretrain.batch=8"])
        #expect(line("gap", lines) == ["gap: 0.5 # x.yaml:1"])
        #expect(line("blur", lines) == ["blur: 1.0 # default"])
        #expect(line("height", lines) == ["height: 128 # default", "height: 64 # x.yaml:2"])
        #expect(line("seed", lines) == ["seed: 1 # default", "seed: 2 # override 'seed=2'"])
        #expect(line("precision", lines) == ["precision: fp32 # default"])
        #expect(line("name", lines) == ["name: pretrain # the stage's kind"])
        #expect(line("epochs", lines) == ["epochs: 3 # x.yaml:5"])
        #expect(line("batch", lines) == ["batch: 8 # override 'pretrain.batch=8'"])
        #expect(line("instances", lines) == ["instances: 4 # default"])
        #expect(
            line("backbone", lines)
                == ["backbone: resnet18 # x.yaml:3", "backbone: resnet18 # the experiment's `backbone`, x.yaml:3"])
    }

    @Test func `names the file that says it, of several`() throws {
        let child = """
            extends: base
            stages:
              - pretrain: {epochs: 7, networks: 2}
              - adapt: {head: arcface, eps: null}
              - postprocess: {camera: true}
            override: {adapt.k1: 9}
            """
        let lines = try lines(["x.yaml": child, "base.yaml": base])
        #expect(line("epochs", lines)[0] == "epochs: 7 # x.yaml:3")
        #expect(line("images", lines).contains("images: source # base.yaml:5"))
        #expect(line("scale", lines) == ["scale: 64.0 # default of arcface, x.yaml:4"])
        // Null asks for the default.
        #expect(line("eps", lines) == ["eps: 0.6 # default"])
        #expect(line("k1", lines) == ["k1: 9 # x.yaml:6", "k1: 30 # default"])
        #expect(line("weight", lines) == ["weight: 0.1 # default of true, x.yaml:5"])
        #expect(line("from", lines)[0] == "from: pretrain # the latest stage that leaves two networks")
    }

    /// What a run keeps is this document.
    @Test func `has the description that the file has`() throws {
        let text = "description: |\n  Two lines: one\n  and two\n" + base
        let document = try Experiment(Document.parse(text, file: "x.yaml"), name: "x").document
        #expect(document["description"]?.flowText == #""Two lines: one\nand two\n""#)
        #expect(try Experiment(Document.parse(base, file: "x.yaml"), name: "x").document["description"] == nil)
    }

    @Test func `stays an experiment file under whatever name the file had`() throws {
        let experiment = try Experiment(Document.parse(base, file: "a\nseed: 7\r\nb.yaml"), name: "x")
        let text = SettingsListing(experiment).text
        #expect(text.contains("gap: 0.5") && text.contains("# a seed: 7 b.yaml:1\n"))
        let again = try Experiment(Document.parse(text, file: "y.yaml"), name: "x")
        #expect(again.document.hasSameContent(as: experiment.document))
    }

    /// What is printed is an experiment file of the same experiment.
    @Test func `is read as the experiment that it lists`() throws {
        let text = try lines(["x.yaml": base]).joined(separator: "\n")
        let again = try Experiment(Document.parse(text, file: "y.yaml"), name: "x")
        let first = try Experiment(Document.parse(base, file: "x.yaml"), name: "x")
        #expect(again.document.hasSameContent(as: first.document))
    }
}

@Suite struct `The experiment that a run keeps` {
    private func kept(_ location: String, _ weights: String, _ folder: String) throws -> YAMLNode {
        let text = """
            data: {source: personx, target: market1501, location: {folder: \(location)}}
            image: {height: 64, width: 32}
            initial_weights: \(weights)
            stages:
              - translate: {method: existing, folder: \(folder)}
              - pretrain
            """
        return try Experiment(Document.parse(text, file: "own/x.yaml"), name: "x").lastingDocument(in: "/program/data")
    }

    private func paths(_ document: YAMLNode) -> [String?] {
        guard case .sequence(let stages)? = document["stages"]?.value else { return [] }
        return [
            document["data"]?["location"]?["folder"], document["initial_weights"], stages[0]["translate"]?["folder"],
        ].map { node in
            if case .scalar(.text(let path))? = node?.value { path } else { nil }
        }
    }

    @Test func `has paths that hold wherever the program is started`() throws {
        let here = FileManager.default.currentDirectoryPath
        let document = try kept("sets", "./w/mine.pth", "/disk/translated")
        #expect(paths(document) == [here + "/own/sets", here + "/own/w/mine.pth", "/disk/translated"])
        // And is an experiment still, the same one.
        let again = try Experiment(Document.parse(document.yamlText, file: "y.yaml"), name: "x")
        #expect(try again.lastingDocument(in: "/program/data").hasSameContent(as: document))
    }

    @Test func `has the names that mean the same everywhere`() throws {
        #expect(try paths(kept("data", "imagenet", "x/y"))[...1] == ["data", "imagenet"])
        #expect(try paths(kept("data", "resnet50-19c8e357.pth", "x/y"))[1] == "resnet50-19c8e357.pth")
    }

    @Test func `is its document where it has no paths`() throws {
        let text =
            "data: {location: {synthetic: {}}}\nimage: {height: 64, width: 32}\nstages: [{pretrain: {images: source}}]"
        let experiment = try Experiment(Document.parse(text, file: "x.yaml"), name: "x")
        #expect(try experiment.lastingDocument(in: "/program/data").yamlText == experiment.document.yamlText)
    }
}
