extension HTMLPage {
    /// The account of a work queue, and what each worker did of it.
    func workQueue(_ pipeline: PipelineReport, of run: RunReport) -> Markup {
        var rows: Markup = ""
        for worker in pipeline.workers {
            rows += """
                <tr><th scope="row">\(worker.node)</th><td>\(Numbers.grouped(worker.done))</td>\
                <td>\(Numbers.fixed(worker.share, decimals: 2)) %</td><td>\(Numbers.grouped(worker.results))</td>\
                <td>\(Numbers.grouped(worker.takenBack))</td></tr>

                """
        }
        let lost = run.perNode.filter { $0.isLost }
        let why = lost.allSatisfy(\.isSilent) ? "a node did not answer" : "a node died"
        let results = Numbers.counted(pipeline.results, "result")
        let sentence =
            "\(Numbers.counted(pipeline.tasks, "task")): \(Numbers.grouped(pipeline.done)) done, "
            + "\(Numbers.grouped(pipeline.missing)) missing. \(results): "
            + "\(Numbers.grouped(pipeline.duplicate)) of tasks that were done already. \(Numbers.counted(pipeline.resent, "task")) "
            + "\(pipeline.resent == 1 ? "was" : "were") sent again. Shares of the workers: σ = "
            + "\(Numbers.fixed(pipeline.sigmaPercent, decimals: 2)) % "
            + (pipeline.grade.map { "(\($0))." } ?? (lost.isEmpty ? "(not graded)." : "(not graded: \(why))."))
        return """
            <div class="body"><h3>Work queue</h3><p class="note">\(sentence)</p></div>
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Worker</th><th scope="col">Done</th>\
            <th scope="col">Share</th><th scope="col">Results</th><th scope="col">Taken back</th></tr></thead><tbody>
            \(rows)</tbody></table></div>
            """
    }
}
