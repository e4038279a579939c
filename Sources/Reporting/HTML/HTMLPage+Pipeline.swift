extension HTMLPage {
    /// The account of a work queue, and what each worker did of it.
    func workQueue(_ pipeline: PipelineReport) -> Markup {
        var rows: Markup = ""
        for worker in pipeline.workers {
            rows += """
                <tr><th scope="row">\(worker.node)</th><td>\(Numbers.grouped(worker.done))</td>\
                <td>\(Numbers.fixed(worker.share, decimals: 2)) %</td><td>\(Numbers.grouped(worker.results))</td>\
                <td>\(Numbers.grouped(worker.takenBack))</td></tr>

                """
        }
        let sentence =
            "\(Numbers.grouped(pipeline.tasks)) tasks: \(Numbers.grouped(pipeline.done)) done, "
            + "\(Numbers.grouped(pipeline.missing)) missing. \(Numbers.grouped(pipeline.results)) results: "
            + "\(Numbers.grouped(pipeline.duplicate)) of tasks that were done already. \(Numbers.grouped(pipeline.resent)) tasks "
            + "were sent again. Shares of the workers: σ = \(Numbers.fixed(pipeline.sigmaPercent, decimals: 2)) % "
            + (pipeline.grade.map { "(\($0))." } ?? "(a worker died).")
        return """
            <div class="body"><h3>Work queue</h3><p class="note">\(sentence)</p></div>
            <div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr><th scope="col">Worker</th><th scope="col">Done</th>\
            <th scope="col">Share</th><th scope="col">Results</th><th scope="col">Taken back</th></tr></thead><tbody>
            \(rows)</tbody></table></div>
            """
    }
}
