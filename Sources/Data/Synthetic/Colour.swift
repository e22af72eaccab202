// SPDX-License-Identifier: MIT

internal import Randomness

/// A colour in display values: red, green and blue, 0 to 1 while drawn and beyond while a camera's look is
/// applied.
struct Colour: Sendable, Equatable {
    var red: Float
    var green: Float
    var blue: Float

    init(_ red: Float, _ green: Float, _ blue: Float) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    func mixed(with other: Colour, _ share: Float) -> Colour {
        Colour(
            red + share * (other.red - red), green + share * (other.green - green),
            blue + share * (other.blue - blue))
    }

    static func * (colour: Colour, factor: Float) -> Colour {
        Colour(colour.red * factor, colour.green * factor, colour.blue * factor)
    }

    /// The largest difference of a channel.
    func distance(to other: Colour) -> Float {
        max(abs(red - other.red), abs(green - other.green), abs(blue - other.blue))
    }

    /// A colour near this one, each channel moved by at most `spread`.
    func varied(by spread: Double, _ random: inout RandomStream) -> Colour {
        func moved(_ channel: Float) -> Float {
            min(1, max(0, channel + Float(random.uniform(-spread, spread))))
        }
        return Colour(moved(red), moved(green), moved(blue))
    }
}

/// The colours people wear and are.
enum Palette {
    static let black = Colour(0.09, 0.09, 0.10)
    static let white = Colour(0.92, 0.92, 0.90)
    static let grey = Colour(0.50, 0.50, 0.52)
    static let red = Colour(0.80, 0.12, 0.14)
    static let maroon = Colour(0.43, 0.08, 0.13)
    static let orange = Colour(0.94, 0.50, 0.12)
    static let yellow = Colour(0.93, 0.82, 0.22)
    static let green = Colour(0.14, 0.56, 0.24)
    static let olive = Colour(0.42, 0.42, 0.18)
    static let teal = Colour(0.08, 0.55, 0.56)
    static let sky = Colour(0.45, 0.70, 0.92)
    static let blue = Colour(0.14, 0.28, 0.74)
    static let navy = Colour(0.10, 0.13, 0.32)
    static let purple = Colour(0.46, 0.20, 0.62)
    static let pink = Colour(0.94, 0.56, 0.70)
    static let beige = Colour(0.83, 0.73, 0.56)
    static let brown = Colour(0.42, 0.27, 0.16)

    static let upper = [
        black, white, grey, red, maroon, orange, yellow, green, olive, teal, sky, blue, navy, purple, pink,
        beige, brown,
    ]
    static let lower = [black, grey, navy, blue, sky, beige, brown, olive, white, red, green, purple]
    static let shoes = [black, white, brown, red, blue, grey, yellow]
    static let bags = [black, red, blue, brown, yellow, green, pink, white, purple]
    static let skin = [
        Colour(0.95, 0.79, 0.69), Colour(0.87, 0.67, 0.53), Colour(0.76, 0.55, 0.40),
        Colour(0.55, 0.37, 0.26),
        Colour(0.37, 0.24, 0.17),
    ]
    static let hair = [
        Colour(0.07, 0.06, 0.06), Colour(0.24, 0.14, 0.08), Colour(0.44, 0.27, 0.13),
        Colour(0.84, 0.68, 0.38),
        Colour(0.62, 0.25, 0.10), Colour(0.66, 0.66, 0.67),
    ]
}

extension RandomStream {
    /// One of the choices, each as likely.
    mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
        choices[below(choices.count)]
    }

    /// True with the given probability.
    mutating func happens(_ probability: Double) -> Bool {
        uniform() < probability
    }

    /// A `Float` in `[lower, upper)`, uniform.
    mutating func between(_ lower: Double, _ upper: Double) -> Float {
        Float(uniform(lower, upper))
    }
}
