// SPDX-License-Identifier: MIT

import Testing
import Vocabulary

@Suite struct `The ending of a file's name` {
    @Test(arguments: ["a.csv", "/x/A.CSV", "b.tar.Csv"]) func `is known in small and capital letters`(path: String) {
        #expect(FileEnding.csv.isOf(path) && FileEnding("CSV").isOf(path))
    }

    @Test(arguments: ["a.csv.gz", "acsv", "csv", "a.csv/", ""]) func `is behind a dot, and last`(path: String) {
        #expect(!FileEnding.csv.isOf(path))
    }

    @Test func `may have a dot in it`() {
        #expect(FileEnding("pth.tar").isOf("model.PTH.tar") && !FileEnding("pth.tar").isOf("model.tar"))
    }

    @Test func `is shown with its dot`() {
        #expect(FileEnding.yaml.shown == ".yaml, .yml" && "\(FileEnding("NPZ"))" == ".npz")
    }
}
