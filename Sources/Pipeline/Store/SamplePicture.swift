// SPDX-License-Identifier: MIT

internal import Foundation

/// A picture that a stage left for people to look at after an epoch, by its file's name: `translation-0010.png`.
struct SamplePicture: Equatable {
    let name: String
    /// From 0; the file's name has it from 1.
    let epoch: Int

    init(name: String, epoch: Int) {
        self.name = name
        self.epoch = epoch
    }

    /// Nil for a file that has no such name.
    init?(file: String) {
        guard file.hasSuffix(".png"), let dash = file.lastIndex(of: "-"),
            let number = Int(file[file.index(after: dash)...].dropLast(4)), number > 0
        else { return nil }
        self.init(name: String(file[..<dash]), epoch: number - 1)
    }

    /// Numbers are of one length, so that names sort by epoch.
    var file: String {
        let number = "\(epoch + 1)"
        return "\(name)-" + String(repeating: "0", count: max(0, 4 - number.count)) + "\(number).png"
    }

    /// Those of a folder that can be read, in order.
    static func all(in folder: URL) -> [(picture: SamplePicture, file: [UInt8])] {
        let names = (try? DurableFile.names(in: folder)) ?? []
        return names.sorted().compactMap { name in
            guard let picture = SamplePicture(file: name),
                let data = try? Data(contentsOf: folder.appendingPathComponent(name))
            else { return nil }
            return (picture, [UInt8](data))
        }
    }
}
