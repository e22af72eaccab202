// SPDX-License-Identifier: MIT

internal import Randomness

/// Paints what stands behind and before a person.
struct Backdrop {
    let look: CameraLook
    let key: RandomKey
    let camera: Int
    /// Strangers who pass by.
    let passersBy: [Pedestrian]

    // MARK: Behind

    /// Fills the canvas with wall and floor and, where there is clutter, with the camera's place and chance
    /// things.
    func paint(on canvas: inout Canvas, _ random: inout RandomStream) {
        let width = Float(canvas.width), height = Float(canvas.height)
        let horizon = (look.horizon + random.between(-0.03, 0.03)) * height
        let ground = Shape.box(
            centre: Point(width / 2, (horizon + height + 8) / 2), halfWidth: width,
            halfHeight: (height + 8 - horizon) / 2)
        canvas.paint(ground, .plain(look.floor))
        let strength = look.effects.clutter
        guard strength > 0 else { return }
        scenery(horizon: horizon, pan: random.between(-0.5, 0.5) * width, on: &canvas)
        for _ in 0..<Int((strength * random.uniform(0, 2)).rounded()) {
            thing(horizon: horizon, on: &canvas, &random)
        }
        grain(strength: 0.055 * Float(strength), on: &canvas, &random)
        if random.happens(0.10 * strength), !passersBy.isEmpty {
            passerBy(size: random.between(0.45, 0.8), aside: 0.15, on: &canvas, &random)
        }
    }

    /// The fixed things of the camera's place, panned: doors, windows, posters, a band of pavement.
    private func scenery(horizon: Float, pan: Float, on canvas: inout Canvas) {
        var fixed = key.stream("target.scenery", index: camera)
        let width = Float(canvas.width), height = Float(canvas.height)
        let opacity = Float(min(1, look.effects.clutter))
        for _ in 0..<9 {
            let centre = Point(fixed.between(-0.6, 1.6) * width + pan, fixed.between(0.0, 0.62) * height)
            let colour = look.wall.mixed(with: fixed.pick(Palette.upper), fixed.between(0.10, 0.32))
            let shape = Shape.box(
                centre: centre, halfWidth: fixed.between(0.08, 0.3) * width,
                halfHeight: fixed.between(0.04, 0.2) * height, rounding: 1)
            canvas.paint(shape, .plain(colour), opacity: opacity)
        }
        let band = Shape.box(
            centre: Point(width / 2, horizon + fixed.between(0.02, 0.15) * height), halfWidth: width,
            halfHeight: fixed.between(0.01, 0.04) * height)
        canvas.paint(band, .plain(look.floor * fixed.between(0.6, 1.3)), opacity: opacity)
    }

    /// Something that stands there by chance: a tree, a bin, a parked car.
    private func thing(horizon: Float, on canvas: inout Canvas, _ random: inout RandomStream) {
        let width = Float(canvas.width), height = Float(canvas.height)
        let foot = Point(random.between(-0.1, 1.1) * width, horizon + random.between(-0.02, 0.12) * height)
        switch random.below(3) {
        case 0:
            let crown = Point(foot.x, foot.y - random.between(0.3, 0.5) * height)
            canvas.paint(
                .limb(start: foot, end: crown, startRadius: 0.03 * width, endRadius: 0.02 * width),
                .plain(Palette.brown))
            foliage(about: crown, size: 0.16 * width, on: &canvas, &random)
        case 1:
            let halfHeight = random.between(0.05, 0.12) * height
            canvas.paint(
                .box(
                    centre: Point(foot.x, foot.y - halfHeight), halfWidth: random.between(0.06, 0.16) * width,
                    halfHeight: halfHeight, rounding: 2),
                .split(random.pick(Palette.upper), Palette.grey, at: 0.8), light: look.light)
        default:
            let colour = random.pick(Palette.upper)
            let centre = Point(foot.x, foot.y - 0.05 * height)
            canvas.paint(
                .ellipse(
                    centre: Point(centre.x, centre.y - 0.05 * height),
                    radii: Point(0.22 * width, 0.07 * height)),
                .plain(colour * 0.7), light: look.light)
            canvas.paint(
                .box(centre: centre, halfWidth: 0.42 * width, halfHeight: 0.045 * height, rounding: 6),
                .plain(colour),
                light: look.light)
        }
    }

