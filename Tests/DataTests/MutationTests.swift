// SPDX-License-Identifier: MIT

import Randomness
import Testing

@testable import Data

/// Damages a file in one of the ways in which files get damaged, or are made to do damage.
private func mutated(_ file: [UInt8], _ random: inout RandomStream) -> [UInt8] {
    var bytes = file
    for _ in 0...random.below(4) {
        let place = random.below(bytes.count)
        switch random.below(6) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes[place] ^= 1 << UInt8(random.below(8))
        case 2: bytes[place] = [0x00, 0x7F, 0x80, 0xD8, 0xD9, 0xFF][random.below(6)]
        case 3: bytes.removeSubrange(place..<min(place + 1 + random.below(16), bytes.count))
        case 4: bytes.insert(contentsOf: bytes[place..<min(place + 1 + random.below(64), bytes.count)], at: place)
        default: bytes.removeLast(random.below(bytes.count / 2 + 1))
        }
        if bytes.isEmpty { return bytes }
    }
    return bytes
}

/// A PNG file whose chunks have the checksums that they should have, so that more than these is tested.
private func sealed(_ png: [UInt8]) -> [UInt8] {
    var bytes = png
    var start = 8
    while start + 12 <= bytes.count {
        let length = bytes[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
        let end = start + 8 + length
        guard end + 4 <= bytes.count else { break }
        let checksum = ~bytes[(start + 4)..<end].reduce(~UInt32(0)) { checksum, byte in
            (0..<8).reduce(checksum ^ UInt32(byte)) { value, _ in value >> 1 ^ (value & 1) * 0xEDB8_8320 }
        }
        for place in 0..<4 { bytes[end + place] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * place)) }
        start = end + 4
    }
    return bytes
}

@Suite struct `Decoding hostile files` {
    /// The beginning of a file, where sizes and tables are, is damaged as often as the rest.
    @Test(.timeLimit(.minutes(60))) func `ends in an image or in an error that names the file`() throws {
        let names = [
            "baseline.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "odd.jpg", "rgb.png", "palette.png", "grey.png",
            "bilevel.png", "rgba.png",
        ]
        var (images, errors) = (0, 0)
        for name in names {
            let file = try readFile("\(FixtureFiles.folder)/files/\(name)")
            for index in 0..<400 {
                var random = RandomKey(seed: 1).stream(name, index: index)
                let headLength = min(64, file.count)
                var bytes =
                    index % 2 == 0
                    ? mutated(file, &random)
                    : mutated(Array(file.prefix(headLength)), &random) + file.dropFirst(headLength)
                if index % 4 < 2 && name.hasSuffix(".png") { bytes = sealed(bytes) }
                do {
                    let image = try Image.decode(bytes, named: name)
                    #expect(image.pixels.count == 3 * image.width * image.height)
                    images += 1
                } catch {
                    #expect(error.description.contains("'\(name)'"))
                    errors += 1
                }
            }
        }
        // Both happen: the mutations are neither harmless nor all caught at the first byte.
        #expect(images > 100 && errors > 1000, "\(images) images, \(errors) errors")
    }

    /// A header alone costs nothing, whatever it promises.
    @Test func `refuses a header that asks for more than a photograph has`() throws {
        var jpeg = try readFile("\(FixtureFiles.folder)/files/baseline.jpg")
        let frame = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
        jpeg.replaceSubrange((frame + 5)..<(frame + 9), with: [0xFF, 0xDC, 0xFF, 0xDC])
        let expected = { (side: Int) in
            "'f' is a damaged image: its header says \(side) × \(side) pixels; at most 134217728 are read"
        }
        #expect(reason(jpeg) == expected(65500))
        var png = try readFile("\(FixtureFiles.folder)/files/rgb.png")
        png.replaceSubrange(16..<24, with: [0, 1, 0, 0, 0, 1, 0, 0])
        #expect(reason(sealed(png)) == expected(65536))
    }

    private func reason(_ bytes: [UInt8]) -> String {
        do {
            _ = try Image.decode(bytes, named: "f")
            return "decoded"
        } catch {
            return error.description
        }
    }
}
