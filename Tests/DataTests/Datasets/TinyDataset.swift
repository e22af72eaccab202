// SPDX-License-Identifier: MIT

import Vocabulary

@testable import Data

/// A dataset of a few images in a published layout, and what reading it should give.
struct TinyDataset: CustomStringConvertible, Sendable {
    /// A row as tests write it: the path below the dataset's folder, the identity, the zero-based camera.
    struct Row: Equatable {
        let path: String
        let identity: Int?
        let camera: Int

        init(_ path: String, _ identity: Int?, _ camera: Int) {
            self.path = path
            self.identity = identity
            self.camera = camera
        }
    }

    let dataset: Dataset
    let layout: String
    /// Where the dataset's folder lies below the data folder.
    let folder: String
    /// Images, by path below the dataset's folder.
    var images: [String] = []
    /// Text files, by path below the dataset's folder.
    var texts: [String: String] = [:]
    let rows: [DatasetSplit: [Row]]
    var junk: [DatasetSplit: Int] = [:]

    var description: String { "\(dataset.rawValue), \(layout)" }

    /// Writes the files below a folder; images are empty unless their content is given.
    func write(
        into temporary: TemporaryFolder, at place: String? = nil, image: (String) throws -> [UInt8] = { _ in [] }
    ) throws {
        let folder = place ?? self.folder
        let prefix = folder.isEmpty ? "" : folder + "/"
        for name in images { try temporary.write(prefix + name, image(name)) }
        for (name, text) in texts { try temporary.write(prefix + name, text) }
    }

    /// The rows of a split, paths being shortened to what is below the dataset's folder.
    static func rows(_ found: FoundDataset, _ split: DatasetSplit) throws -> [Row] {
        let listing = try found.listing(split)
        try listing.requireFiles()
        return listing.images.map { image in
            Row(String(image.path.dropFirst(found.folder.count + 1)), image.identity?.rawValue, image.camera.rawValue)
        }
    }
}

extension TinyDataset {
    static let all =
        people + vehicles + [
            visdaTarget, table, tree("train", "query", "gallery"), tree("image_train", "image_query", "image_test"),
            tree("bounding_box_train", "query", "bounding_box_test"), flat,
        ]

    private static let people = [
        TinyDataset(
            dataset: .market1501, layout: "Market-1501", folder: "Market-1501-v15.09.15",
            images: [
                "bounding_box_train/0007_c6s3_077419_03.jpg", "bounding_box_train/0002_c1s1_000451_03.jpg",
                "query/0001_c2s1_000301_00.jpg", "bounding_box_test/0001_c5s1_001426_00.jpg",
                "bounding_box_test/0000_c3s1_000051_01.jpg", "bounding_box_test/-1_c4s2_000000_01.jpg",
            ],
            texts: ["bounding_box_train/Thumbs.db": "", "bounding_box_train/._0009_c1s1_000000_00.jpg": ""],
            rows: [
                .train: [
                    Row("bounding_box_train/0002_c1s1_000451_03.jpg", 2, 0),
                    Row("bounding_box_train/0007_c6s3_077419_03.jpg", 7, 5),
                ],
                .query: [Row("query/0001_c2s1_000301_00.jpg", 1, 1)],
                .gallery: [
                    Row("bounding_box_test/0000_c3s1_000051_01.jpg", 0, 2),
                    Row("bounding_box_test/0001_c5s1_001426_00.jpg", 1, 4),
                ],
            ], junk: [.gallery: 1]),
        TinyDataset(
            dataset: .dukemtmc, layout: "Market-1501", folder: "DukeMTMC-reID",
            images: [
                "bounding_box_train/0001_c8_f0046182.jpg", "query/0005_c2_f0046985.jpg",
                "bounding_box_test/7139_c1_f0088000.jpg",
            ],
            rows: [
                .train: [Row("bounding_box_train/0001_c8_f0046182.jpg", 1, 7)],
                .query: [Row("query/0005_c2_f0046985.jpg", 5, 1)],
                .gallery: [Row("bounding_box_test/7139_c1_f0088000.jpg", 7139, 0)],
            ]),
        msmt17("MSMT17_V1", train: "train", test: "test"),
        msmt17("MSMT17_V2", train: "mask_train_v2", test: "mask_test_v2"),
        visdaPersonX(.personx, "personX"), visdaPersonX(.personxSDA, "personX_sda"),
        visdaPersonX(.personxSPGAN, "personX_spgan"),
        TinyDataset(
            dataset: .personx, layout: "SpCL and OpenUnReID", folder: "personx/PersonX",
            images: [
                "bounding_box_train/0001_c12s1_30.jpg", "bounding_box_train/0001_c3s1_1.jpg",
                "query/0900_c4s1_2.jpg", "bounding_box_test/0900_c8s1_3.jpg", "bounding_box_test/0901_c10s1_1.jpg",
                "bounding_box_test/0902_c11s1_1.jpg",
            ],
            rows: [
                .train: [
                    Row("bounding_box_train/0001_c12s1_30.jpg", 1, 5), Row("bounding_box_train/0001_c3s1_1.jpg", 1, 0),
                ],
                .query: [Row("query/0900_c4s1_2.jpg", 900, 1)],
                .gallery: [
                    Row("bounding_box_test/0900_c8s1_3.jpg", 900, 2), Row("bounding_box_test/0901_c10s1_1.jpg", 901, 3),
                    Row("bounding_box_test/0902_c11s1_1.jpg", 902, 4),
                ],
            ]),
        TinyDataset(
            dataset: .personx, layout: "a folder for each camera", folder: "PersonX_v1",
            images: zip(1...6, [3, 4, 8, 10, 11, 12]).flatMap { folder, camera in
                ["bounding_box_train/0001", "query/0900", "bounding_box_test/0900"].map {
                    "\(folder)/\($0)_c\(camera)s1_1.jpg"
                }
            },
            rows: [
                .train: zip(0...5, [3, 4, 8, 10, 11, 12]).map { camera, number in
                    Row("\(camera + 1)/bounding_box_train/0001_c\(number)s1_1.jpg", 1, camera)
                },
                .query: zip(0...5, [3, 4, 8, 10, 11, 12]).map { camera, number in
                    Row("\(camera + 1)/query/0900_c\(number)s1_1.jpg", 900, camera)
                },
                .gallery: zip(0...5, [3, 4, 8, 10, 11, 12]).map { camera, number in
                    Row("\(camera + 1)/bounding_box_test/0900_c\(number)s1_1.jpg", 900, camera)
                },
            ]),
    ]

