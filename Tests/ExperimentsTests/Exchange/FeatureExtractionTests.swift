// SPDX-License-Identifier: MIT

import Data
import Foundation
import Testing

@testable import Experiments

/// A folder of images that nobody decodes, removed with the value.
private final class ImageFolder {
    let path = NSTemporaryDirectory() + "images-\(UUID().uuidString)"

    init(_ files: [String], table: String? = nil) throws {
        for file in files {
            let url = URL(fileURLWithPath: "\(path)/\(file)")
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Foundation.Data([0xFF, 0xD8, 0xFF]).write(to: url)
        }
        try table?.write(toFile: path + "/images.csv", atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct `Images whose features are extracted` {
    @Test func `are called by their paths below the folder`() throws {
        let folder = try ImageFolder(["a/1.jpg", "b/1.jpg", "1.jpg"])
        for path in [folder.path, folder.path + "/"] {
            #expect(try FeatureExtraction.folder(path).names == ["1.jpg", "a/1.jpg", "b/1.jpg"])
        }
    }

    /// The same of a dataset, whether its folder is given or its table.
    @Test func `of a dataset are called by their paths below it`() throws {
        let table = "path,id,camera,split\nx/1.jpg,3,1,train\ny/1.jpg,4,2,train\n"
        let folder = try ImageFolder(["x/1.jpg", "y/1.jpg"], table: table)
        for path in [folder.path, folder.path + "/images.csv"] {
            let parts = try FeatureExtraction.parts(of: Dataset.folder.find(in: path), .train)
            #expect(parts.map(\.names) == [["x/1.jpg", "y/1.jpg"]] && parts[0].hasIdentities)
        }
    }

    /// `id` may be empty in training images of a target: then there are none to write.
    @Test func `have no identities where some do not say who is seen`() throws {
        for rows in ["x/1.jpg,,1,train\ny/1.jpg,,2,train\n", "x/1.jpg,3,1,train\ny/1.jpg,,2,train\n"] {
            let folder = try ImageFolder(["x/1.jpg", "y/1.jpg"], table: "path,id,camera,split\n" + rows)
            let parts = try FeatureExtraction.parts(of: Dataset.folder.find(in: folder.path), .train)
            #expect(parts.map(\.samples.count) == [2] && !parts[0].hasIdentities)
        }
    }

    @Test func `need identities where queries and a gallery are asked for`() throws {
        let table = "path,id,camera,split\nx/1.jpg,,1,query\ny/1.jpg,4,2,gallery\n"
        let folder = try ImageFolder(["x/1.jpg", "y/1.jpg"], table: table)
        #expect(throws: DataError.self) { try FeatureExtraction.parts(of: Dataset.folder.find(in: folder.path), nil) }
    }
}
