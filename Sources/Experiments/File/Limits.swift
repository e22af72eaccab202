// SPDX-License-Identifier: MIT

/// What the numbers of experiment files and of command lines may be: one range for each meaning, wherever it is written.
///
/// Every range is closed. Its ends are beyond what anybody would train with, and far inside what sums, products and
/// conversions to single precision can hold: no number that is accepted makes later arithmetic overflow.
public enum Limits {
    // MARK: Training

    /// Passes of a stage over its batches.
    public static let epochs = 1...1_000_000
    /// Epochs that may be none: of a warm-up or a part of a schedule, or between evaluations.
    public static let optionalEpochs = 0...1_000_000
    /// How many epochs a schedule names at which the rate falls.
    public static let milestones = 0...1000
    /// Steps of an epoch.
    public static let iterations = 1...1_000_000
    /// Images of a domain in a batch that is trained on.
    public static let batch = 2...16_384
    /// Images of an identity in a batch.
    public static let instances = 2...64
    /// Images in all batches of an epoch, which are drawn before it begins.
    public static let imagesPerEpoch = 100_000_000
    /// Networks that a stage trains.
    public static let networks = 1...100
    /// Datasets that a stage scores networks on.
    public static let evaluatedSets = 1...100
    /// The rate that a schedule begins with.
    public static let learningRate = 1e-12...100
    /// What an optimiser adds to a gradient of the parameter itself.
    public static let weightDecay = 0.0...100
    /// The weight of a loss beside others.
    public static let lossWeight = 0.0...1_000_000
    /// A share of a whole.
    public static let share = 0.0...1
    /// What a running average keeps of itself at a step.
    public static let meanDecay = 0.0...0.999_999
    /// τ, which similarities are divided by.
    public static let temperature = 1e-4...10_000
    /// The scale s of a classifier with a margin.
    public static let scale = 1e-3...10_000
    /// The margin of a classifier.
    public static let margin = 0.0...0.999

    // MARK: Images and networks

    /// Pixels of an image's side.
    public static let imageSide = 8...4096
    /// Pixels of all images of a batch: 3 GiB as single-precision numbers.
    public static let pixelsPerBatch = 1 << 28
    public static let padding = 0...1024
    public static let jpegQuality = 1...100
    /// Channels of a translation network's first map, its blocks, and the fakes that are remembered.
    public static let channels = 1...256
    public static let blocks = 1...32
    public static let pool = 0...10_000

    // MARK: Retrieval

    /// k₁ and k₂.
    public static let neighbours = 1...10_000
    /// k₁ of a clustering, where the nearest of a row is the row itself.
    public static let clusteringNeighbours = 2...10_000
    /// ε of DBSCAN, and how much SpCL makes it smaller and larger.
    public static let radius = 1e-6...0.999_999
    /// Rows that make one of them the core of a cluster.
    public static let minimumPoints = 1...1_000_000
    public static let clusters = 1...1_000_000
    /// The share of all pairs whose distances make a radius.
    public static let pairShare = 1e-6...1
    /// Runs of k-means, of which the best counts.
    public static let clusteringRuns = 1...1000
    /// Cells of an approximate search that a row is filed in.
    public static let probes = 1...10_000
    /// Gallery rows that are listed of each query.
    public static let listedRows = 1...100_000
    /// How much of the camera network's distances is subtracted.
    public static let cameraWeight = 0.0...10

    // MARK: The machine

    public static let seed = UInt64(0)...UInt64(Int.max)
    /// Images in a batch that is only looked at.
    public static let inferenceBatch = 1...16_384
    public static let threads = 1...4096
    /// Threads that load images; none for the thread that computes.
    public static let workers = 0...256
    public static let mebibytes = 1...1 << 30
    /// States that are kept, and minutes between them.
    public static let keptStates = 1...1000
    public static let minutes = 0.001...525_600
    public static let kills = 1...10_000
    /// Trials of a sweep that are worked on at a time.
    public static let trialWorkers = 1...256
    /// Seeds of a table.
    public static let tableSeeds = 1...100
    /// Trials of a sweep that may fail.
    public static let failures = 1...100_000
}
