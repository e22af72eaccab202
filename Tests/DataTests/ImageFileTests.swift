// SPDX-License-Identifier: MIT

import CPNG
import Testing

@testable import Data

@Suite struct `Decoding` {
    @Test func `equals Pillow for every kind of JPEG file, and of PNG file of up to eight bits a channel`() throws {
        let files = try FixtureFiles.files()
        #expect(files.count == 14)
        for (path, expected) in files {
            let image = try Image.decode(contentsOf: path)
            #expect(image.width == expected.width && image.height == expected.height, "\(path)")
            let differences = zip(image.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
            #expect(differences.max() == 0, "\(path)")
        }
    }

    /// 383/257 = 1.49, 386/257 = 1.502, 65,280/257 = 254.01; their high bytes are 1, 1 and 255.
    @Test func `rounds a PNG file's 16 bits a channel to eight`() throws {
        let values: [UInt16] = [0x017F, 0x0182, 0xFF00]
        var header = png_image()
        header.version = png_uint_32(PNG_IMAGE_VERSION)
        (header.width, header.height) = (1, 1)
        header.format = png_uint_32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_LINEAR)
        var file = [UInt8](repeating: 0, count: 1000)
        var count = file.count
        try #require(png_image_write_to_memory(&header, &file, &count, 0, values, 0, nil) != 0)
        #expect(try Image.decode(Array(file.prefix(count)), named: "png").pixels == [1, 2, 254])
    }

    @Test func `goes by the content and not by the name`() throws {
        let folder = try TemporaryFolder()
        let image = Image(width: 3, height: 2, red: 1, green: 2, blue: 3)
        let path = try folder.write("image.jpg", image.png())
        #expect(try Image.decode(contentsOf: path) == image)
    }

