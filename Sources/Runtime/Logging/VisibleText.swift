/// Text from anywhere (a user, a file, another program) as a terminal may be given it: what could move the cursor,
/// change colours or reverse the direction of writing is written out.
public enum VisibleText {
    /// A value in a message: quoted, on one line, and not too long.
    public static func quoted(_ text: some StringProtocol) -> String {
        var result = "\""
        for scalar in text.unicodeScalars.prefix(quotedScalarsMax) { LogText.appendEscaped(scalar, to: &result) }
        let isCut = text.unicodeScalars.dropFirst(quotedScalarsMax).first != nil
        return result + (isCut ? "…\"" : "\"")
    }

    /// Lines that another program printed: line ends and tabs stay, all else that is not seen is written out.
    public static func lines(_ text: String) -> String {
        // Nearly always there is nothing to do.
        guard text.unicodeScalars.contains(where: isUnseen) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if isUnseen(scalar) {
                LogText.appendEscaped(scalar, to: &result)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static let quotedScalarsMax = 60

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\n" && scalar != "\t" && LogText.isControl(scalar)
    }
}
