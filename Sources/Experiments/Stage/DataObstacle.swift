// SPDX-License-Identifier: MIT

public import Reporting
internal import Training

/// What an experiment's data make impossible in a stage.
struct DataObstacle: Equatable {
    /// The stage's key that could be changed: `clusters`.
    let key: String
    /// What was found, and what is allowed.
    let reason: String
}

/// Data on which a stage of an experiment cannot run.
public struct UnfitDataError: ReportedError, Equatable {
    let stage: String
    let obstacle: DataObstacle

    public var exitKind: ExitKind { .badData }

    /// `adapt.clusters: 500 clusters …`.
    public var description: String { "\(stage).\(obstacle.key): \(obstacle.reason)" }
}

extension DatasetCounts {
    /// - Throws: ``UnfitDataError`` where a stage cannot run on so many images; found out before days of work, not after.
    func requireFit(for stages: [Experiment.NamedStage]) throws(UnfitDataError) {
        for stage in stages {
            if let obstacle = stage.definition.obstacle(self) {
                throw UnfitDataError(stage: stage.name, obstacle: obstacle)
            }
        }
    }

    // MARK: What several stages need

    /// Nothing where a pass over the source's identities fills a batch of so many images of each.
    func obstacle(toBatchOf batch: Int, holding instances: Int) -> DataObstacle? {
        guard identities * instances < batch else { return nil }
        return DataObstacle(
            key: "batch",
            reason:
                "\(counted(identities, "identity")) of the source with \(instances) images each fill no batch of \(batch); "
                + "allowed: up to \(identities * instances)")
    }

    /// Nothing where images, each of which a pass shows once, fill a batch.
    ///
    /// - Parameters:
    ///   - images: How many there are of a domain.
    ///   - key: Which says the batch.
    func obstacle(
        toBatchOf batch: Int, from images: Int, of domain: String, key: String = "batch"
    ) -> DataObstacle? {
        guard images < batch else { return nil }
        return DataObstacle(
            key: key,
            reason: "\(counted(images, "training image")) of the \(domain) fill no batch of \(batch); "
                + "allowed: up to \(images)")
    }

    /// Nothing where there are as many of the target's images as clusters are made of them, if their number is given.
    func obstacle(to clustering: EpochClustering) -> DataObstacle? {
        guard case .kMeans(let means) = clustering, means.clusters > target else { return nil }
        return DataObstacle(
            key: "clusters",
            reason: "\(counted(target, "training image")) of the target make no \(counted(means.clusters, "cluster")); "
                + "allowed: up to \(target)")
    }

    /// Nothing where the target's images were taken by cameras that can be told apart.
    var obstacleToCameras: DataObstacle? {
        guard targetCameras < 2 else { return nil }
        return DataObstacle(
            key: "camera",
            reason: "one camera took all training images of the target, and a network learns to tell cameras apart; "
                + "allowed: camera: false")
    }
}
