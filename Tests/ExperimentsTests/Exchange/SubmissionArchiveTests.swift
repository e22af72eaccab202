// SPDX-License-Identifier: MIT

import Foundation
import Testing

@testable import Experiments

@Suite struct `The archive of a submission` {
    /// Python's `zipfile`, with `ZipInfo("result.txt", (1980, 1, 1, 0, 0, 0))`, `create_system = 3`,
    /// `external_attr = 0o100644 << 16` and `ZIP_STORED`.
    static let pythons = """
        504b0304140000000000000021007ea548a912000000120000000a000000726573756c742e7478743030303031203030\
        3030322030303030300a504b01021403140000000000000021007ea548a912000000120000000a000000000000000000\
        0000a48100000000726573756c742e747874504b05060000000001000100380000003a0000000000
        """

    @Test func `has the bytes that Python writes`() {
        let archive = SubmissionArchive.holding(Data("00001 00002 00000\n".utf8), named: "result.txt")
        #expect(archive.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == Self.pythons)
    }

    @Test func `carries the published check`() {
        #expect(SubmissionArchive.checksum("123456789".utf8) == 0xCBF4_3926)
        #expect(SubmissionArchive.checksum([]) == 0)
    }

    @Test func `holds an empty file too`() {
        // 30 + 46 bytes of headers, each with a name of one, and 22 at the end.
        #expect(SubmissionArchive.holding(Data(), named: "a").count == 30 + 46 + 2 + 22)
    }
}
