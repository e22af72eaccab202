// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

@Suite struct `A check of a dataset` {
    private let gallery: Gallery

    init() throws {
        gallery = try Gallery()
    }

    @Test func `finds nothing in images that are whole and different`() throws {
        let check = try gallery.check()
        #expect(check.findings == [])
        #expect(!check.hasErrors)
        #expect(check.splits.map(\.name) == [.train, .query, .gallery])
        #expect(check.splits.map(\.images) == [40, 5, 10])
        #expect(check.splits.map(\.identities) == [10, 5, 5])
        #expect(check.splits.map(\.cameras) == [4, 1, 2])
        #expect(check.readCount == 55)
        #expect(check.rememberedCount == 0)
    }

    @Test func `tells how far it is`() throws {
        var steps: [[Int]] = []
        _ = try Dataset.folder.find(in: gallery.folder.path).check { steps.append([$0, $1]) }
        #expect(steps.first == [0, 55])
        #expect(steps.last == [55, 55])
    }

    @Test func `names the one damaged image among many`() throws {
        let whole = try Gallery.jpeg(colour: 100)
        try gallery.folder.write("train/0004_c1_99.jpg", Array(whole.dropLast(20)))
        try gallery.folder.write("gallery/0021_c1_99.jpg", "not a picture")
        try gallery.folder.write("query/0022_c1_99.jpg", "")
        let check = try gallery.check()
        #expect(check.hasErrors)
        #expect(check.splits.map(\.images) == [41, 6, 11])
        #expect(check.findings.map(\.kind) == [.damaged, .damaged, .damaged])
        let lines = gallery.findings(check)
        try #require(lines.count == 3)
        #expect(lines[0].hasPrefix("error: train: 'train/0004_c1_99.jpg': the file ends at byte"), "\(lines)")
        #expect(
            lines[1] == "error: query: 'query/0022_c1_99.jpg': it is neither a JPEG nor a PNG file: it begins with "
                + "nothing (the file is empty)")
        #expect(lines[2].hasSuffix("it begins with 6e 6f 74 20 61 20 70 69"), "\(lines)")
    }

    /// A file whose header and end are in place, and whose middle is not: only decoding all of it can tell.
    @Test func `decodes images to their end`() throws {
        var photograph = Image(width: 64, height: 64, red: 0, green: 0, blue: 0)
        photograph.pixels = photograph.pixels.indices.map { UInt8(truncatingIfNeeded: $0 &* 7919 >> 3) }
        var png = try photograph.png()
        png[png.count / 2] ^= 0xFF
        try gallery.folder.write("train/0004_c1_98.png", png)
        let check = try gallery.check()
        #expect(check.findings.map(\.kind) == [.damaged])
        #expect(check.findings.first?.paths == [gallery.path("train/0004_c1_98.png")])
    }

    @Test func `names a folder or a pipe that is called like an image without opening it`() throws {
        try FileManager.default.createDirectory(
            atPath: gallery.path("train/0002_c1_folder.jpg"), withIntermediateDirectories: true)
        #expect(mkfifo(gallery.path("train/0002_c1_pipe.jpg"), 0o600) == 0)
        let check = try gallery.check()
        #expect(check.findings.map(\.detail) == Array(repeating: "cannot be read: it is not a file", count: 2))
    }

    @Test func `warns of an image that a split has twice`() throws {
        try gallery.write("train/0001_c2_copy.jpg", colour: 0)
        try gallery.write("train/0010_c2_copy.jpg", colour: 1)
        let check = try gallery.check()
        #expect(!check.hasErrors)
        #expect(
            gallery.findings(check) == [
                "warning: train: 'train/0001_c1_0.jpg', 'train/0001_c2_copy.jpg': the same image",
                "warning: train: 'train/0001_c2_1.jpg', 'train/0010_c2_copy.jpg': the same image, as identities 1, 10",
            ])
    }

    @Test func `refuses an image that is trained on and tested`() throws {
        try gallery.write("gallery/0021_c4_leak.jpg", colour: 7)
        let check = try gallery.check()
        #expect(check.hasErrors)
        #expect(
            gallery.findings(check) == [
                "error: train, gallery: 'train/0002_c4_7.jpg', 'gallery/0021_c4_leak.jpg': the same image is trained "
                    + "on and tested"
            ])
    }

    @Test func `refuses a query in its gallery, unless the protocol leaves it out there`() throws {
        // VeRi-776's queries are gallery images: same identity, same camera.
        try gallery.write("gallery/0020_c1_same.jpg", colour: 50)
        #expect(try gallery.check().findings == [])
        try gallery.write("gallery/0021_c2_other.jpg", colour: 51)
        #expect(
            gallery.findings(try gallery.check()) == [
                "error: query, gallery: 'query/0021_c1_0.jpg', 'gallery/0021_c2_other.jpg': a query is in its gallery, "
                    + "and no protocol leaves it out there"
            ])
    }

    @Test func `refuses people who are trained on and tested, background aside`() throws {
        // Identity 0 is background in own images: seen on both sides it is nobody.
        try gallery.write("train/0000_c2_8.jpg", colour: 80)
        try gallery.write("gallery/0000_c2_8.jpg", colour: 81)
        #expect(
            gallery.findings(try gallery.check()) == [
                "warning: train: 1 image with the identity 0: nobody of interest by this dataset's definition, left out where "
                    + "it is a source"
            ])
        try FileManager.default.removeItem(atPath: gallery.path("train/0000_c2_8.jpg"))
        for number in 1...6 { try gallery.write("gallery/000\(number)_c2_8.jpg", colour: 81 + number) }
        #expect(
            gallery.findings(try gallery.check()) == [
                "error: train, gallery: 6 identities are trained on and tested: 1, 2, 3, 4, 5, …"
            ])
    }

    @Test func `tells contents apart that share a hash`() throws {
        let paths = [
            gallery.path("train/0001_c1_0.jpg"), gallery.path("train/0001_c2_1.jpg"),
            try gallery.write("train/0001_c1_copy.jpg", colour: 0),
        ]
        var inspection = FileInspection(CheckMemory(folder: gallery.folder.path)) { _ in 17 }
        inspection.inspect(paths) { _, _ in }
        let contents = [0, 1, 0].map {
            FileInspection.Outcome.read(.whole(FileVerdict.Content(hash: 17, variant: $0)))
        }
        #expect(paths.map { inspection.outcomes[$0] } == contents)
        // The same in two steps, the first file being known already: nothing is taken for its equal by number.
        var first = FileInspection(CheckMemory(folder: gallery.folder.path)) { _ in 17 }
        first.inspect([paths[0]]) { _, _ in }
        var second = FileInspection(first.memory) { _ in 17 }
        second.inspect(paths) { _, _ in }
        #expect(paths.map { second.outcomes[$0] } == contents)
        #expect(second.readCount == 2)
    }

    @Test func `lists every image of a table that is not there`() throws {
        try gallery.folder.write(
            "table/images.csv",
            "path,id,camera,split\n../train/0001_c1_0.jpg,1,1,train\na.jpg,2,1,train\nb.jpg,2,1,query\n")
        let check = try Dataset.folder.find(in: gallery.path("table")).check()
        #expect(check.findings.map(\.kind) == [.missing, .missing, .sharedIdentities, .absent])
        #expect(check.findings.last?.description == "warning: gallery: no images")
        #expect(gallery.findings(check).first == "error: train: 'table/a.jpg': not there, and listed in table/images.csv:3")
        #expect(check.splits.map(\.name) == [.train, .query])
        #expect(check.readCount == 1)
    }

    @Test func `names a split that is not there`() throws {
        try FileManager.default.removeItem(atPath: gallery.path("gallery"))
        #expect(gallery.findings(try gallery.check()) == ["warning: gallery: 'gallery': not there"])
        try FileManager.default.createDirectory(atPath: gallery.path("gallery"), withIntermediateDirectories: true)
        #expect(gallery.findings(try gallery.check()) == ["warning: gallery: no images"])
    }

    @Test func `counts pictures that are not read, and links that lead nowhere`() throws {
        for name in ["0001_c1_a.bmp", "more/0001_c1_b.BMP", "0001_c1_c.webp", "notes.txt", ".0001_c1_d.gif"] {
            try gallery.folder.write("train/\(name)", "")
        }
        try gallery.folder.write("gallery/0020_c2_e.tif", "")
        try FileManager.default.createSymbolicLink(
            atPath: gallery.path("gallery/lost"), withDestinationPath: gallery.path("nowhere"))
        #expect(
            gallery.findings(try gallery.check()) == [
                "warning: train: 'train': 3 files are not read, as only JPEG and PNG are: 2 .bmp, 1 .webp",
                "warning: gallery: 'gallery': 1 file is not read, as only JPEG and PNG are: 1 .tif",
                "warning: gallery: 'gallery': 1 link leads nowhere",
            ])
    }

    /// Market-1501's layout has no folders below its three; a copy sorted by person would look almost empty.
    @Test func `counts images in folders that a published layout does not have`() throws {
        let market = try TemporaryFolder()
        for name in ["query/0001_c1.jpg", "query/0001/0001_c2.jpg", "query/0002/0002_c2.jpg"] {
            try market.write("market1501/\(name)", Gallery.jpeg(colour: name.count))
        }
        let check = try Dataset.market1501.find(in: market.path).check()
        #expect(check.findings.filter { $0.kind == .unread }.map(\.detail) == ["2 images in folders below are not read"])
    }

    @Test func `goes on where one split cannot be listed`() throws {
        try gallery.folder.write("query/hello.jpg", "")
        let check = try gallery.check()
        // The splits of own images are read together, for the numbers of their cameras.
        #expect(
            gallery.findings(check)
                == [
                    "error: train, query, gallery: the file name of '\(gallery.path("query/hello.jpg"))' should be "
                        + "IDENTITY_cCAMERA…, such as 0001_c2_17.jpg"
                ].map { $0.replacing(gallery.folder.path + "/", with: "") })
        let market = try TemporaryFolder()
        try market.write("market1501/query/0001_c1.jpg", Gallery.jpeg(colour: 1))
        try market.write("market1501/bounding_box_test/0001_c9.jpg", "")
        let other = try Dataset.market1501.find(in: market.path).check()
        #expect(other.splits.map(\.name) == [.query])
        #expect(other.findings.map(\.kind) == [.unlisted, .incomplete, .absent])
        #expect(
            other.findings.last?.description
                == "warning: train: '\(market.path)/market1501/bounding_box_train': not there")
    }
}

