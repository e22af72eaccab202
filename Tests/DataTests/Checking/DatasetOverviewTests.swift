// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

@Suite struct `An overview of datasets` {
    @Test func `says what is there, where, and what should be`() throws {
        let folder = try TemporaryFolder()
        try folder.write("VeRi-776/image_train/0001_c001_1.jpg", "")
        try folder.write("dukemtmc/query/0001_c1.jpg", "")
        #expect(
            "\(DatasetOverview(.veri, in: folder.path))" == """
                veri: VeRi-776, in \(folder.path)/VeRi-776
                  train: there; published: 37746 images, 575 identities, 20 cameras, or 37778 images, 576 identities, \
                20 cameras
                  query: not there; published: 1678 images, 200 identities
                  gallery: not there; published: 11579 images, 200 identities
                """)
        let duke = DatasetOverview(.dukemtmc, in: folder.path)
        #expect(duke.withdrawn && duke.found && duke.folder == "\(folder.path)/dukemtmc")
        #expect("\(duke)".hasPrefix("dukemtmc: DukeMTMC-reID (withdrawn), in "))
        try folder.write("index_test_query.txt", "0000.jpg  0000\n")
        try folder.write("target_test/image_query/0000.jpg", "")
        #expect(DatasetOverview(.visdaTarget, in: folder.path + "/").folder == folder.path)
        let personx = DatasetOverview(.personx, in: folder.path)
        #expect(!personx.found && personx.folder == nil)
        #expect(
            "\(personx)".hasPrefix(
                """
                personx: PersonX, not found
                  VisDA-2020: train: published: 20280 images, 700 identities, 6 cameras
                  SpCL and OpenUnReID: train: published: 9840 images, 410 identities, 6 cameras

                """))
        #expect("\(DatasetOverview(.folder, in: folder.path))" == "folder: own images, not found")
        try folder.write("folder/train/0001_c1.jpg", "")
        #expect(
            "\(DatasetOverview(.folder, in: folder.path))" == """
                folder: own images, in \(folder.path)/folder
                  train: there
                  query: not there
                  gallery: not there
                """)
    }

    /// What the papers' readers and logs print, which is not what the definitions are made of here.
    @Test func `repeats the counts of the papers`() throws {
        let printed = Dataset.allCases.map { "\(DatasetOverview($0, in: "/nowhere"))" }.joined(separator: "\n")
        for counts in [
            "12936 images, 751 identities, 6 cameras", "3368 images, 750", "15913 images, 751", "16522 images, 702",
            "2228 images, 702", "17661 images, 1110", "32621 images, 1041 identities, 15", "11659 images, 3060",
            "82161 images, 3060", "9840 images, 410", "5136 images, 856", "30816 images, 856", "20280 images, 700",
            "13198 images, 5 cameras", "377 images, 100 identities, 5", "3600 images, 101", "1578 images",
            "24006 images", "37746 images, 575", "1678 images, 200", "11579 images, 200",
            "113346 images, 13164 identities, 1 camera", "5693 images, 800", "800 images, 800", "192150 images, 1362",
        ] {
            #expect(printed.contains(": \(counts)"), "\(counts)")
        }
    }

    @Test func `has its page in the documentation, with every folder that is looked for`() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../docs/datasets.md").standardizedFileURL
        let rows = try String(contentsOf: page, encoding: .utf8).split(separator: "\n")
        for dataset in Dataset.allCases {
            let row = try #require(rows.first { $0.hasPrefix("| `\(dataset.rawValue)` |") }, "\(dataset.rawValue)")
            for name in dataset.definition.folders where name != "." {
                #expect(row.contains("`\(name)`"), "\(name)")
            }
        }
    }

    @Test func `can be read by programs`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(DatasetOverview(.vehiclex, in: "/nowhere")), as: UTF8.self)
        #expect(
            text == """
                {"dataset":"vehiclex","found":false,"home":"https://github.com/yorkeyao/VehicleX",\
                "splits":[{"found":false,"layout":"AI City 2020","published":[{"identities":1362,"images":192150}],\
                "split":"train"}],"title":"VehicleX","withdrawn":false}
                """)
    }
}