    private func foliage(
        about centre: Point, size: Float, on canvas: inout Canvas, _ random: inout RandomStream
    ) {
        for _ in 0..<6 {
            let leaf = centre + Point(random.between(-1.2, 1.2), random.between(-1.2, 1.2)) * size
            let colour =
                Palette.green.mixed(with: Palette.olive, random.between(0, 1)) * random.between(0.6, 1)
            canvas.paint(
                .ellipse(
                    centre: leaf,
                    radii: Point(size * random.between(0.4, 0.9), size * random.between(0.4, 0.9))),
                .plain(colour), light: look.light)
        }
    }

    /// Smooth unevenness of walls and ground: random heights on a coarse grid, interpolated.
    private func grain(strength: Float, on canvas: inout Canvas, _ random: inout RandomStream) {
        let columns = 9, rows = 17
        let heights = (0..<columns * rows).map { _ in random.between(-1, 1) }
        let stepX = Float(columns - 1) / Float(canvas.width), stepY = Float(rows - 1) / Float(canvas.height)
        canvas.recolour { column, row, colour in
            let x = Float(column) * stepX, y = Float(row) * stepY
            let left = Int(x), top = Int(y)
            let shareX = x - Float(left), shareY = y - Float(top)
            let corner = top * columns + left
            let upper = heights[corner] + shareX * (heights[corner + 1] - heights[corner])
            let lower =
                heights[corner + columns]
                + shareX * (heights[corner + columns + 1] - heights[corner + columns])
            return colour * (1 + strength * (upper + shareY * (lower - upper)))
        }
    }

    // MARK: Before

    /// Puts something in front of the person in some of the images: a pole, a box, leaves, another person.
    func occlude(_ canvas: inout Canvas, _ random: inout RandomStream) {
        let strength = look.effects.occlusion
        guard random.happens(0.17 * strength) else { return }
        let width = Float(canvas.width), height = Float(canvas.height)
        switch random.below(4) {
        case 0:
            let across = random.between(0.15, 0.85) * width
            let radius = random.between(0.04, 0.08) * width
            canvas.paint(
                .limb(
                    start: Point(across, -20), end: Point(across + random.between(-6, 6), height + 20),
                    startRadius: radius, endRadius: radius),
                .plain(Palette.grey * random.between(0.5, 1.2)), light: look.light)
        case 1:
            let halfHeight = random.between(0.08, 0.19) * height
            canvas.paint(
                .box(
                    centre: Point(random.between(0.2, 0.8) * width, height - halfHeight),
                    halfWidth: random.between(0.25, 0.6) * width, halfHeight: halfHeight, rounding: 3),
                .plain(random.pick(Palette.upper)), light: look.light)
        case 2:
            let edge: Float = random.happens(0.5) ? 0.05 : 0.95
            let centre = Point(edge * width, random.between(0.3, 0.95) * height)
            foliage(about: centre, size: 0.2 * width, on: &canvas, &random)
        default:
            if !passersBy.isEmpty {
                passerBy(size: random.between(0.8, 1), aside: 0.36, on: &canvas, &random)
            }
        }
    }

    /// Another person, at least `aside` image widths from the middle.
    private func passerBy(size: Float, aside: Float, on canvas: inout Canvas, _ random: inout RandomStream) {
        let width = Float(canvas.width), height = Float(canvas.height)
        let person = random.pick(passersBy)
        let shift = random.between(Double(aside), Double(aside) + 0.2) * (random.happens(0.5) ? 1 : -1)
        let feet = random.between(0.88, 1.05) * height
        let figure = Figure(
            person: person, pose: Pose(&random), light: look.light,
            crown: Point((0.5 + shift) * width, feet - size * height), scale: size * height)
        figure.paint(on: &canvas)
    }
}
