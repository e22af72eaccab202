// SPDX-License-Identifier: MIT

import Foundation
import Testing
import Vocabulary

@testable import Data

@Suite struct `A dataset` {
    @Test(arguments: TinyDataset.all)
    func `is read in its published layout`(tiny: TinyDataset) throws {
        let folder = try TemporaryFolder()
        try tiny.write(into: folder)
        let found = try tiny.dataset.find(in: folder.path)
        #expect(found.layout == tiny.layout)
        #expect(found.folder == (tiny.folder.isEmpty ? folder.path : "\(folder.path)/\(tiny.folder)"))
        #expect(Set(found.splits) == Set(tiny.rows.keys))
        for split in found.splits {
            #expect(try TinyDataset.rows(found, split) == tiny.rows[split], "\(split.rawValue)")
            #expect(try found.listing(split).junkCount == tiny.junk[split] ?? 0, "\(split.rawValue)")
        }
    }

    /// As Windows programs write them.
    @Test(arguments: TinyDataset.all.filter { !$0.texts.isEmpty })
    func `is read whatever its lists begin and their lines end with`(tiny: TinyDataset) throws {
        let folder = try TemporaryFolder()
        try tiny.write(into: folder)
        for (name, text) in tiny.texts where !name.hasSuffix(".db") && !name.contains("/.") {
            let lines = text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
            let place = tiny.folder.isEmpty ? "" : tiny.folder + "/"
            try folder.write(place + name, [0xEF, 0xBB, 0xBF] + Array(lines.utf8))
        }
        let found = try tiny.dataset.find(in: folder.path)
        for (split, rows) in tiny.rows { #expect(try TinyDataset.rows(found, split) == rows, "\(split.rawValue)") }
    }

    /// A parent folder that looks like identity 2020 of camera 1 tells nothing.
    @Test(arguments: TinyDataset.all)
    func `is read by file names, whatever the folders above are called`(tiny: TinyDataset) throws {
        let folder = try TemporaryFolder()
        let place = "2020_c1s1_code/12_c3/" + tiny.folder
        try tiny.write(into: folder, at: place.hasSuffix("/") ? String(place.dropLast()) : place)
        let found = try tiny.dataset.find(in: "\(folder.path)/2020_c1s1_code/12_c3")
        for (split, rows) in tiny.rows { #expect(try TinyDataset.rows(found, split) == rows, "\(split.rawValue)") }
    }

    @Test(arguments: TinyDataset.all, ["", "/"])
    func `is found where the folder given is its own`(tiny: TinyDataset, ending: String) throws {
        let folder = try TemporaryFolder()
        try tiny.write(into: folder, at: "mine")
        let found = try tiny.dataset.find(in: "\(folder.path)/mine\(ending)")
        #expect(found.folder == "\(folder.path)/mine")
        #expect(Set(found.splits) == Set(tiny.rows.keys))
    }

    /// The folders that the code of the papers, of torchreid and of fast-reid expects below its data folder.
    static let spellings: [(Dataset, String)] = [
        (.market1501, "market1501/Market-1501-v15.09.15"), (.market1501, "Market-1501-v15.09.15"),
        (.market1501, "market1501"), (.market1501, "Market-1501"), (.market1501, "Market1501"),
        (.dukemtmc, "dukemtmc/DukeMTMC-reID"), (.dukemtmc, "dukemtmcreid/DukeMTMC-reID"),
        (.dukemtmc, "dukemtmc-reid/DukeMTMC-reID"), (.dukemtmc, "DukeMTMC-reID"), (.dukemtmc, "dukemtmc"),
        (.msmt17, "msmt17/MSMT17_V1"), (.msmt17, "MSMT17_V1"), (.msmt17, "MSMT17_V1/MSMT17_V1"),
        (.msmt17, "MSMT17_V2"), (.msmt17, "msmt17/MSMT17_V2"), (.msmt17, "MSMT17"), (.msmt17, "msmt17"),
        (.personx, "personx/PersonX"), (.personx, "personx/subset1"), (.personx, "personX"), (.personx, "PersonX"),
        (.personx, "personx"), (.personx, "PersonX_v1"), (.personxSDA, "personX_sda"),
        (.personxSPGAN, "personX_spgan"), (.veri, "veri/VeRi"), (.veri, "veri/VeRi_with_plate"), (.veri, "VeRi"),
        (.veri, "VeRi-776"), (.veri, "veri"), (.vehicleid, "vehicleid/VehicleID"),
        (.vehicleid, "vehicleid/VehicleID_V1.0"), (.vehicleid, "VehicleID"), (.vehicleid, "VehicleID_V1.0"),
        (.vehiclex, "vehiclex/AIC20_ReID_Simulation"), (.vehiclex, "AIC20_ReID_Simulation"), (.vehiclex, "vehiclex"),
        (.visdaTarget, "visda2020"), (.folder, "folder"),
    ]

    @Test(arguments: spellings)
    func `is found under every spelling that is in use`(dataset: Dataset, place: String) throws {
        for tiny in TinyDataset.all where tiny.dataset == dataset {
            let folder = try TemporaryFolder()
            try tiny.write(into: folder, at: place)
            let found = try dataset.find(in: folder.path)
            #expect(found.folder == "\(folder.path)/\(place)", "\(tiny)")
            #expect(found.layout == tiny.layout)
            #expect(dataset.listed(in: folder.path)?.folder == found.folder)
        }
    }

    /// An archive unpacked into a folder of its own name, or of another that the dataset has.
    @Test(arguments: TinyDataset.all)
    func `is found in a folder of its name within one`(tiny: TinyDataset) throws {
        let names = tiny.dataset.definition.folders.filter { $0 != "." }
        let outer = try #require(names.last)
        for (outer, inner) in [(names[0], names[0]), (outer, names[0]), (names[0], outer)] {
            let folder = try TemporaryFolder()
            try tiny.write(into: folder, at: "\(outer)/\(inner)")
            #expect(try tiny.dataset.find(in: folder.path).folder == "\(folder.path)/\(outer)/\(inner)")
        }
    }

    @Test(arguments: Dataset.allCases)
    func `has a tiny copy and a spelling in these tests`(dataset: Dataset) {
        #expect(TinyDataset.all.contains { $0.dataset == dataset })
        #expect(Self.spellings.contains { $0.0 == dataset })
    }

    @Test func `is not taken for another that has the same layout`() throws {
        let folder = try TemporaryFolder()
        try folder.write("personX/image_train/0001_c1s1_1.jpg", "")
        try folder.write("stuff/image_train/0001_c1s1_1.jpg", "")
        #expect(throws: DataError.self) { try Dataset.personxSDA.find(in: "\(folder.path)/personX") }
        #expect(Dataset.personxSDA.listed(in: "\(folder.path)/personX") == nil)
        #expect(Dataset.personx.listed(in: "\(folder.path)/personX")?.folder == "\(folder.path)/personX")
        #expect(Dataset.personx.listed(in: "\(folder.path)/stuff") == nil)
        #expect(try Dataset.personx.find(in: "\(folder.path)/stuff").folder == "\(folder.path)/stuff")
    }

    @Test func `prefers the folder inside the one of its name`() throws {
        let folder = try TemporaryFolder()
        try folder.write("MSMT17_V1/readme.txt", "")
        let tiny = try #require(TinyDataset.all.first { $0.layout == "MSMT17_V1" })
        try tiny.write(into: folder, at: "MSMT17_V1/MSMT17_V1")
        #expect(try Dataset.msmt17.find(in: folder.path).folder == "\(folder.path)/MSMT17_V1/MSMT17_V1")
    }

    @Test(arguments: TinyDataset.all)
    func `may be a link to where it lies`(tiny: TinyDataset) throws {
        let folder = try TemporaryFolder()
        try tiny.write(into: folder, at: "disk")
        // Every folder of the layout is a link too: large datasets are often put together so.
        try FileManager.default.createDirectory(atPath: "\(folder.path)/mine", withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/disk") {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder.path)/mine/\(name)", withDestinationPath: "\(folder.path)/disk/\(name)")
        }
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/link", withDestinationPath: "\(folder.path)/mine")
        let found = try tiny.dataset.find(in: "\(folder.path)/link")
        for (split, rows) in tiny.rows {
            #expect(try TinyDataset.rows(found, split) == rows, "\(split.rawValue)")
        }
    }

    @Test(arguments: ["cats.csv", "CATS.CSV"])
    func `of own images may be given as its table`(name: String) throws {
        let folder = try TemporaryFolder()
        let tiny = try #require(TinyDataset.all.first { $0.layout == "table" })
        try tiny.write(into: folder, at: "mine")
        let table = "\(folder.path)/mine/images.csv"
        let named = "\(folder.path)/mine/\(name)"
        try FileManager.default.moveItem(atPath: table, toPath: named)
        let found = try Dataset.folder.find(in: named)
        #expect(try found.labelled(.query).map(\.path) == ["\(folder.path)/mine/q.png"])
        #expect(try found.check().findings.map(\.kind) == [.damaged, .damaged, .damaged, .damaged])
    }

    /// Where some people are unknown, tables come out of programs with `12.0`.
    @Test func `of own images may have numbers with a zero behind the point`() throws {
        let folder = try TemporaryFolder()
        for name in ["a.jpg", "b.jpg"] { try folder.write("mine/\(name)", "") }
        try folder.write("mine/images.csv", "path,id,camera,split\na.jpg,12.0,1.0,gallery\nb.jpg,-1.0,2,gallery\n")
        let gallery = try Dataset.folder.find(in: "\(folder.path)/mine").labelled(.gallery)
        #expect(gallery.map(\.identity.rawValue) == [12])
    }

    /// Market-1501's 0 is a distractor; its published training set has none. MSMT17's 0 is a person.
    @Test func `is trained on without its background`() throws {
        let folder = try TemporaryFolder()
        try folder.write("market1501/bounding_box_train/0000_c1s1_1.jpg", "")
        try folder.write("market1501/bounding_box_train/0002_c1s1_1.jpg", "")
        let market = try Dataset.market1501.find(in: folder.path)
        #expect(try market.training().images.map(\.identity.rawValue) == [2])
        #expect(try market.training().backgroundCount == 1)
        #expect(try market.unlabelled(.train).count == 2)
        let tiny = try #require(TinyDataset.all.first { $0.dataset == .msmt17 })
        try tiny.write(into: folder)
        let msmt17 = try Dataset.msmt17.find(in: folder.path).training()
        #expect(msmt17.images.map(\.identity.rawValue) == [0, 0, 1] && msmt17.backgroundCount == 0)
    }

    @Test func `gives a source identities and a target none`() throws {
        let folder = try TemporaryFolder()
        let tiny = try #require(TinyDataset.all.first)
        try tiny.write(into: folder)
        let found = try tiny.dataset.find(in: folder.path)
        let images = "\(found.folder)/bounding_box_train"
        #expect(
            try found.labelled(.train) == [
                LabelledImage(
                    path: "\(images)/0002_c1s1_000451_03.jpg", identity: Identity(rawValue: 2),
                    camera: Camera(rawValue: 0)),
                LabelledImage(
                    path: "\(images)/0007_c6s3_077419_03.jpg", identity: Identity(rawValue: 7),
                    camera: Camera(rawValue: 5)),
            ])
        #expect(
            try found.unlabelled(.train) == [
                UnlabelledImage(path: "\(images)/0002_c1s1_000451_03.jpg", camera: Camera(rawValue: 0)),
                UnlabelledImage(path: "\(images)/0007_c6s3_077419_03.jpg", camera: Camera(rawValue: 5)),
            ])
    }

    @Test func `can be a source with labelled training images, and a target with queries too`() {
        #expect(
            Dataset.allCases.filter { !$0.definition.canBeSource } == [.visdaTarget])
        #expect(
            Dataset.allCases.filter { !$0.definition.canBeTarget } == [.personxSDA, .personxSPGAN, .vehiclex])
        #expect(Dataset.allCases.filter { $0.definition.standing == .withdrawn } == [.dukemtmc])
    }

    @Test func `says what it should hold`() throws {
        let folder = try TemporaryFolder()
        for tiny in TinyDataset.all where tiny.dataset != .folder {
            try tiny.write(into: folder, at: "\(tiny)")
            let found = try tiny.dataset.find(in: "\(folder.path)/\(tiny)")
            for split in found.splits { #expect(!found.published(split).isEmpty, "\(tiny), \(split.rawValue)") }
        }
        let veri = try Dataset.veri.find(in: "\(folder.path)/veri, VeRi-776")
        #expect(veri.published(.train).map(\.images) == [37_746, 37_778])
    }
}

