// SPDX-License-Identifier: MIT

import Testing
import Vocabulary

@testable import Data

@Suite struct `The PersonX reader` {
    @Test func `takes identity and zero-based camera from the file name, in the order of paths`() throws {
        let folder = try TemporaryFolder()
        for name in [
            "0002_c1s1_01.jpg", "0001_c3s1_24.jpg", "0001_c12s1_02.jpg", "-1_c1s1_00.jpg", "._0009_c1.jpg",
            "a.txt",
        ] {
            try folder.write("2020_code/personX/image_train/\(name)", "")
        }
        let images = "\(folder.path)/2020_code/personX/image_train"
        let expected = [
            LabelledImage(
                path: "\(images)/0001_c12s1_02.jpg", identity: Identity(rawValue: 1),
                camera: Camera(rawValue: 11)
            ),
            LabelledImage(
                path: "\(images)/0001_c3s1_24.jpg", identity: Identity(rawValue: 1),
                camera: Camera(rawValue: 2)
            ),
            LabelledImage(
                path: "\(images)/0002_c1s1_01.jpg", identity: Identity(rawValue: 2),
                camera: Camera(rawValue: 0)
            ),
        ]
        #expect(try PersonX.read(root: "\(folder.path)/2020_code") == expected)
        #expect(try PersonX.read(root: "\(folder.path)/2020_code/personX/") == expected)
    }

    @Test func `reads a translated copy from its own folder`() throws {
        let folder = try TemporaryFolder()
        try folder.write("personX_sda/image_train/0700_c6s1_24.jpg", "")
        #expect(try PersonX.read(root: folder.path, folder: "personX_sda").map(\.identity.rawValue) == [700])
    }

    @Test func `says what it looked for where there is nothing`() throws {
        let folder = try TemporaryFolder()
        #expect(
            message { try PersonX.read(root: folder.path) } == """
                no PersonX found. Looked for '\(folder.path)/personX/image_train', \
                '\(folder.path)/image_train'; \
                accepted: ROOT/personX/image_train/0001_c3s1_24.jpg; or ROOT/image_train/0001_c3s1_24.jpg
                """
        )
    }

    @Test(arguments: [
        ("cat.jpg", "the file name of 'F/cat.jpg' should be IDENTITY_cCAMERA…, such as 0001_c3s1_24.jpg"),
        ("0701_c1.jpg", "F/0701_c1.jpg: identity 701; allowed: 0 to 700, or -1"),
        ("0001_c13.jpg", "F/0001_c13.jpg: camera 13; allowed: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"),
        ("note.txt", "no images in 'F'"),
    ])
    func `names the file that does not fit`(name: String, expected: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("personX/image_train/\(name)", "")
        let images = "\(folder.path)/personX/image_train"
        #expect(
            message { try PersonX.read(root: folder.path) }
                == expected.replacing("F/", with: images + "/").replacing("'F'", with: "'\(images)'")
        )
    }
}

