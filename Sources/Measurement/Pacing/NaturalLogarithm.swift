/// The natural logarithm of a positive normal number, to the last bit or two.
///
/// The logarithm of the C library is not there for a program made of pure targets alone, and differs in its last bit
/// from one library to the next; what a seed decides must be the same everywhere.
func naturalLogarithm(_ number: Double) -> Double {
    var exponent = Double(number.exponent)
    var significand = number.significand
    // Near 1 the series is short: so the significand is taken from 0.71 to 1.42.
    if significand > 1.414_213_562_373_095_1 {
        significand /= 2
        exponent += 1
    }
    // ln(m) = 2 artanh((m - 1) / (m + 1)), and artanh(z) = z + z^3/3 + z^5/5 + …, with |z| below 0.172.
    let root = (significand - 1) / (significand + 1)
    let square = root * root
    var sum = 0.0
    for divisor in stride(from: 23.0, through: 1, by: -2) {
        sum = sum * square + 1 / divisor
    }
    return exponent * 0.693_147_180_559_945_3 + 2 * root * sum
}
