// SPDX-License-Identifier: MIT

import Randomness
import Testing

@testable import Data

private let key = RandomKey(seed: 3)

private func street(_ slot: Int, gap: Double) -> CameraLook {
    CameraLook.street(slot: slot, of: 5, effects: GapEffects().scaled(by: gap), key: key)
}

/// The mean colour, in 0...255, that a camera's image of one even colour has.
private func seen(_ colour: Colour, by look: CameraLook) -> [Float] {
    var random = key.stream("test")
    let development = Development(look: look, width: 16, height: 32)
    let pixels = development.pixels(of: Array(repeating: colour, count: 512), &random)
    return (0..<3).map { channel in
        stride(from: channel, to: pixels.count, by: 3).reduce(0) { $0 + Float(pixels[$1]) } / 512
    }
}

@Suite struct `A camera of the target` {
    @Test(arguments: 0..<5)
    func `is a studio camera when there is no gap`(slot: Int) {
        let look = street(slot, gap: 0)
        #expect(look.mixing.enumerated().allSatisfy { abs($1 - ($0 % 4 == 0 ? 1 : 0)) < 1e-6 })
        #expect((0.95...1.05).contains(look.gain.red) && look.gain.red == look.gain.green)
        #expect([look.contrast, look.haze, look.slope, look.blur] == [1, 0, 0, 0])
        #expect(look.quality == 92 && look.noise == 0.004)
    }

    @Test(arguments: 0..<5)
    func `keeps hues apart`(slot: Int) {
        let look = street(slot, gap: 1)
        let (red, green, blue) = (
            seen(Palette.red, by: look), seen(Palette.green, by: look), seen(Palette.blue, by: look)
        )
        // Each garment is, among the three, the one with the most of its own colour.
        #expect(red[0] > green[0] + 20 && red[0] > blue[0] + 20)
        #expect(green[1] > red[1] + 20 && green[1] > blue[1] + 20)
        #expect(blue[2] > red[2] + 20 && blue[2] > green[2] + 20)
    }

    @Test func `shows a grey wall in another colour than each of its neighbours`() {
        let greys = (0..<5).map { seen(Palette.grey, by: street($0, gap: 1)) }
        for first in 0..<5 {
            for second in 0..<first {
                let difference = zip(greys[first], greys[second]).map { abs($0 - $1) }.max() ?? 0
                // Two images of one camera differ by the weather's tint: 2·0.033 stops of 128, 6 levels.
                #expect(difference > 8, "cameras \(first) and \(second)")
            }
        }
    }

    @Test func `leaves out the effects that are set to nothing`() {
        var effects = GapEffects()
        effects.cast = 0
        let look = CameraLook.street(slot: 2, of: 5, effects: effects, key: key)
        #expect(look.gain.red == look.gain.green && look.gain.green == look.gain.blue)
        #expect(look.blur > 0 && look.contrast < 1)
    }
}

@Suite struct `The gap between the domains` {
    /// Mean and standard deviation of all pixel values of a part, over its first images.
    private func statistics(of part: Shot.Part, gap: Double) -> (mean: Double, deviation: Double) {
        var world = SyntheticWorld()
        (world.width, world.height, world.gap) = (16, 32, gap)
        let photographer = Photographer(world)
        let shots = world.shots(of: part).filter { $0.identity != 0 || part == .training }.prefix(100)
        let values = shots.flatMap { photographer.image(of: $0).pixels.map(Double.init) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean, variance.squareRoot())
    }

    @Test func `vanishes at 0: the target has the source's statistics`() {
        let source = statistics(of: .source, gap: 0)
        for part in [Shot.Part.training, .query, .gallery] {
            let target = statistics(of: part, gap: 0)
            // Cameras stand before walls of 0.55 to 0.85, so means differ by a camera's draw: within 25 of
            // 255. Deviations come from figures, which are drawn alike in both domains, before those walls.
            #expect(abs(target.mean - source.mean) < 25)
            #expect(abs(target.deviation - source.deviation) < 10)
        }
    }

    @Test func `changes every image of the target, and the more the wider it is`() {
        func images(gap: Double) -> [Image] {
            var world = SyntheticWorld()
            (world.width, world.height, world.gap) = (16, 32, gap)
            let photographer = Photographer(world)
            return world.shots(of: .training).prefix(40).map { photographer.image(of: $0) }
        }
        func difference(_ image: Image, _ other: Image) -> Int {
            zip(image.pixels, other.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        }
        let none = images(gap: 0)
        let changes = [0.25, 0.75, 1.5].map { gap in zip(none, images(gap: gap)).map { difference($0, $1) } }
        #expect(changes.allSatisfy { $0.allSatisfy { $0 > 0 } })
        let totals = changes.map { $0.reduce(0, +) }
        #expect(totals[0] < totals[1] && totals[1] < totals[2])
    }

    @Test func `does not touch the source`() {
        let near = statistics(of: .source, gap: 0), far = statistics(of: .source, gap: 1.5)
        #expect(near.mean == far.mean && near.deviation == far.deviation)
    }
}
