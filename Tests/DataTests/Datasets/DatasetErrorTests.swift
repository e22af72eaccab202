// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Data

/// The text of the error that is thrown.
func message<Result>(_ body: () throws -> Result) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}

@Suite struct `A dataset that is not there` {
    @Test func `is reported with every path that was looked for and the layouts that are accepted`() throws {
        let folder = try TemporaryFolder()
        try folder.write("vehiclex/readme.txt", "")
        #expect(
            message { try Dataset.vehiclex.find(in: folder.path) }
                == """
                no VehicleX found. Looked for:
                  'F/AIC20_ReID_Simulation'
                  'F/vehiclex/image_train'
                  'F/VehicleX'
                  'F/AIC20_track2'
                  'F/vehiclex/AIC20_ReID_Simulation'
                  'F/vehiclex/vehiclex'
                  'F/vehiclex/VehicleX'
                  'F/vehiclex/AIC20_track2'
                  'F/image_train'
                Accepted:
                  FOLDER/image_train/0001_c006_13.jpg
                """.replacing("'F/", with: "'\(folder.path)/"))
    }

    @Test func `is reported with what lies there instead, where that is pictures that are not read`() throws {
        let folder = try TemporaryFolder()
        for name in ["a.webp", "b/c.BMP", "b/d.bmp", "notes.txt"] { try folder.write(name, "") }
        #expect(
            message { try Dataset.folder.find(in: folder.path) } == "no images in '\(folder.path)': 3 files are not "
                + "read, as only JPEG and PNG are: 2 .bmp, 1 .webp")
        #expect(
            try picturesNotRead(below: folder.path) == [
                "3 files are not read, as only JPEG and PNG are: 2 .bmp, 1 .webp"
            ])
    }

    @Test func `is reported with whole paths, whatever folder they are relative to`() throws {
        let here = FileManager.default.currentDirectoryPath
        for root in ["nowhere-at-all", "./nowhere-at-all"] {
            let text = message { try Dataset.vehiclex.find(in: root) }
            #expect(text.contains("'\(here)/nowhere-at-all/VehicleX'"), "\(text)")
        }
        #expect(absolutePath(".") == here && absolutePath("/a/../b") == "/a/../b")
    }

    @Test(arguments: Dataset.allCases)
    func `is reported whatever it is`(dataset: Dataset) throws {
        let folder = try TemporaryFolder()
        let text = message { try dataset.find(in: folder.path) }
        #expect(text.hasPrefix("no \(dataset.definition.title) found. Looked for:\n  '\(folder.path)/"), "\(text)")
        for name in dataset.definition.folders where name != "." {
            #expect(text.contains("'\(folder.path)/\(name)'"), "\(name)")
        }
        for edition in dataset.definition.editions {
            for layout in edition.layouts { #expect(text.contains(layout), "\(layout)") }
        }
        #expect(dataset.listed(in: folder.path) == nil)
    }

    @Test func `is told from another of its layout by the folder's name, and says so`() throws {
        let folder = try TemporaryFolder()
        try folder.write("market1501/query/0001_c1s1_1.jpg", "")
        let place = "\(folder.path)/market1501"
        #expect(
            message { try Dataset.personx.find(in: place) } == """
                '\(place)' has a layout of PersonX and the name of another dataset: say 'market1501' if it is that one, or give \
                the folder another name
                """)
        // Own images may be called as they like.
        #expect(try Dataset.folder.find(in: place).splits == [.query])
        #expect(try Dataset.folder.find(in: place + "/").folder == place)
    }

    @Test func `is reported split by split`() throws {
        let folder = try TemporaryFolder()
        try folder.write("personX/image_train/0001_c1s1_1.jpg", "")
        try folder.write("target_training/label_target_training.txt", "")
        let personx = try Dataset.personx.find(in: folder.path)
        let text = message { try personx.labelled(.query) }
        #expect(text.hasPrefix("no PersonX, query found. Looked for:\n  '\(folder.path)/personX/query'"), "\(text)")
        let training = message { try Dataset.visdaTarget.find(in: folder.path).unlabelled(.train) }
        #expect(training.contains("'\(folder.path)/target_training/image_train'"), "\(training)")
        #expect(!training.contains("'\(folder.path)/target_training/label"), "\(training)")
    }

    @Test func `has no identities where nobody knows them`() throws {
        let folder = try TemporaryFolder()
        let tiny = try #require(TinyDataset.all.first { $0.dataset == .visdaTarget })
        try tiny.write(into: folder)
        let found = try Dataset.visdaTarget.find(in: folder.path)
        #expect(
            message { try found.labelled(.train) }
                == "VisDA-2020 target does not say who is seen in its train images")
        #expect(try found.unlabelled(.testGallery).count == 2)
    }
}