    /// Training images are ordered by path, those of the test by list. Both number their people from 0.
    private static func msmt17(_ name: String, train: String, test: String) -> TinyDataset {
        let names = (
            last: "0000/0000_003_15_0303noon_0001_0.jpg", first: "0000/0000_000_01_0303morning_0008_0.jpg",
            other: "0001/0001_000_04_0114noon_0002_1.jpg"
        )
        return TinyDataset(
            dataset: .msmt17, layout: name, folder: "msmt17/\(name)",
            images: ["\(train)/\(names.last)", "\(train)/\(names.first)", "\(train)/\(names.other)"]
                + ["\(test)/\(names.first)", "\(test)/\(names.last)", "\(test)/\(names.other)"],
            texts: [
                "list_train.txt": "\(names.last) 0\n\(names.other) 1\n", "list_val.txt": "\(names.first) 0\n",
                "list_query.txt": "\(names.last) 0\n", "list_gallery.txt": "\(names.other) 1\r\n\(names.first) 0",
            ],
            rows: [
                .train: [
                    Row("\(train)/\(names.first)", 0, 0), Row("\(train)/\(names.last)", 0, 14),
                    Row("\(train)/\(names.other)", 1, 3),
                ],
                .query: [Row("\(test)/\(names.last)", 0, 14)],
                .gallery: [Row("\(test)/\(names.other)", 1, 3), Row("\(test)/\(names.first)", 0, 0)],
            ])
    }

    private static func visdaPersonX(_ dataset: Dataset, _ folder: String) -> TinyDataset {
        TinyDataset(
            dataset: dataset, layout: "VisDA-2020", folder: folder,
            images: [
                "0002_c1s1_01.jpg", "0001_c3s1_24.jpg", "0001_c12s1_02.jpg", "-1_c1s1_00.jpg", "0700_c6s1_9.jpg",
            ].map { "image_train/\($0)" },
            rows: [
                .train: [
                    Row("image_train/0001_c12s1_02.jpg", 1, 11), Row("image_train/0001_c3s1_24.jpg", 1, 2),
                    Row("image_train/0002_c1s1_01.jpg", 2, 0), Row("image_train/0700_c6s1_9.jpg", 700, 5),
                ]
            ], junk: [.train: 1])
    }

    private static let vehicles = [
        TinyDataset(
            dataset: .veri, layout: "VeRi-776", folder: "VeRi",
            images: [
                "image_train/0001_c001_00016450_0.jpg", "image_train/0776_c020_00016460_0.jpg",
                "image_query/0002_c002_00030600_0.jpg", "image_test/0002_c003_00084280_0.jpg",
                "image_test/0002_c002_00030600_0.jpg",
            ],
            rows: [
                .train: [
                    Row("image_train/0001_c001_00016450_0.jpg", 1, 0),
                    Row("image_train/0776_c020_00016460_0.jpg", 776, 19),
                ],
                .query: [Row("image_query/0002_c002_00030600_0.jpg", 2, 1)],
                .gallery: [
                    Row("image_test/0002_c002_00030600_0.jpg", 2, 1), Row("image_test/0002_c003_00084280_0.jpg", 2, 2),
                ],
            ]),
        TinyDataset(
            dataset: .vehiclex, layout: "AI City 2020", folder: "AIC20_ReID_Simulation",
            images: ["image_train/0001_c006_13.jpg", "image_train/1362_c036_1.jpg"],
            rows: [
                .train: [Row("image_train/0001_c006_13.jpg", 1, 0), Row("image_train/1362_c036_1.jpg", 1362, 30)]
            ]),
        // With one image of each vehicle nothing is left to chance: all of them go to the gallery.
        TinyDataset(
            dataset: .vehicleid, layout: "VehicleID_V1.0", folder: "VehicleID_V1.0",
            images: ["image/0000002.jpg", "image/0000001.jpg", "image/0000007.jpg", "image/0000008.jpg"],
            texts: [
                "train_test_split/train_list.txt": "0000002 55\n0000001 7\n",
                "train_test_split/test_list_800.txt": "0000008 91\n0000007 90\n",
                "train_test_split/test_list_1600.txt": "0000008 91\n",
            ],
            rows: [
                .train: [Row("image/0000001.jpg", 7, 0), Row("image/0000002.jpg", 55, 0)],
                .query: [],
                .gallery: [Row("image/0000007.jpg", 90, 0), Row("image/0000008.jpg", 91, 0)],
                .query1600: [],
                .gallery1600: [Row("image/0000008.jpg", 91, 0)],
            ]),
    ]