@Suite struct `Published counts` {
    /// A copy of PersonX in VisDA's layout with some images; published are 20,280 of 700 people and six cameras.
    private func check(_ images: [String], published: PublishedCounts, drawn: Bool = false) throws -> DatasetCheck {
        let folder = try TemporaryFolder()
        for (number, name) in images.enumerated() {
            try folder.write("personX/image_train/\(name)", Gallery.jpeg(colour: number))
        }
        if drawn { try folder.write("world.json", "{}") }
        var found = try Dataset.personx.find(in: folder.path)
        if published.images != nil {
            let names = NamedImages(cameras: CameraNumbers(1...6), example: "")
            found = FoundDataset(
                dataset: .personx, folder: found.folder,
                edition: DatasetEdition(
                    name: "", layouts: [], splits: [SplitDefinition(.train, in: ["image_train"], names, published)]))
        }
        return try found.check()
    }

    @Test func `that are not reached mean an incomplete copy, which is an error`() throws {
        let check = try check(["0001_c1.jpg"], published: PublishedCounts())
        #expect(check.hasErrors)
        #expect(
            check.findings.map(\.description) == [
                "error: train: 1 image, 1 identity, 1 camera; published are 20280 images, 700 identities, 6 cameras"
            ])
    }

    @Test func `that are exceeded, or other people and cameras, are a warning`() throws {
        let images = ["0001_c1.jpg", "0001_c2.jpg", "0002_c1.jpg"]
        for (counts, expected) in [
            (
                PublishedCounts(images: 2, identities: 2, cameras: 2),
                "3 images; published are 2 images, 2 identities, 2 cameras"
            ),
            (
                PublishedCounts(images: 3, identities: 3, cameras: 6),
                "2 identities, 2 cameras; published are 3 images, 3 identities, 6 cameras"
            ),
        ] {
            let check = try check(images, published: counts)
            #expect(!check.hasErrors)
            #expect(check.findings.map(\.description) == ["warning: train: \(expected)"])
        }
        #expect(try check(images, published: PublishedCounts(images: 3, identities: 2)).findings == [])
    }

    @Test func `are not asked of a drawn world`() throws {
        #expect(try check(["0001_c1.jpg"], published: PublishedCounts(), drawn: true).findings == [])
    }
}

