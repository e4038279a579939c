import Foundation
import Runtime
import Testing

/// Chromium without a window.
enum Browser {
    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        Files.exists($0)
    }

    /// What a page is like in a window of some width.
    struct View: Decodable {
        /// The width of the window, and of what is in it; more than the window's is cut off or to be scrolled to.
        var width: Double
        var contentWidth: Double
        var height: Double
        /// Elements that reach out of the window, though no region that scrolls has them.
        var outside: [String]
        /// Charts that are shown, how many paths and letters each has, and which are cut off by its frame.
        var charts: [Chart]
        /// Images that were drawn, of how many.
        var imagesDrawn: Int
        var images: Int
        /// The text as it is shown.
        var text: String

        struct Chart: Decodable {
            var title: String
            var width: Double
            var marks: Int
            var outside: [String]
        }
    }

    /// Shows a page, unchanged, in frames of several widths; answers what each is like and what the console says.
    static func look(
        at page: String, widths: [Int], in space: Workspace
    ) throws -> (views: [View], console: [Substring]) {
        let frames = widths.map { "<iframe width=\"\($0)\" height=\"900\" srcdoc=\"\(escaped(page))\"></iframe>" }
        let text = "<!DOCTYPE html><meta charset=\"utf-8\">\(frames.joined())<script>\(script)</script>"
        let file = space("frames.html")
        try Files.writeAtomically(file, text: text)
        let ending = try run(["--dump-dom", "--virtual-time-budget=20000", "file://\(file)"], in: space)
        let parts = ending.output.components(separatedBy: "<pre id=\"measured\">")
        try #require(parts.count == 2, "the browser did not come to the end: \(ending.error.suffix(2_000))")
        let json = parts[1].prefix { $0 != "<" }.replacingOccurrences(of: "&lt;", with: "<")
            .replacingOccurrences(of: "&gt;", with: ">").replacingOccurrences(of: "&amp;", with: "&")
        let views = try JSONDecoder().decode([View].self, from: Data(json.utf8))
        return (views, ending.errorLines.filter { $0.contains("CONSOLE") })
    }

    /// A picture of a page in a window of some size, as a PNG.
    static func picture(of file: String, width: Int, height: Int, in space: Workspace) throws -> [UInt8] {
        let picture = space("picture.png")
        let ending = try run(
            ["--hide-scrollbars", "--window-size=\(width),\(height)", "--screenshot=\(picture)", "file://\(file)"],
            in: space)
        try #require(ending.code == 0 && Files.exists(picture), "\(ending.error.suffix(2_000))")
        return try Files.readBytes(picture, limit: 64 << 20)
    }

    private static func run(_ arguments: [String], in space: Workspace) throws -> Command.Ending {
        // In a container there is no sandbox to be had, and /dev/shm may be small.
        let usual = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--enable-logging=stderr", "--user-data-dir=\(space("browser"))",
        ]
        return try space.start(try #require(path), usual + arguments).end()
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "\"", with: "&quot;")
    }

    /// Measures every frame when all of them are there.
    ///
    /// A page itself has no script, and would be allowed none.
    private static let script = """
        addEventListener('load', () => {
          const views = [...document.querySelectorAll('iframe')].map(frame => {
            const page = frame.contentDocument, root = page.documentElement;
            const scrolls = e => e.closest('.scroll, .bars.many, pre, .short, svg');
            const outside = [...page.body.querySelectorAll('*')].filter(e => {
              const box = e.getBoundingClientRect();
              return box.width > 0 && !scrolls(e) && (box.right > root.clientWidth + 1 || box.left < -1);
            }).map(e => e.tagName + '.' + (e.getAttribute('class') || ''));
            const charts = [...page.querySelectorAll('svg.chart')].map(svg => {
              const box = svg.getBoundingClientRect();
              const marks = [...svg.querySelectorAll('path, rect, circle, text')];
              return { title: svg.querySelector('title').textContent, width: box.width, marks: marks.length,
                outside: marks.filter(e => { const b = e.getBoundingClientRect();
                  return b.left < box.left - 2 || b.right > box.right + 2 || b.top < box.top - 2 || b.bottom > box.bottom + 2;
                }).map(e => e.outerHTML.slice(0, 80)) };
            }).filter(chart => chart.width > 0);
            const images = [...page.images];
            return { width: root.clientWidth, contentWidth: root.scrollWidth, height: root.scrollHeight, outside, charts,
              images: images.length, imagesDrawn: images.filter(i => i.complete && i.naturalWidth > 0).length,
              text: page.body.innerText };
          });
          const place = document.createElement('pre');
          place.id = 'measured';
          place.textContent = JSON.stringify(views);
          document.body.append(place);
        });
        """
}
