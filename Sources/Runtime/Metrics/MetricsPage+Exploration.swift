import Cluster
import Measurement

// Mode `explore`: which setting is sent, and whether it is.
extension MetricsPage {
    /// The setting that the node is at; nil in other modes.
    var exploredCell: ExploreCell? {
        guard let plan = facts.explore, let progress = snapshot.explored?.progress else { return nil }
        return plan.cells[min(progress.cell, plan.cells.count - 1)]
    }

    /// The phase, and the place of the setting among all.
    mutating func addExploration() {
        guard let plan = facts.explore, let progress = snapshot.explored?.progress else { return }
        writer.state(
            "zbed_explore_phase", progress.phase, label: "phase",
            help: "1 for the phase that the exploration is in: of a run, messages are sent; of a cool-down, none.",
            text: \.rawValue)
        writer.gauge(
            "zbed_explore_setting", Double(progress.cell + 1),
            help: "Which of the settings (message size and rate) it is at, from 1.")
        writer.gauge("zbed_explore_settings", Double(plan.cells.count), help: "How many settings there are.")
    }
}