    @Test func `refuses what is no image, naming the file`() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write("a.jpg", "hello")
        let empty = try folder.write("b.jpg", "")
        #expect(
            message(of: text) == "'\(text)' is neither a JPEG nor a PNG file: it begins with 68 65 6c 6c 6f"
        )
        #expect(
            message(of: empty)
                == "'\(empty)' is neither a JPEG nor a PNG file: it begins with nothing (the file is empty)"
        )
        #expect(message(of: folder.path) == "cannot read '\(folder.path)': it is not a file")
        #expect(
            message(of: "\(folder.path)/no.jpg")
                == "cannot read '\(folder.path)/no.jpg': No such file or directory"
        )
    }

    @Test func `refuses a truncated file, wherever it was cut`() throws {
        let folder = try TemporaryFolder()
        for name in ["baseline.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "rgb.png", "palette.png"] {
            let bytes = try readFile("\(FixtureFiles.folder)/files/\(name)")
            for share in [0.2, 0.5, 0.75, 0.9] {
                let count = Int(Double(bytes.count) * share)
                let path = try folder.write(name, Array(bytes.prefix(count)))
                let found = message(of: path)
                #expect(
                    found.hasPrefix("'\(path)' is truncated: "),
                    "\(name) cut to \(count) of \(bytes.count): \(found)"
                )
            }
        }
    }

    @Test func `says where a truncated PNG file ends`() throws {
        let folder = try TemporaryFolder()
        let bytes = Image(width: 4, height: 4, red: 9, green: 9, blue: 9)
        let file = try bytes.png()
        let path = try folder.write("a.png", Array(file.dropLast(12)))
        #expect(
            message(of: path)
                == "'\(path)' is truncated: the file ends at byte \(file.count - 12) without an IEND chunk"
        )
    }

    /// The JPEG file lacks a part of its data but not its end, the PNG file has other data than its checksum
    /// says.
    @Test func `refuses a file whose data are damaged`() throws {
        let folder = try TemporaryFolder()
        let whole = try readFile("\(FixtureFiles.folder)/files/baseline.jpg")
        let jpeg = Array(whole.dropLast(100)) + [0xFF, 0xD9]
        var png = try readFile("\(FixtureFiles.folder)/files/rgb.png")
        for position in (png.count - 300)..<(png.count - 280) { png[position] ^= 0xA5 }
        for (name, bytes) in [("a.jpg", jpeg), ("a.png", png)] {
            let path = try folder.write(name, bytes)
            let found = message(of: path)
            #expect(found.hasPrefix("'\(path)' is a damaged image: "), "\(found)")
        }
        #expect(
            message(of: "\(folder.path)/a.jpg") == "'\(folder.path)/a.jpg' is a damaged image: "
                + "Corrupt JPEG data: premature end of data segment"
        )
    }

    @Test func `accepts stray bytes between the segments of a JPEG file`() throws {
        let folder = try TemporaryFolder()
        let bytes = try readFile("\(FixtureFiles.folder)/files/baseline.jpg")
        let path = try folder.write(
            "a.jpg", Array(bytes.prefix(20)) + [0, 0, 0] + Array(bytes.dropFirst(20))
        )
        #expect(try Image.decode(contentsOf: path) == Image.decode(bytes, named: ""))
    }

    /// libjpeg keeps the text of its first warning only, which would be of the stray bytes.
    @Test(arguments: [0, 3]) func `refuses damaged data behind stray bytes too`(strayCount: Int) throws {
        let folder = try TemporaryFolder()
        let whole = try readFile("\(FixtureFiles.folder)/files/baseline.jpg")
        let damaged = Array(whole.dropLast(100)) + [0xFF, 0xD9]
        let strays = [UInt8](repeating: 0, count: strayCount)
        let path = try folder.write("a.jpg", Array(damaged.prefix(20)) + strays + Array(damaged.dropFirst(20)))
        #expect(
            message(of: path) == "'\(path)' is a damaged image: Corrupt JPEG data: premature end of data segment")
    }

    /// Bytes before a marker inside the picture are what is left of data that were not understood. The first of the
    /// picture's scans ends before a table.
    @Test func `accepts bytes left over at the end of a JPEG file's data, and nowhere else`() throws {
        let folder = try TemporaryFolder()
        let whole = try readFile("\(FixtureFiles.folder)/files/progressive.jpg")
        func place(of marker: UInt8, after start: Int) throws -> Int {
            try #require((start..<whole.count - 1).first { whole[$0] == 0xFF && whole[$0 + 1] == marker })
        }
        let table = try place(of: 0xC4, after: place(of: 0xDA, after: 2))
        let early = try folder.write("a.jpg", Array(whole[..<table]) + [1, 2, 3] + Array(whole[table...]))
        let late = try folder.write("b.jpg", Array(whole.dropLast(2)) + [1, 2, 3] + Array(whole.suffix(2)))
        // libjpeg does not count what it has read ahead.
        let found = message(of: early)
        #expect(found.hasPrefix("'\(early)' is a damaged image: Corrupt JPEG data: "), "\(found)")
        #expect(found.hasSuffix(" extraneous bytes before marker 0xc4"), "\(found)")
        #expect(try Image.decode(contentsOf: late) == Image.decode(whole, named: ""))
    }

    private func message(of path: String) -> String {
        do {
            _ = try Image.decode(contentsOf: path)
            return "decoded"
        } catch {
            return error.description
        }
    }
}

@Suite struct `Encoding` {
    @Test func `to PNG loses nothing`() throws {
        for image in try FixtureFiles().sources {
            #expect(try Image.decode(image.png(), named: "png") == image)
        }
    }

    /// `baseline.jpg` and `odd.jpg` are Pillow's encodings, with its default settings, of two sources.
    @Test func `to JPEG gives the picture that Pillow's default settings give`() throws {
        let fixtures = try FixtureFiles()
        for (source, file) in [("waves", "baseline.jpg"), ("waves-wide", "odd.jpg")] {
            let row = try #require(fixtures.manifest.sources.firstIndex { $0.name == source })
            let encoded = try fixtures.sources[row].jpeg()
            let expected = try Image.decode(contentsOf: "\(FixtureFiles.folder)/files/\(file)")
            #expect(try Image.decode(encoded, named: "jpeg") == expected)
        }
    }

    @Test func `refuses a picture that the format cannot hold`() {
        let image = Image(width: 70_000, height: 1, red: 0, green: 0, blue: 0)
        let expected =
            "cannot encode an image of 70000 × 1 pixels: Maximum supported image dimension is 65500 pixels"
        #expect(throws: DataError.self) { try image.jpeg() }
        do { _ = try image.jpeg() } catch { #expect(error.description == expected) }
    }
}