@Suite struct `VehicleID's test set` {
    @Test func `has one drawn image of each vehicle in the gallery and all others as queries`() throws {
        let folder = try TemporaryFolder()
        var list = ""
        for number in 0..<60 {
            list += "\(String(number + 1000)) \(number % 6)\n"
            try folder.write("VehicleID/image/\(number + 1000).jpg", "")
        }
        try folder.write("VehicleID/train_test_split/test_list_800.txt", list)
        let found = try Dataset.vehicleid.find(in: folder.path)
        let (query, gallery) = (try found.labelled(.query), try found.labelled(.gallery))
        #expect(gallery.map(\.identity.rawValue).sorted() == Array(0..<6))
        #expect(query.count == 54)
        #expect(Set((query + gallery).map(\.path)).count == 60)
        // Drawn, not the first or the last of each; and the same at every reading.
        let places = gallery.map { (Int(lastComponent($0.path).prefix(4)) ?? 0) / 6 }
        #expect(Set(places).count > 2, "\(places)")
        #expect(try found.labelled(.gallery) == gallery)
        // The order of the lines is of no account.
        try folder.write(
            "VehicleID/train_test_split/test_list_800.txt",
            list.split(separator: "\n").reversed().joined(separator: "\n"))
        #expect(try found.labelled(.gallery) == gallery)
        #expect(try found.labelled(.query) == query)
    }
}

@Suite struct `Classified samples` {
    @Test func `number identities by rank and keep the order of images`() {
        let images = [9, 4, 9, 700].map {
            LabelledImage(path: "\($0)", identity: Identity(rawValue: $0), camera: Camera(rawValue: 1))
        }
        let (samples, identities) = Sample.classified(images)
        #expect(samples.map(\.label) == [1, 0, 1, 2])
        #expect(samples.map(\.path) == ["9", "4", "9", "700"])
        #expect(identities.map(\.rawValue) == [4, 9, 700])
    }
}
