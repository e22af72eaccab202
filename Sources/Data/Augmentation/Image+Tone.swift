// SPDX-License-Identifier: MIT
// Operations that look at values one by one, channel by channel, as Pillow's `ImageOps` defines them.

extension Image {
    /// Keeps the uppermost bits of every value.
    ///
    /// - Parameter bits: `1 ... 8`.
    func posterized(bits: Int) -> Image {
        precondition((1...8).contains(bits), "cannot keep \(bits) of 8 bits")
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - bits))
        return mapped { $0 & mask }
    }

    /// Inverts every value that is not below the threshold.
    func solarized(threshold: Double) -> Image {
        mapped { Double($0) < threshold ? $0 : 255 - $0 }
    }

    /// The negative.
    func inverted() -> Image {
        mapped { 255 - $0 }
    }

    /// Stretches each channel so that its least value becomes 0 and its greatest 255.
    func withFullRange() -> Image {
        mappedByHistogram { histogram in
            guard let least = histogram.firstIndex(where: { $0 > 0 }),
                let greatest = histogram.lastIndex(where: { $0 > 0 }), greatest > least
            else { return nil }
            let scale = 255 / Double(greatest - least)
            let offset = -Double(least) * scale
            return (0..<256).map { UInt8(min(max(Double($0) * scale + offset, 0), 255)) }
        }
    }

    /// Gives each channel a histogram that is as flat as a map of its values can make it.
    ///
    /// With `s` the pixels outside the last filled bin, divided by 255 without rest: value `v` becomes
    /// `(s/2 + pixels below v) / s`, in integers. Nothing changes where `s` is 0.
    func equalized() -> Image {
        mappedByHistogram { histogram in
            guard let last = histogram.last(where: { $0 > 0 }) else { return nil }
            let step = (width * height - last) / 255
            guard step > 0 else { return nil }
            var accumulated = step / 2
            return histogram.map { count in
                defer { accumulated += count }
                return UInt8(clamping: accumulated / step)
            }
        }
    }

    /// Every value replaced by a function of it.
    private func mapped(_ change: (UInt8) -> UInt8) -> Image {
        let table = (0...255).map { change(UInt8($0)) }
        return Image(width: width, height: height, pixels: pixels.map { table[Int($0)] })
    }

    /// Every value replaced by its entry in a table that is made from the channel's histogram; nil keeps it.
    private func mappedByHistogram(_ table: ([Int]) -> [UInt8]?) -> Image {
        var changed = pixels
        for channel in 0..<3 {
            let values = stride(from: channel, to: pixels.count, by: 3)
            var histogram = [Int](repeating: 0, count: 256)
            for position in values { histogram[Int(pixels[position])] += 1 }
            guard let table = table(histogram) else { continue }
            for position in values { changed[position] = table[Int(pixels[position])] }
        }
        return Image(width: width, height: height, pixels: changed)
    }
}