@Suite struct `A file name that does not fit` {
    static let example = "IDENTITY_cCAMERA…, such as"

    @Test(arguments: [
        (
            Dataset.personx, "personX/image_train", "cat.jpg",
            "the file name of 'F' should be \(example) 0001_c3s1_24.jpg"
        ),
        (.personx, "personX/image_train", "0701_c1.jpg", "F: identity 701; allowed: 0 to 700, or -1"),
        (
            .personx, "personX/image_train", "0001_c13.jpg",
            "F: camera 13; allowed: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"
        ),
        (.personx, "PersonX/bounding_box_train", "0001_c5.jpg", "F: camera 5; allowed: 3, 4, 8, 10, 11, 12"),
        (.personx, "personX/image_train", "note.txt", "no images in 'D'"),
        (.market1501, "market1501/bounding_box_train", "1502_c1.jpg", "F: identity 1502; allowed: 0 to 1501, or -1"),
        (.market1501, "market1501/bounding_box_train", "-2_c1.jpg", "F: identity -2; allowed: 0 to 1501, or -1"),
        (.market1501, "market1501/bounding_box_train", "0002_c7.jpg", "F: camera 7; allowed: 1, 2, 3, 4, 5, 6"),
        (.dukemtmc, "dukemtmc/bounding_box_train", "-7_c1.jpg", "F: identity -7; allowed: 0 or more, or -1"),
        (.veri, "VeRi/image_train", "0777_c001_1.jpg", "F: identity 777; allowed: 0 to 776, or -1"),
        (
            .vehiclex, "vehiclex/image_train", "0001_c005_1.jpg",
            "F: camera 5; allowed: \((6...36).map(String.init).joined(separator: ", "))"
        ),
        (.folder, "folder/train/x", "kitten.jpg", "the file name of 'F' should be \(example) 0001_c2_17.jpg"),
        (.folder, "folder/train/x", "-3_c1.jpg", "F: identity -3; allowed: 0 or more, or -1"),
        (
            .folder, "folder/train/x", "0001_c-1.jpg",
            "the file name of 'F' should be IDENTITY_cCAMERA… with a camera of 0 or more"
        ),
    ])
    func `is named, with what its dataset allows`(dataset: Dataset, place: String, name: String, expected: String) throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("\(place)/\(name)", "")
        let text = expected.replacing("'F'", with: "'\(path)'").replacing("'D'", with: "'\(folder.path)/\(place)'")
            .replacing("F:", with: "\(path):")
        #expect(message { try dataset.find(in: folder.path).labelled(.train) } == text)
    }
}