@Suite struct `The VisDA target reader` {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["000002.jpg", "000001.jpg", "000003.jpg"] {
            try folder.write("target_training/image_train/\(name)", "")
        }
        try folder.write(
            "target_training/label_target_training.txt", "000002.jpg 6\r\n000001.jpg 1 77\n\n000003.jpg 4\n"
        )
        for name in ["0077_c5s1_003471_01.jpg", "0013_c4s1_000969_06.jpg"] {
            try folder.write("target_validation/image_query/\(name)", "")
        }
        try folder.write("target_validation/image_gallery/0000_c2s1_000001_00.jpg", "")
        try folder.write(
            "index_validation_query.txt",
            "0077_c5s1_003471_01.jpg 5 077 0000\n0013_c4s1_000969_06.jpg 4 013 0001\n"
        )
        try folder.write("index_validation_gallery.txt", "0000_c2s1_000001_00.jpg 2 000 0000\n")
    }

    @Test func `gives training images a camera and no identity, in the order of paths`() throws {
        let images = "\(folder.path)/target_training/image_train"
        #expect(
            try VisDATarget.training(root: folder.path) == [
                UnlabelledImage(path: "\(images)/000001.jpg", camera: Camera(rawValue: 0)),
                UnlabelledImage(path: "\(images)/000002.jpg", camera: Camera(rawValue: 4)),
                UnlabelledImage(path: "\(images)/000003.jpg", camera: Camera(rawValue: 2)),
            ]
        )
    }

    @Test func `keeps the order of the index files for validation`() throws {
        let (query, gallery) = try VisDATarget.validation(root: folder.path)
        let root = "\(folder.path)/target_validation"
        #expect(
            query == [
                LabelledImage(
                    path: "\(root)/image_query/0077_c5s1_003471_01.jpg", identity: Identity(rawValue: 77),
                    camera: Camera(rawValue: 3)
                ),
                LabelledImage(
                    path: "\(root)/image_query/0013_c4s1_000969_06.jpg", identity: Identity(rawValue: 13),
                    camera: Camera(rawValue: 2)
                ),
            ]
        )
        #expect(
            gallery == [
                LabelledImage(
                    path: "\(root)/image_gallery/0000_c2s1_000001_00.jpg", identity: .background,
                    camera: Camera(rawValue: 1)
                )
            ]
        )
    }

    @Test func `says what it looked for where there is nothing`() throws {
        let empty = try TemporaryFolder()
        #expect(
            message { try VisDATarget.training(root: empty.path) } == """
                no VisDA-2020 target, training found. Looked for '\(empty.path)/target_training'; accepted: \
                ROOT/target_training/label_target_training.txt with ROOT/target_training/image_train/NAME.jpg
                """
        )
        #expect(
            message { try VisDATarget.validation(root: empty.path) } == """
                no VisDA-2020 target, validation found. Looked for '\(empty.path)/target_validation'; \
                accepted: \
                ROOT/index_validation_query.txt with ROOT/target_validation/image_query/NAME.jpg, and \
                ROOT/index_validation_gallery.txt with ROOT/target_validation/image_gallery/NAME.jpg
                """
        )
    }

    @Test(arguments: [
        ("000001.jpg\n", "L:1: expected NAME CAMERA, found '000001.jpg'"),
        ("000001.jpg 1\n000002.jpg one\n", "L:2: expected NAME CAMERA, found '000002.jpg one'"),
        ("\n000001.jpg 3\n", "L:2: camera 3; allowed: 1, 2, 4, 5, 6"),
        ("000009.jpg 1\n", "L:1: lists 'F/target_training/image_train/000009.jpg', which does not exist"),
        ("", "no images in 'F/target_training'"),
    ])
    func `names file and line of a training list that is wrong`(list: String, expected: String) throws {
        let path = try folder.write("target_training/label_target_training.txt", list)
        let text = expected.replacing("L:", with: "\(path):").replacing("'F/", with: "'\(folder.path)/")
        #expect(message { try VisDATarget.training(root: folder.path) } == text)
    }

    @Test(arguments: [
        (
            "0077_c5s1_003471_01.jpg 5 077\n",
            "L:1: expected NAME CAMERA IDENTITY POSITION, found '0077_c5s1_003471_01.jpg 5 077'"
        ),
        (
            "0077_c5s1_003471_01.jpg 4 077 0000\n",
            "L:1: expected the file name's camera 5 and identity 77, "
                + "found '0077_c5s1_003471_01.jpg 4 077 0000'"
        ),
        ("0077_c3.jpg 3 077 0000\n", "L:1: camera 3; allowed: 1, 2, 4, 5, 6"),
        (
            "x.jpg 3 077 0000\n",
            "the file name of 'F/x.jpg' should be IDENTITY_cCAMERA…, such as 0077_c5s1_003471_01.jpg"
        ),
        ("0078_c5.jpg 5 078 0000\n", "L:1: lists 'F/0078_c5.jpg', which does not exist"),
    ])
    func `names file and line of an index that is wrong`(list: String, expected: String) throws {
        let path = try folder.write("index_validation_query.txt", list)
        try folder.write("target_validation/image_query/0077_c3.jpg", "")
        let text = expected.replacing("L:", with: "\(path):")
            .replacing("'F/", with: "'\(folder.path)/target_validation/image_query/")
        #expect(message { try VisDATarget.validation(root: folder.path) } == text)
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

/// The text of the error that is thrown.
private func message<Result>(_ body: () throws -> Result) -> String {
    do {
        _ = try body()
        return "no error"
    } catch {
        return "\(error)"
    }
}