@Suite struct `A content hash` {
    /// RFC 9923's published values of FNV-1a for 128 bits.
    @Test(arguments: [
        ("", "6c62272e07bb014262b821756295c58d"), ("a", "d228cb696f1a8caf78912b704e4a8964"),
        ("foobar", "343e1662793c64bf6f0d3597ba446f18"),
    ])
    func `has the published values`(text: String, expected: String) {
        #expect(String(contentHash(Array(text.utf8)), radix: 16) == expected)
    }
}

@Suite struct `A printed check` {
    @Test func `has a table, the findings by kind, and a verdict`() throws {
        let counts = [PublishedCounts(images: 3, identities: 2, cameras: 6)]
        let findings =
            (0..<22).map { DatasetFinding(.damaged, [.train], paths: ["\($0).jpg"], "no good") }
            + [DatasetFinding(.counts, [.gallery], "more")]
        let check = DatasetCheck(
            dataset: .dukemtmc, layout: "Market-1501", folder: "/d",
            splits: [
                .init(name: .train, images: 1000, identities: 2, cameras: 6, background: 0, junk: 0, published: counts),
                .init(
                    name: .testGallery, images: 7, identities: nil, cameras: 1, background: 3, junk: 12,
                    published: []),
            ], findings: findings, readCount: 4, rememberedCount: 5, memoryProblem: "disk full")
        let lines = "\(check)".split(separator: "\n").map(String.init)
        #expect(
            Array(lines.prefix(6)) == [
                "DukeMTMC-reID (Market-1501) in /d", "withdrawn by its authors",
                "split            images  identities  cameras  background  junk",
                "train         1000 of 3      2 of 2   6 of 6           0     0",
                "test-gallery          7           -        1           3    12",
                "error: train: '0.jpg': no good",
            ])
        #expect(
            Array(lines.suffix(5)) == [
                "error: and 2 more of this kind", "warning: gallery: more", "not remembered: disk full",
                "4 images read, 5 unchanged since the last check", "22 errors, 1 warning",
            ])
        #expect(lines.count == 5 + 20 + 5)
    }
}
