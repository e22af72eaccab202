// SPDX-License-Identifier: MIT

internal import Randomness

/// How one person looks: everything that stays the same from image to image.
struct Pedestrian: Sendable, Equatable {
    enum Pattern: CaseIterable, Sendable {
        case plain, bands, stripes, checks, split, block, open
    }

    enum Legwear: CaseIterable, Sendable {
        case trousers, shorts, skirt, dress
    }

    enum Hair: CaseIterable, Sendable {
        case bald, short, medium, long, tail
    }

    enum Hat: CaseIterable, Sendable {
        case none, cap, beanie
    }

    enum Bag: CaseIterable, Sendable {
        case none, backpack, shoulder, hand
    }

    // Proportions, as shares of the body height unless said otherwise.
    let stature: Float
    let girth: Float
    let headSize: Float
    let legShare: Float

    let skin: Colour
    let hair: Hair
    let hairColour: Colour
    let hat: Hat
    let hatColour: Colour

    let pattern: Pattern
    let upper: Colour
    let accent: Colour
    let hasLongSleeves: Bool
    let hasAccentSleeves: Bool
    let upperLength: Float
    let patternCount: Float

    let legwear: Legwear
    let lower: Colour
    let shoes: Colour

    let bag: Bag
    let bagColour: Colour
    /// The side on which a bag hangs: 1 for the person's left, −1 for the right.
    let bagSide: Float

    /// Draws a person.
    init(_ random: inout RandomStream) {
        stature = random.between(0.90, 1.04)
        girth = random.between(0.80, 1.28)
        headSize = random.between(0.92, 1.12)
        legShare = random.between(0.46, 0.51)

        skin = random.pick(Palette.skin).varied(by: 0.03, &random)
        hair = random.pick([.bald, .short, .short, .short, .medium, .medium, .long, .long, .tail])
        hairColour = random.pick(Palette.hair).varied(by: 0.03, &random)
        hat = random.pick([.none, .none, .none, .none, .cap, .beanie])
        hatColour = random.pick(Palette.bags).varied(by: 0.04, &random)

        pattern = random.pick([
            .plain, .plain, .plain, .bands, .stripes, .checks, .split, .block, .block, .open,
        ])
        upper = random.pick(Palette.upper).varied(by: 0.05, &random)
        accent = Pedestrian.contrast(to: upper, &random)
        hasLongSleeves = random.happens(0.6)
        hasAccentSleeves = random.happens(0.2)
        upperLength = random.pick([0, 0, 0.02, 0.05, 0.13])
        patternCount = random.between(2.4, 3.8)

        legwear = random.pick([.trousers, .trousers, .trousers, .trousers, .shorts, .shorts, .skirt, .dress])
        lower = random.pick(Palette.lower).varied(by: 0.05, &random)
        shoes = random.pick(Palette.shoes).varied(by: 0.03, &random)

        bag = random.pick([.none, .none, .backpack, .backpack, .shoulder, .hand])
        bagColour = Pedestrian.contrast(to: upper, among: Palette.bags, &random)
        bagSide = random.happens(0.5) ? 1 : -1
    }

    /// A colour that stands out against another.
    private static func contrast(
        to ground: Colour, among choices: [Colour] = Palette.upper, _ random: inout RandomStream
    ) -> Colour {
        random.pick(choices.filter { $0.distance(to: ground) > 0.3 }).varied(by: 0.04, &random)
    }

    /// How many features that are seen in most images tell two people apart; people below 2 are look-alikes.
    func differences(from other: Pedestrian) -> Int {
        [
            upper.distance(to: other.upper) > 0.25, shownLower.distance(to: other.shownLower) > 0.25,
            pattern != other.pattern, legwear != other.legwear, (bag == .none) != (other.bag == .none),
            hair != other.hair, shoes.distance(to: other.shoes) > 0.35, abs(girth - other.girth) > 0.25,
        ].count { $0 }
    }

    private var shownLower: Colour { legwear == .dress ? upper : lower }

    /// Draws people who differ pairwise in at least two visible features.
    ///
    /// The person of a row is drawn again until that holds; as the row's own stream numbers the attempts, a
    /// longer crowd begins with the people of a shorter one.
    static func crowd(_ count: Int, purpose: String, key: RandomKey) -> [Pedestrian] {
        var people: [Pedestrian] = []
        for row in 0..<count {
            for attempt in 0... {
                var random = key.stream(purpose, epoch: attempt, index: row)
                let person = Pedestrian(&random)
                // A very large crowd cannot hold the rule: look-alikes are let in rather than drawn for ever.
                if attempt == 50 || people.allSatisfy({ $0.differences(from: person) >= 2 }) {
                    people.append(person)
                    break
                }
            }
        }
        return people
    }
}