@Suite struct `A list that does not fit` {
    /// As a text in UTF-16 begins, whichever byte comes first.
    @Test(arguments: [[0xFF, 0xFE, 0x61, 0], [0xFE, 0xFF, 0, 0x61]] as [[UInt8]])
    func `is named where it is not UTF-8`(bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        for (dataset, name) in [(Dataset.msmt17, "MSMT17/list_query.txt"), (.folder, "folder/images.csv")] {
            let list = try folder.write(name, bytes)
            try folder.write("MSMT17/test/0001.jpg", "")
            #expect(
                message { try dataset.find(in: folder.path).labelled(.query) }
                    == "\(list):1: expected text in UTF-8, found 'text in UTF-16'")
        }
    }

    @Test(arguments: [
        ("000001.jpg\n", "L:1: expected NAME CAMERA, found '000001.jpg'"),
        ("000001.jpg 1\n000002.jpg one\n", "L:2: expected NAME CAMERA, found '000002.jpg one'"),
        ("\n000001.jpg 3\n", "L:2: camera 3; allowed: 1, 2, 4, 5, 6"),
        ("000009.jpg 1\n", "L:1: lists 'R/target_training/image_train/000009.jpg', which does not exist"),
        ("", "no images in 'L'"),
    ])
    func `of VisDA's training set names file and line`(list: String, expected: String) throws {
        try expect(expected, of: .visdaTarget, .train, "target_training/label_target_training.txt", list)
    }

    @Test(arguments: [
        (
            "0077_c5s1_003471_01.jpg 5 077\n",
            "L:1: expected NAME CAMERA IDENTITY POSITION, found '0077_c5s1_003471_01.jpg 5 077'"
        ),
        (
            "0077_c5s1_003471_01.jpg 4 077 0000\n",
            "L:1: expected the file name's camera 5 and identity 77, found '0077_c5s1_003471_01.jpg 4 077 0000'"
        ),
        ("0077_c3.jpg 3 077 0000\n", "L:1: camera 3; allowed: 1, 2, 4, 5, 6"),
        (
            "x.jpg 3 077 0000\n",
            "the file name of 'R/target_validation/image_query/x.jpg' should be IDENTITY_cCAMERA…, "
                + "such as 0077_c5s1_003471_01.jpg"
        ),
        (
            "0077_c5s1_003471_01.jpg 5 077 0001\n",
            "L:1: expected the position 0 in the last column, found '0077_c5s1_003471_01.jpg 5 077 0001'"
        ),
        (
            "0078_c5.jpg 5 078 0000\n",
            "L:1: lists 'R/target_validation/image_query/0078_c5.jpg', which does not exist"
        ),
    ])
    func `of VisDA's validation set names file and line`(list: String, expected: String) throws {
        try expect(expected, of: .visdaTarget, .query, "index_validation_query.txt", list)
    }

    @Test(arguments: [
        ("0000.jpg\n", "L:1: expected NAME POSITION, found '0000.jpg'"),
        ("0000.jpg  0000\n0002.jpg  0002\n", "L:2: expected the position 1 in the last column, found '0002.jpg  0002'"),
    ])
    func `of VisDA's test set names file and line`(list: String, expected: String) throws {
        let folder = try TemporaryFolder()
        let tiny = try #require(TinyDataset.all.first { $0.dataset == .visdaTarget })
        try tiny.write(into: folder)
        let path = try folder.write("index_test_query.txt", list)
        let text = expected.replacing("L:", with: "\(path):")
        #expect(message { try Dataset.visdaTarget.find(in: folder.path).unlabelled(.testQuery) } == text)
    }

    @Test(arguments: [
        (
            "0000/0000_000_01_0303morning_0008_0.jpg\n",
            "L:1: expected PATH IDENTITY, found '0000/0000_000_01_0303morning_0008_0.jpg'"
        ),
        (
            "0000/0000_000_01_0303morning_0008_0.jpg 4\n",
            "L:1: expected the file name's identity 0, found '0000/0000_000_01_0303morning_0008_0.jpg 4'"
        ),
        (
            "0000/0000_000_16_0303morning_0008_0.jpg 0\n",
            "L:1: camera 16; allowed: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"
        ),
        (
            "0000/x_000_1.jpg 0\n",
            "the file name of 'R/test/0000/x_000_1.jpg' should be IDENTITY_NUMBER_CAMERA_…, such as "
                + "0000_000_01_0303morning_0008_0.jpg"
        ),
        (
            "0000/0000_009_01_0303morning_0008_0.jpg 0\n",
            "L:1: lists 'R/test/0000/0000_009_01_0303morning_0008_0.jpg', which does not exist"
        ),
        ("\n", "no images in 'L'"),
    ])
    func `of MSMT17 names file and line`(list: String, expected: String) throws {
        try expect(expected, of: .msmt17, .query, "msmt17/MSMT17_V1/list_query.txt", list)
    }

    @Test(arguments: [
        ("0000001\n", "L:1: expected NAME IDENTITY, found '0000001'"),
        ("0000001 -1\n", "L:1: expected NAME IDENTITY, found '0000001 -1'"),
        ("0000009 1\n", "L:1: lists 'R/image/0000009.jpg', which does not exist"),
    ])
    func `of VehicleID names file and line`(list: String, expected: String) throws {
        try expect(expected, of: .vehicleid, .train, "VehicleID_V1.0/train_test_split/train_list.txt", list)
    }

    @Test(arguments: [
        ("", "L:1: expected the names of the columns, found ''"),
        (
            "path,id,camera\na.jpg,1,1\n",
            "L:1: expected the columns path,id,camera,split, and no others, with commas between them, found 'path,id,camera'"
        ),
        (
            "path,id,camera,set\n",
            "L:1: expected the columns path,id,camera,split, and no others, with commas between them, found 'path,id,camera,set'"
        ),
        ("path,id,camera,split\na.jpg,1,1\n", "L:2: expected 4 fields, found 'a.jpg,1,1'"),
        ("path,id,camera,split\na.jpg,1,1,train,\n", "L:2: expected 4 fields, found 'a.jpg,1,1,train,'"),
        (
            "path,id,camera,split\n\na.jpg,1,1,test\n",
            "L:3: expected one of train, query, gallery as split, found 'a.jpg,1,1,test'"
        ),
        (
            "path,id,camera,split\na.jpg,one,1,train\n",
            "L:2: expected a whole number from 0 as id, -1 for junk, or nothing, found 'a.jpg,one,1,train'"
        ),
        (
            "path,id,camera,split\na.jpg,,1,query\n",
            "L:2: expected a whole number from 0 as id, -1 for junk, found 'a.jpg,,1,query'"
        ),
        (
            "path,id,camera,split\na.jpg,-2,1,query\n",
            "L:2: expected a whole number from 0 as id, -1 for junk, found 'a.jpg,-2,1,query'"
        ),
        ("path,id,camera,split\na.jpg,1,,train\n", "L:2: expected a whole number from 0 as camera, found 'a.jpg,1,,train'"),
        ("path,id,camera,split\n,1,1,train\n", "L:2: expected a path, found ',1,1,train'"),
        (
            "path,id,camera,split\ng\"x\".jpg,1,1,train\n",
            "L:2: expected quotes around the whole field, or none, found 'g\"x\".jpg,1,1,train'"
        ),
        (
            "path,id,camera,split\n\"a\"b.jpg,1,1,train\n",
            "L:2: expected a comma or the end of the line after a closing quote, found '\"a\"b.jpg,1,1,train'"
        ),
        (
            "path,id,camera,split\n\"a.jpg,1,1,train\nb.jpg,1,1,train\n",
            "L:2: expected a closing quote, found '\"a.jpg,1,1,train'"
        ),
        ("path,id,camera,split\nnowhere.jpg,1,1,train\n", "L:2: lists 'R/nowhere.jpg', which does not exist"),
        ("path,id,camera,split\n", "no images in 'L'"),
    ])
    func `of own images names file and line`(list: String, expected: String) throws {
        let split: DatasetSplit = list.contains("query") ? .query : .train
        try expect(expected, of: .folder, split, "folder/images.csv", list)
    }

    /// Replaces one list of a tiny dataset; `L` stands for the list, `R` for the dataset's folder.
    private func expect(
        _ expected: String, of dataset: Dataset, _ split: DatasetSplit, _ name: String, _ list: String
    ) throws {
        let folder = try TemporaryFolder()
        let tiny = try #require(TinyDataset.all.first { $0.dataset == dataset })
        try tiny.write(into: folder)
        try folder.write("target_validation/image_query/0077_c3.jpg", "")
        let path = try folder.write(name, list)
        let root = tiny.folder.isEmpty ? folder.path : "\(folder.path)/\(tiny.folder)"
        let text = expected.replacing("'L'", with: "'\(path)'").replacing("'R/", with: "'\(root)/")
        let full = text.hasPrefix("L:") ? path + text.dropFirst() : text
        let found = try dataset.find(in: folder.path)
        let isLabelled = found.edition.split(split)?.hasIdentities == true
        let message = message {
            if isLabelled { _ = try found.labelled(split) } else { _ = try found.unlabelled(split) }
        }
        #expect(message == full)
    }
}