    private static let visdaTarget = TinyDataset(
        dataset: .visdaTarget, layout: "VisDA-2020", folder: "",
        images: ["000002", "000001", "000003"].map { "target_training/image_train/\($0).jpg" }
            + ["0077_c5s1_003471_01", "0013_c4s1_000969_06"].map { "target_validation/image_query/\($0).jpg" }
            + ["target_validation/image_gallery/0000_c2s1_000001_00.jpg"]
            + ["target_test/image_query/0000.jpg", "target_test/image_gallery/000001.jpg"]
            + ["target_test/image_gallery/000000.jpg"],
        texts: [
            "target_training/label_target_training.txt": "000002.jpg 6\r\n000001.jpg 1 77\n\n000003.jpg 4\n",
            "index_validation_query.txt":
                "0077_c5s1_003471_01.jpg 5 077 0000\n0013_c4s1_000969_06.jpg 4 013 0001\n",
            "index_validation_gallery.txt": "0000_c2s1_000001_00.jpg 2 000 0000\n",
            "index_test_query.txt": "0000.jpg  0000\n",
            "index_test_gallery.txt": "000000.jpg  00000\n000001.jpg  00001\n",
        ],
        rows: [
            .train: [
                Row("target_training/image_train/000001.jpg", nil, 0),
                Row("target_training/image_train/000002.jpg", nil, 4),
                Row("target_training/image_train/000003.jpg", nil, 2),
            ],
            .query: [
                Row("target_validation/image_query/0077_c5s1_003471_01.jpg", 77, 3),
                Row("target_validation/image_query/0013_c4s1_000969_06.jpg", 13, 2),
            ],
            .gallery: [Row("target_validation/image_gallery/0000_c2s1_000001_00.jpg", 0, 1)],
            .testQuery: [Row("target_test/image_query/0000.jpg", nil, 0)],
            .testGallery: [
                Row("target_test/image_gallery/000000.jpg", nil, 0),
                Row("target_test/image_gallery/000001.jpg", nil, 0),
            ],
        ])

    /// Cameras 3 and 40 of all splits together are ranked 0 and 1.
    private static let table = TinyDataset(
        dataset: .folder, layout: "table", folder: "folder",
        images: ["shop/a, b.jpg", "q.png", "g.jpg", "t.jpg"],
        texts: [
            "images.csv":
                "split,path,id,camera\r\ntrain,\"shop/a, b.jpg\",12,40\r\ntrain,t.jpg,,3\r\n\r\n"
                + "train,junk.jpg,-1,3\r\nquery,q.png,5,3\r\ngallery,g.jpg,0,40\r\n"
        ],
        rows: [
            .train: [Row("shop/a, b.jpg", 12, 1), Row("t.jpg", nil, 0)], .query: [Row("q.png", 5, 0)],
            .gallery: [Row("g.jpg", 0, 1)],
        ], junk: [.train: 1])

    private static func tree(_ train: String, _ query: String, _ gallery: String) -> TinyDataset {
        TinyDataset(
            dataset: .folder, layout: "\(train), \(query), \(gallery)", folder: "folder",
            images: [
                "\(train)/0012/0012_c2_1.jpg", "\(train)/0003/0003_c11_1.PNG", "\(train)/-1_c2_0.jpg",
                "\(query)/0020_c30.jpeg", "\(gallery)/0000_c2_4.jpg",
            ],
            texts: ["\(train)/.thumbnails/0001_c1.jpg": "", "\(train)/notes.txt": ""],
            rows: [
                .train: [Row("\(train)/0003/0003_c11_1.PNG", 3, 1), Row("\(train)/0012/0012_c2_1.jpg", 12, 0)],
                .query: [Row("\(query)/0020_c30.jpeg", 20, 2)], .gallery: [Row("\(gallery)/0000_c2_4.jpg", 0, 0)],
            ], junk: [.train: 1])
    }

    private static let flat = TinyDataset(
        dataset: .folder, layout: "one folder", folder: "folder",
        images: ["0007_c1_1.jpg", "more/0002_c1_5.jpg"],
        rows: [.train: [Row("0007_c1_1.jpg", 7, 0), Row("more/0002_c1_5.jpg", 2, 0)]])
}
