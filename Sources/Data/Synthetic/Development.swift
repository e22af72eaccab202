// SPDX-License-Identifier: MIT

#if canImport(Glibc)
private import Glibc
#endif
internal import Randomness

/// Turns a painted picture into the image that a camera stores.
struct Development {
    let look: CameraLook
    let width: Int
    let height: Int

    /// Defocus, colours, noise and quantisation, in the order in which a camera applies them.
    ///
    /// - Parameters:
    ///   - picture: `[H, W]` colours in display values.
    ///   - random: The image's own stream.
    /// - Returns: `[H, W, 3]`.
    func pixels(of picture: [Colour], _ random: inout RandomStream) -> [UInt8] {
        let weather = Weather(look.effects, &random)
        let blurred = defocused(picture, sigma: look.blur * weather.blur * Float(height) / 128)
        let gain = Colour(
            look.gain.red * weather.gain.red, look.gain.green * weather.gain.green,
            look.gain.blue * weather.gain.blue)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(3 * width * height)
        for row in 0..<height {
            for column in 0..<width {
                let place = 2 * (Float(column) + 0.5) / Float(width) - 1
                let colour = graded(blurred[row * width + column], gain: gain * (1 + look.slope * place))
                let grain = random.grain()
                bytes.append(quantised(colour.red + look.noise * grain.red))
                bytes.append(quantised(colour.green + look.noise * grain.green))
                bytes.append(quantised(colour.blue + look.noise * grain.blue))
            }
        }
        return bytes
    }

    private func graded(_ colour: Colour, gain: Colour) -> Colour {
        let mix = look.mixing
        let red = mix[0] * colour.red + mix[1] * colour.green + mix[2] * colour.blue
        let green = mix[3] * colour.red + mix[4] * colour.green + mix[5] * colour.blue
        let blue = mix[6] * colour.red + mix[7] * colour.green + mix[8] * colour.blue
        return Colour(toned(red * gain.red), toned(green * gain.green), toned(blue * gain.blue))
    }

    private func toned(_ value: Float) -> Float {
        let contrasted = 0.45 + look.contrast * (value - 0.45)
        // The shoulder keeps bright colours apart where a sensor would clip them all to white.
        let rolled = contrasted <= 0.8 ? contrasted : 0.8 + 0.2 * tanh((contrasted - 0.8) / 0.2)
        return rolled + look.haze * (1 - rolled)
    }

    private func quantised(_ value: Float) -> UInt8 {
        UInt8(min(255, max(0, (value * 255).rounded())))
    }

    // MARK: Blur

    /// A Gaussian blur, rows then columns, with the edge pixels repeated.
    private func defocused(_ picture: [Colour], sigma: Float) -> [Colour] {
        guard sigma > 0.15 else { return picture }
        let radius = Int((2.5 * sigma).rounded(.up))
        let weights = (-radius...radius).map { exp(-Float($0 * $0) / (2 * sigma * sigma)) }
        let total = weights.reduce(0, +)
        let kernel = weights.map { $0 / total }
        let across = convolved(picture, kernel, count: width, step: 1, lines: height, lineStep: width)
        return convolved(across, kernel, count: height, step: width, lines: width, lineStep: 1)
    }

    /// Convolves each line of `count` pixels that lie `step` apart.
    private func convolved(
        _ picture: [Colour], _ kernel: [Float], count: Int, step: Int, lines: Int, lineStep: Int
    ) -> [Colour] {
        let radius = kernel.count / 2
        var result = picture
        for line in 0..<lines {
            for position in 0..<count {
                var sum = Colour(0, 0, 0)
                for tap in 0..<kernel.count {
                    let from = min(count - 1, max(0, position + tap - radius))
                    let colour = picture[line * lineStep + from * step]
                    sum.red += kernel[tap] * colour.red
                    sum.green += kernel[tap] * colour.green
                    sum.blue += kernel[tap] * colour.blue
                }
                result[line * lineStep + position * step] = sum
            }
        }
        return result
    }
}

/// What differs between two images of the same camera: the hour, the sky, the focus.
private struct Weather {
    let gain: Colour
    let blur: Float

    init(_ effects: GapEffects, _ random: inout RandomStream) {
        let stops = (0.03 + 0.06 * effects.exposure) * random.uniform(-1, 1)
        let tint = 0.033 * effects.cast
        func channel(_ random: inout RandomStream) -> Float {
            Float(exp2(stops + tint * random.uniform(-1, 1)))
        }
        gain = Colour(channel(&random), channel(&random), channel(&random))
        blur = random.between(0.6, 1.4)
    }
}

extension RandomStream {
    /// Three nearly normal numbers of unit variance from 64 bits, each a sum of ranges: a fifth of the price
    /// of ``normal()``, and nobody can see the difference in sensor noise.
    fileprivate mutating func grain() -> Colour {
        let bits = next()
        func sum(_ shift: UInt64) -> Float {
            let part = bits >> shift
            let total = Int(part & 127) + Int(part >> 7 & 127) + Int(part >> 14 & 127)
            // Three uniform numbers on 0...127 have mean 190.5 and variance 3·(128² − 1)/12 = 4095.75.
            return (Float(total) - 190.5) / 64
        }
        return Colour(sum(0), sum(21), sum(42))
    }
}
