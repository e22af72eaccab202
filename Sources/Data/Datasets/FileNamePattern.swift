// SPDX-License-Identifier: MIT

import Vocabulary

/// What a re-ID file name says: `0052_c1s1_000777_01.jpg` is identity 52 seen by camera 1.
///
/// The pattern is applied to the name of the file alone. Searching a whole path, as common code does, reads a
/// parent folder called `2020_code` as an image of identity 2020.
struct FileNamePattern: Equatable {
    /// The identity of what was detected and is nobody, nor counted in any way.
    static let junk = Identity.junk.rawValue

    /// The number before `_c`; ``junk`` is not taken for anybody.
    let identity: Int
    /// The number after `_c`, as the dataset numbers its cameras.
    let camera: Int

    /// Reads the name, which starts with an integer, `_c` and another integer.
    ///
    /// - Returns: nil where the name does not.
    init?(_ name: String) {
        var rest = Substring(name)
        guard let identity = FileNamePattern.integer(&rest), rest.hasPrefix("_c") else { return nil }
        rest = rest.dropFirst(2)
        guard let camera = FileNamePattern.integer(&rest) else { return nil }
        self.identity = identity
        self.camera = camera
    }

    private static func integer(_ text: inout Substring) -> Int? {
        let sign = text.hasPrefix("-") ? "-" : ""
        let digits = text.dropFirst(sign.count).prefix { $0.isASCII && $0.isNumber }
        text = text[digits.endIndex...]
        return Int(sign + digits)
    }
}
