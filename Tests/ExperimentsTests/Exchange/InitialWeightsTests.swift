// SPDX-License-Identifier: MIT

import Backbones
import Configuration
import Foundation
import Layers
import Pipeline
import Reporting
import Testing

@testable import Experiments

@Suite struct `Initial weights` {
    private let folder = NSTemporaryDirectory() + "passerby-\(UUID().uuidString)"

    private func write(_ name: String, _ text: String) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(name)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `are a file at any path, known by its digest`() throws {
        let path = try write("mine.pth", "abc")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let weights = try InitialWeights(path, for: .resnet50, in: [])
        #expect(weights.path == path)
        // FIPS 180-2, appendix B.1.
        #expect(weights.digest.hexadecimal.hasPrefix("ba7816bf8f01cfea"))
    }

    @Test func `are a folder's file of the backbone's name, for experiments with several backbones`() throws {
        let path = try write("resnest50.pth", "abc")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try InitialWeights(folder, for: .resnest50, in: []).path == path)
        let preferred = try write("resnest50.safetensors", "abc")
        #expect(try InitialWeights(folder, for: .resnest50, in: []).path == preferred)
        let error = #expect(throws: InitialWeightsError.self) { try InitialWeights(folder, for: .resnet50IBNa, in: []) }
        #expect(
            error?.description
                == "initial_weights: the folder '\(folder)' has none of the backbone's name; allowed in it: "
                + "resnet50_ibn_a.safetensors, resnet50_ibn_a.pth, resnet50_ibn_a.pth.tar")
        #expect(error?.exitKind == .missing)
    }

    @Test func `of a published name must have the digest that the name promises`() throws {
        let path = try write("resnet50-19c8e357.pth", "abc")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["imagenet", "resnet50-19c8e357.pth"] {
            #expect(throws: InitialWeightsError.otherContents(path: path, expected: "19c8e357", found: "ba7816bf")) {
                try InitialWeights(name, for: .resnet50, in: ["/nowhere", folder])
            }
        }
    }

    @Test func `that are missing are named with all names that are known, where to get them, and the folders looked in`() {
        let error = #expect(throws: InitialWeightsError.self) {
            try InitialWeights("imagenet", for: .resnet50, in: ["/a", "/b"])
        }
        #expect(
            error?.description == """
                initial_weights: resnet50: none of these is on this machine, and nothing is downloaded by itself; the first \
                that is there is taken:
                  resnet50-19c8e357.pth
                  resnet50-0676ba61.pth
                  resnet50-11ad3fa6.pth
                torchvision (https://pytorch.org/vision/stable/models.html, or its own download in Python) has them; the digits \
                at the end of a name are the first of the file's SHA-256. Put one of them into one of these folders, which were \
                looked in:
                  /a
                  /b
                """)
        #expect(error?.exitKind == .missing)
    }

    @Test func `that are missing and were named exactly are asked for alone`() {
        let error = #expect(throws: InitialWeightsError.self) {
            try InitialWeights("resnest50-528c19ca.pth", for: .resnest50, in: ["/a"])
        }
        #expect(
            error?.description == """
                initial_weights: resnest50: this is not on this machine, and nothing is downloaded by itself:
                  https://github.com/zhanghang1989/ResNeSt/releases/download/weights_step1/resnest50-528c19ca.pth
                release weights_step1 of zhanghang1989/ResNeSt on GitHub has it; the digits at the end of a name are the \
                first of the file's SHA-256. Put it into one of these folders, which were looked in:
                  /a
                """)
    }

    /// Their contents are others than their names promise, which says which of them was taken.
    @Test(arguments: [
        (["resnet50-0676ba61.pth"], "resnet50-0676ba61.pth"), (["resnet50-11ad3fa6.pth"], "resnet50-11ad3fa6.pth"),
        (["resnet50-11ad3fa6.pth", "resnet50-0676ba61.pth"], "resnet50-0676ba61.pth"),
        (["resnet50-0676ba61.pth", "resnet50-19c8e357.pth"], "resnet50-19c8e357.pth"),
    ])
    func `of ImageNet are any file that was published, the papers' first`(there: [String], taken: String) throws {
        for name in there { _ = try write(name, "abc") }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let error = #expect(throws: InitialWeightsError.self) {
            try InitialWeights("imagenet", for: .resnet50, in: ["/nowhere", folder])
        }
        guard case .otherContents(let path, _, _) = error else { throw try #require(error) }
        #expect(path == "\(folder)/\(taken)")
    }

    @Test func `of a later recipe are remarked on, unless they were asked for by name`() {
        let all = Backbone.resnet50.publishedWeights
        #expect(all.map(\.isOfLaterRecipe) == [false, false, true])
        #expect(
            all.map { InitialWeights.remark(on: $0, at: "/a/x.pth", of: all) } == [
                nil, nil,
                "/a/x.pth was trained by a later recipe than resnet50-19c8e357.pth, which published numbers began with and which is "
                    + "not there",
            ])
        #expect(InitialWeights.remark(on: all[2], at: "/a/x.pth", of: [all[2]]) == nil)
    }

    /// torchvision 0.2.2, 0.12 and 0.13, `models/resnet.py`.
    @Test(arguments: [
        (Backbone.resnet18, ["5c106cde", "f37072fd"]), (.resnet34, ["333f7ec4", "b627a593"]),
        (.resnet50, ["19c8e357", "0676ba61", "11ad3fa6"]), (.resnet101, ["5d3b4d8f", "63fe2227", "cd907fc2"]),
    ])
    func `of torchvision are those of its releases, oldest first`(backbone: Backbone, digests: [String]) {
        #expect(backbone.publishedWeights.map(\.file) == digests.map { "\(backbone.rawValue)-\($0).pth" })
    }

    @Test func `of another backbone's name are no known name`() {
        let known = Backbone.resnet18.publishedWeights.map(\.file)
        #expect(throws: InitialWeightsError.noFile(path: "resnet50-19c8e357.pth", published: known)) {
            try InitialWeights("resnet50-19c8e357.pth", for: .resnet18, in: [])
        }
    }

    @Test(arguments: Backbone.allCases)
    func `of every backbone end in eight digits of a digest`(backbone: Backbone) {
        #expect(!backbone.publishedWeights.isEmpty)
        for weights in backbone.publishedWeights {
            #expect(weights.file.wholeMatch(of: /[a-z0-9_]+-[0-9a-f]{8}\.pth/) != nil)
            #expect(weights.digestPrefix.count == 8 && weights.file.hasSuffix("-\(weights.digestPrefix).pth"))
        }
    }

    /// Two stages with networks of their own, of which the second is planned to begin after the first has trained for days.
    @Test func `of another backbone are refused before the first step, with the stage that begins with them`() throws {
        let path = try write("mine.safetensors", "")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try WeightFile.write(EmbeddingNetwork(NetworkShape(backbone: .resnet18), random: nil).store.state, to: path)
        func launch(_ backbone: String) throws -> Launch {
            let text = """
                data: {location: {synthetic: {}}}
                image: {height: 64, width: 32}
                backbone: resnet18
                initial_weights: \(path)
                stages:
                  - pretrain: {name: one, images: source, networks: 1}
                  - pretrain: {name: two, images: source, networks: 1, backbone: \(backbone)}
                """
            return Launch(
                try Experiment(Document.parse(text, file: "x.yaml"), name: "x"), dataFolder: folder, weightFolders: [],
                cacheFolder: folder, output: StandardError())
        }
        _ = try launch("resnet18").plan()
        let error = #expect(throws: InitialWeightsError.self) { try launch("resnet34").plan() }
        #expect(error == .otherBackbone(path: path, stage: "two", asked: .resnet34, found: .resnet18))
        #expect(
            error?.description
                == "initial_weights: \(path): its tensors are those of resnet18, and stage 'two' begins with a "
                + "resnet34; 'passerby weights inspect \(path)' lists them. A folder has a file for each backbone, under its name"
        )
    }

    @Test func `change the keys of stages that begin networks, and so of those after them`() throws {
        let text = """
            data: {location: {synthetic: {}}}
            image: {height: 64, width: 32}
            backbone: resnet18
            stages:
              - pretrain: {name: direct, images: source, networks: 1}
              - translate:
            """
        let experiment = try Experiment(Document.parse(text, file: "x.yaml"), name: "x")
        let plans = try [[:], [.resnet18: ContentDigest(of: "a")], [.resnet18: ContentDigest(of: "b")]].map {
            try experiment.plan(dataDigest: ContentDigest(of: "data"), weights: $0)
        }
        for name in ["direct", "translate"] {
            #expect(Set(try plans.map { try $0.key(of: $0.stage(named: name)) }).count == 3)
        }
        let settings = try plans[1].stage(named: "translate").settings
        #expect(try plans[0].stage(named: "translate").settings == settings)
    }
}
