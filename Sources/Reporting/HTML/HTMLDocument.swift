/// What every page has around its content.
enum HTMLDocument {
    /// A whole page: the one look of all of them, and what browsers are told, which is to load nothing and run nothing.
    ///
    /// - Parameters:
    ///   - version: the product's, as pages name it as their maker.
    ///   - content: what stands in the page, from its heading on.
    static func page(title: String, version: String, content: Markup) -> Markup {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="generator" content="zbed \(version)">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <title>\(title)</title>
        <style>
        \(Markup(trusted: Stylesheet.css))
        </style>
        </head>
        <body>
        <main>
        \(content)
        </main>
        </body>
        </html>

        """
    }
}
