/// The square root of a finite number that is not negative, to the last bit or two, by Newton's method.
///
/// `Double.squareRoot()` is compiled to a call into libm, which only programs that import the C library link: with it,
/// a program made of pure targets alone would not link.
func squareRoot(_ number: Double) -> Double {
    guard number > 0 else { return 0 }
    // Half the exponent is within a factor of two of the root, and each step doubles the number of right digits.
    var root = Double(sign: .plus, exponent: number.exponent / 2, significand: 1)
    for _ in 0..<7 {
        root = (root + number / root) / 2
    }
    return root
}
